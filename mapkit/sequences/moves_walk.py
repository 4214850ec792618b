"""The one door to both engines that count moves: they are counted where the events live."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mapkit.sequences.moves import MoveQuestion
from mapkit.sequences.moves_embedded import count_moves_here
from mapkit.sequences.moves_remote import count_moves_there
from mapkit.tables.embedded import is_embedded

if TYPE_CHECKING:
    import ibis.expr.types as ir


def count_moves(rows: ir.Table, question: MoveQuestion) -> pd.DataFrame:
    """Return how often each move was made; columns as in :func:`mapkit.sequences.moves.as_table`.

    ``rows`` has customer, name (what is walked), time, and any session, segment and row. Rows in DuckDB are streamed
    once through this process; others are counted in their own database. A property test holds the two equal.
    """
    return count_moves_here(rows, question) if is_embedded(rows) else count_moves_there(rows, question)
