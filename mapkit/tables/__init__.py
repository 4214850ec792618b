"""The canonical tables, their contracts, and the way any frame becomes one."""

from mapkit.tables.contracts import ACTORS, CONTRACTS, EVENTS, FEEDBACK, POSTS, TIES, TOUCHPOINTS, Column, Contract
from mapkit.tables.intake import Intake
from mapkit.tables.spreadsheet import without_formulas
from mapkit.tables.table import Table, missing_column

__all__ = [
    "ACTORS",
    "CONTRACTS",
    "EVENTS",
    "FEEDBACK",
    "POSTS",
    "TIES",
    "TOUCHPOINTS",
    "Column",
    "Contract",
    "Intake",
    "Table",
    "missing_column",
    "without_formulas",
]
