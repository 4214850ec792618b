"""What customers were like before they met anybody: the strata to compare within, and who may be of another kind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.journeys.customer_segments import MOST_SEGMENTS, NONE, OTHER, with_customer_segment
from mapkit.tables import Table
from mapkit.tables.beside import frame_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

BETWEEN = " · "


def names_of(given: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return names of columns: one, several or none."""
    if given is None:
        return ()
    return (given,) if isinstance(given, str) else tuple(dict.fromkeys(given))


def with_backgrounds(people: ir.Table, names: Sequence[str], events: Table, customers: Any) -> ir.Table:
    """Return people with ``background_0`` ...: a column of ``customers``, else a customer's first value in the log.

    More than 12 numbers are cut into quarters, rare words are "other", and what is not known is "(none)".

    Raises
    ------
    TableError
        No such column, or ``customers`` lacks ``customer``.
    OptionError
        ``customers`` has somebody twice.
    """
    frame = None if customers is None else _one_row_each(customers)
    for k, name in enumerate(names):
        people = _joined(people, _values(name, events, frame), f"background_{k}")
    return people


def strata_of(people: ir.Table, columns: Sequence[str]) -> ir.Value:
    """Return what stratum a row is in: the values of its columns, one after the other."""
    import ibis

    if not columns:
        return ibis.literal("")
    texts: list[Any] = [people[name] for name in columns]
    return reduce(lambda left, right: left + BETWEEN + right, texts)


def _one_row_each(customers: Any) -> pd.DataFrame:
    frame = frame_of(customers, "the frame of customers", "customer")
    again = frame["customer"].duplicated()
    if again.any():
        raise OptionError(
            f"the frame of customers has {str(frame.loc[again, 'customer'].iloc[0])!r} more than once. Give one row a"
            " customer."
        )
    return frame


def _values(name: str, events: Table, frame: pd.DataFrame | None) -> ir.Table:
    """Return who and value, one row a customer."""
    import ibis

    if frame is not None and name in frame.columns and name != "customer":
        plain = pd.DataFrame({"who": frame["customer"].astype(str), "value": _as_text(frame[name])})
        # As one type: a frame without a single value would have none.
        return ibis.memtable(plain.reset_index(drop=True), schema={"who": "string", "value": "string"})
    if name in events.columns and name not in ("customer", "time", "row"):
        rows = with_customer_segment(events, name)[0].select("customer", "segment").distinct()
        return rows.select(who=rows["customer"].cast("string"), value=rows["segment"])
    there = list(dict.fromkeys([*(map(str, frame.columns) if frame is not None else ()), *events.columns]))
    raise TableError(
        f"There is no column {name!r} in the events or the customers. There is {listed(there, most=20)}."
        f"{nearest(name, there)} Facts of customers come with customers=frame."
    )


def _joined(people: ir.Table, values: ir.Table, column: str) -> ir.Table:
    joined = people.left_join(values, people["customer"] == values["who"])
    kept = [people[name] for name in people.columns]
    return joined.select(*kept, **{column: values["value"].fill_null(NONE)})


def _as_text(values: pd.Series) -> pd.Series:
    is_number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if is_number and values.nunique() > MOST_SEGMENTS:
        values = pd.qcut(values, 4, duplicates="drop")
    texts = values.astype(object).where(values.notna(), None).map(lambda value: None if value is None else str(value))
    sizes = texts.value_counts()
    if len(sizes) > MOST_SEGMENTS:
        texts = texts.where(texts.isna() | texts.isin(sizes.index[:MOST_SEGMENTS]), OTHER)
    return texts.astype(object).where(texts.notna(), None)
