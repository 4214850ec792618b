"""Which events are purchases and refunds, and how much money each of them moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.journeys.customer_segments import with_customer_segment
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

Names = str | Sequence[str]


@dataclass(frozen=True, eq=False)
class Orders:
    """Purchases and refunds of a log.

    ``rows`` has customer, time, row where the log has one, ``amount`` (money, negative for a refund, null where it is
    not known), ``bought`` (1 for a purchase, 0 for a refund) and, with a split, segment. ``data`` is every event, with
    the same segments. ``priced`` says whether there is any money at all; ``notes`` say what was decided.
    """

    rows: ir.Table
    data: ir.Table
    priced: bool
    currency: str
    notes: tuple[str, ...]

    @property
    def segment(self) -> list[str]:
        """The column that splits the rows, if any."""
        return [name for name in ("segment",) if name in self.rows.columns]


def orders_of(events: Table, purchase: Names, value: str | None, refund: Names = (), by: str | None = None) -> Orders:
    """Return the purchases and refunds of a log.

    An event of a name in ``purchase`` whose value is negative is a refund; an event of a name in ``refund`` always is,
    whatever the sign of its value.

    Raises
    ------
    OptionError
        No event has such a name, or the values are in several currencies.
    TableError
        The column ``value`` is not there, or holds no numbers.
    """
    import ibis

    events.need("customer", "event", "time", for_what="purchases")
    bought, returned = _names(purchase, "purchase"), _names(refund, "refund")
    _check_names(events, [*bought, *returned])
    data, notes = with_customer_segment(events, by)
    data = data.filter(data["customer"].notnull())
    priced, said = _is_priced(events, value)
    amount = data[value].cast("float64") if priced else ibis.null("float64")
    is_refund = data["event"].isin(returned) if returned else ibis.literal(False)
    signed = is_refund.ifelse(-amount.abs(), amount)
    kept = {name: data[name] for name in ("segment", "customer", "time", "row") if name in data.columns}
    rows = data.filter(data["event"].isin([*bought, *returned])).select(
        **{name: column for name, column in kept.items() if name != "segment" or by is not None},
        amount=signed,
        bought=(is_refund | (signed < 0).fill_null(False)).ifelse(0, 1),
    )
    currency = _currency(data, [*bought, *returned]) if priced else ""
    named = f"Purchases: {', '.join(bought)}" + (f"; refunds: {', '.join(returned)}" if returned else "")
    named += "; a purchase of negative value is a refund." if priced else "."
    data = data if by is not None or "segment" not in data.columns else data.drop("segment")
    return Orders(rows, data, priced, currency, (named, *said, *notes))


def last_moment(events: Table) -> datetime:
    """Return the time of the last event of a log.

    Raises
    ------
    TableError
        The log has no events.
    """
    last = events.data["time"].max().to_pandas()
    if pd.isna(last):
        raise TableError("The log has no events, so nobody bought anything. Check the filters on loading.")
    moment: datetime = pd.Timestamp(last).to_pydatetime()
    return moment


def check_margin(margin: float) -> float:
    """Return the margin, a share of revenue that is kept; raise OptionError unless it is a positive number."""
    if isinstance(margin, bool) or not isinstance(margin, int | float) or not 0 < margin < float("inf"):
        raise OptionError(
            f"margin={margin!r} is no share of revenue. Use a number above 0, such as 0.35; 1 for revenue."
        )
    return float(margin)


def _names(given: Names, option: str) -> list[str]:
    names = [given] if isinstance(given, str) else list(given)
    if (option == "purchase" and not names) or not all(isinstance(name, str) for name in names):
        raise OptionError(f"{option}={given!r} names no events. Give a name or a list of names, such as ['purchase'].")
    return list(dict.fromkeys(names))


def _check_names(events: Table, asked: list[str]) -> None:
    there = events.event_names
    for name in asked:
        if there and name not in there:
            raise OptionError(f"No event is named {name!r}. The log has {listed(there)}.{nearest(name, there)}")


def _is_priced(events: Table, value: str | None) -> tuple[bool, tuple[str, ...]]:
    if value is None or (value == "value" and value not in events.columns):
        return False, ("The log has no column of money: purchases are counted, and nothing is valued.",)
    events.need(value, for_what="the value of purchases")
    kind = events.data[value].type()
    if not kind.is_numeric():
        raise TableError(
            f"The column {value!r} holds {kind}, and the value of a purchase is a number. Convert it on loading, or"
            " pass value=None to count purchases only."
        )
    return True, ()


def _currency(data: ir.Table, names: list[str]) -> str:
    if "currency" not in data.columns:
        return ""
    rows: Any = data.filter(data["event"].isin(names) & data["currency"].notnull())
    found = sorted(rows.select("currency").distinct().to_pandas()["currency"].astype(str))
    if len(found) > 1:
        raise OptionError(
            f"Purchases are in {len(found)} currencies: {listed(found)}. Money in different currencies cannot be added."
            f" Convert it, or take one: read_events(..., where={{'currency': {found[0]!r}}})."
        )
    return found[0] if found else ""
