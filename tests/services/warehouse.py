"""A warehouse that is not there: DuckDB under another name, so that measures take their remote way, and listen in.

What a measure asks of it is kept, to be written in the SQL of warehouses that cannot be had here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir
import pandas as pd
from ibis.backends.duckdb import Backend
from ibis.backends.sql import compilers
from ibis.common.exceptions import IbisError
from sqlglot.dialects.duckdb import DuckDB

from mapkit.loaders import read_events
from mapkit.tables import Table

DIALECTS = {
    "PostgreSQL": compilers.PostgresCompiler,
    "BigQuery": compilers.BigQueryCompiler,
    "Snowflake": compilers.SnowflakeCompiler,
    "ClickHouse": compilers.ClickHouseCompiler,
    "Trino": compilers.TrinoCompiler,
}


class StandInDialect(DuckDB):
    """DuckDB's SQL; sqlglot finds a dialect by the name of its class."""


@dataclass
class Heard:
    """What was asked, how many rows came back at most, and what was written."""

    asked: list[ir.Expr] = field(default_factory=list)
    most_rows: int = 0
    written: int = 0


class Warehouse(Backend):
    """The stand-in. mapkit streams rows from a backend named "duckdb" only; from this one it must not."""

    name = "standindialect"

    def __init__(self) -> None:
        super().__init__()
        self.heard = Heard()

    def execute(self, expr: ir.Expr, **options: Any) -> Any:
        return self._hear(expr, super().execute(expr, **options))

    def to_pyarrow(self, expr: ir.Expr, **options: Any) -> Any:
        return self._hear(expr, super().to_pyarrow(expr, **options))

    def create_table(self, *names: Any, **options: Any) -> Any:
        self.heard.written += 1
        return super().create_table(*names, **options)

    def _hear(self, expr: ir.Expr, answer: Any) -> Any:
        self.heard.asked.append(expr)
        if hasattr(answer, "__len__") and isinstance(expr, ir.Table):
            self.heard.most_rows = max(self.heard.most_rows, len(answer))
        return answer


def stand_in(frame: pd.DataFrame) -> tuple[Table, Warehouse]:
    """Return an events table in a stand-in warehouse, and the warehouse, which has heard nothing yet."""
    warehouse = Warehouse()
    warehouse.do_connect()
    events = read_events(warehouse.create_table("events", frame))
    warehouse.heard = Heard()
    return events, warehouse


def not_in_sql(asked: list[ir.Expr], warehouse: str) -> list[str]:
    """Return what Ibis cannot write in a warehouse's SQL, each reason once; none means that all of it can be."""
    compiler = DIALECTS[warehouse]()
    reasons = {}
    for expr in asked:
        try:
            compiler.to_sqlglot(expr.unbind()).sql(compiler.dialect)
        except IbisError as fault:
            reasons[str(fault)] = None
    return list(reasons)
