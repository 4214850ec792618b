"""Who had what before the outcome, and who reached it: the counts behind drivers, made where the events live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.errors import BackendError, OptionError, TableError, listed, nearest
from mapkit.journeys.customer_segments import MOST_SEGMENTS, NONE, OTHER
from mapkit.journeys.steps import Step, condition, microseconds
from mapkit.stages.order import order_of, with_row
from mapkit.tables import Table
from mapkit.tables.beside import frame_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

_BY_THEN = 0.9  # without a span of its own, the span is that by which so many of those who converted had done so
USUAL = "usual"
EVERYBODY = "all"
# Where 7 are to be expected, chance leaves none in fewer than 1 log in 1,000.
_ENOUGH, _HARDLY_ANY = 7, 0.02
MICROSECONDS = 86_400_000_000


@dataclass(frozen=True, eq=False)
class Followed:
    """Customers from their first event on, and the rows of each that count: within a span, before the outcome.

    ``people`` has a row a customer: ``customer``, ``started``, ``converted`` (1 or 0), ``stratum``, and the attributes
    asked for as ``attribute_0`` ... ``rows`` are the events before the outcome, with ``converted``, ``stratum`` and
    ``in_span``.
    """

    people: ir.Table
    rows: ir.Table
    span: int | None

    @cached_property
    def totals(self) -> pd.DataFrame:
        """Customers and converted, a row a stratum."""
        each = self.people.group_by("stratum").agg(
            customers=self.people.count(), converted=self.people["converted"].sum()
        )
        return _whole(each.to_pandas())

    def having(self, column: str, *, ever: bool = False) -> pd.DataFrame:
        """Return how many customers had each value of a column before the outcome: within the span, or ever."""
        rows = self.rows if ever else self.rows.filter(self.rows["in_span"])
        seen = rows.select("customer", "stratum", "converted", value=rows[column].cast("string"))
        return self._counted(seen.filter(seen["value"].notnull()).distinct())

    def being(self, attribute: int) -> pd.DataFrame:
        """Return, for each value of an attribute of customers, how many are so; rare values are "other"."""
        people = self.people.mutate(value=self.people[f"attribute_{attribute}"])
        return _with_other(self._counted(people))

    def needed(self, column: str) -> list[str]:
        """Return the values without which hardly anybody ever converts, where chance alone would let enough do so."""
        ever = self.having(column, ever=True).groupby("value")[["customers_with", "converted_with"]].sum()
        totals = self.totals[["customers", "converted"]].sum()
        without, converted = totals["customers"] - ever["customers_with"], totals["converted"] - ever["converted_with"]
        expected = without * totals["converted"] / max(totals["customers"], 1)
        return list(ever.index[(expected >= _ENOUGH) & (converted <= _HARDLY_ANY * expected)])

    def _counted(self, seen: ir.Table) -> pd.DataFrame:
        each = seen.group_by(["value", "stratum"]).agg(
            customers_with=seen.count(), converted_with=seen["converted"].sum()
        )
        return _whole(each.to_pandas())


def follow(
    events: Table,
    outcome: str | Step | pd.DataFrame,
    *,
    within: Any = None,
    landmark: bool = False,
    attributes: Sequence[str] = (),
    stratum: str | None = None,
    customers: pd.DataFrame | None = None,
) -> Followed:
    """Return customers and the rows that count, as ``measure_drivers`` does; ``within=None`` is no limit here."""
    events = with_row(events)
    people = _outcomes(events, outcome)
    if within == USUAL:
        span = None if isinstance(outcome, pd.DataFrame) else _usual_span(people)
    else:
        span = microseconds(within)
    if landmark:
        people = _still_there(events, people, span)
    rows = _rows_before(events, people, span)
    named = [*attributes, *([stratum] if stratum else [])]
    for k, name in enumerate(named):
        people = _with_attribute(people, rows, name, f"attribute_{k}", customers)
    given = people[f"attribute_{len(attributes)}"] if stratum else None
    import ibis

    people = people.mutate(stratum=ibis.literal(EVERYBODY) if given is None else given)
    if stratum:
        kept = people.select("customer", "stratum")
        rows = rows.inner_join(kept, "customer").select(*(rows[name] for name in rows.columns), kept["stratum"])
    else:
        rows = rows.mutate(stratum=ibis.literal(EVERYBODY))
    return Followed(people, rows, span)


def _outcomes(events: Table, outcome: str | Step | pd.DataFrame) -> ir.Table:
    """Return customer, started, converted, reached and reached_row (null where there is no time or order)."""
    import ibis

    data = events.data.filter(events.data["customer"].notnull() & events.data["time"].notnull())
    starts = data.group_by("customer").agg(started=data["time"].min())
    row = data["row"].type() if "row" in data.columns else "int64"
    if isinstance(outcome, pd.DataFrame):
        given = _given_outcomes(outcome)
        joined = starts.inner_join(given, starts["customer"].cast("string") == given["who"])
        when = given["reached"] if "reached" in given.columns else ibis.null("timestamp")
        return joined.select(
            starts["customer"], starts["started"], given["converted"], reached=when, reached_row=ibis.null(row)
        )
    step = outcome if isinstance(outcome, Step) else Step(outcome, event=outcome)
    if isinstance(outcome, str) and outcome not in events.event_names:
        raise OptionError(
            f"outcome={outcome!r} is no event of the log. It has {listed(events.event_names)}."
            f"{nearest(outcome, events.event_names)}"
        )
    hits = data.filter(condition(events.with_data(data), step))
    ranked = hits.mutate(place=ibis.row_number().over(group_by="customer", order_by=order_of(hits)))
    at = ranked["row"] if "row" in data.columns else ibis.null(row)
    reached = ranked.select("customer", "place", reached=ranked["time"], reached_row=at)
    reached = reached.filter(reached["place"] == 0).drop("place")
    joined = starts.left_join(reached, "customer")
    return joined.select(
        starts["customer"],
        starts["started"],
        converted=reached["reached"].notnull().ifelse(1, 0),
        reached=reached["reached"],
        reached_row=reached["reached_row"],
    )


def _given_outcomes(outcome: pd.DataFrame) -> ir.Table:
    import ibis

    frame = frame_of(outcome, "the frame of outcomes", "customer", "outcome")
    values = pd.to_numeric(frame["outcome"], errors="coerce")
    if not values.isin([0, 1]).all():
        odd = frame.loc[~values.isin([0, 1]), "outcome"].iloc[0]
        raise TableError(
            f"the frame of outcomes holds {str(odd)!r} in 'outcome'. Write 1 for who reached it and 0 for others."
        )
    if frame["customer"].isna().any() or frame["customer"].duplicated().any():
        raise TableError("the frame of outcomes needs one row a customer, each with a customer. Drop the others first.")
    plain = pd.DataFrame({"who": frame["customer"].astype(str), "converted": values.astype("int64")})
    if "time" in frame.columns:
        plain["reached"] = pd.to_datetime(frame["time"], utc=True).dt.tz_localize(None).astype("datetime64[us]")
    return ibis.memtable(plain.reset_index(drop=True))


def _usual_span(people: ir.Table) -> int | None:
    import ibis.common.exceptions as refused

    took = people["reached"].delta(people["started"], unit="microsecond").cast("float64")
    try:
        span = people.aggregate(span=took.quantile(_BY_THEN)).to_pandas()["span"].iloc[0]
    except (refused.OperationNotDefinedError, refused.UnsupportedOperationError):
        raise BackendError(
            "This database has no quantiles, so the usual span is not known. Give within='30d'."
        ) from None
    return None if pd.isna(span) else int(span)


def _later(moment: ir.TimestampValue, span: int) -> ir.TimestampValue:
    import ibis

    # Days and the rest apart: some databases refuse a great many microseconds.
    days, rest = divmod(span, MICROSECONDS)
    return moment + ibis.interval(days=days) + ibis.interval(microseconds=rest)


def _still_there(events: Table, people: ir.Table, span: int | None) -> ir.Table:
    """Return who had not converted when the span was over, and was in the log for all of it."""
    if span is None:
        raise OptionError("timing='landmark' needs the span after which outcomes count. Give within='7d'.")
    last = events.data.aggregate(last=events.data["time"].max()).to_pyarrow().to_pylist()[0]["last"]
    until = _later(people["started"], span)
    late = people["reached"].isnull() | (people["reached"] > until)
    return people.filter(late & (until <= last) if last is not None else late)


def _rows_before(events: Table, people: ir.Table, span: int | None) -> ir.Table:
    import ibis

    data = events.data
    joined = data.inner_join(people, "customer")
    before = people["reached"].isnull() | (data["time"] < people["reached"])
    if "row" in data.columns:
        before = before | ((data["time"] == people["reached"]) & (data["row"] < people["reached_row"]))
    in_span = ibis.literal(True) if span is None else data["time"] <= _later(people["started"], span)
    taken = [data[name] for name in data.columns if name not in ("converted", "stratum", "in_span")]
    return joined.filter(before).select(*taken, people["converted"], in_span=in_span)


def _with_attribute(
    people: ir.Table, rows: ir.Table, name: str, column: str, customers: pd.DataFrame | None
) -> ir.Table:
    import ibis

    if customers is not None and name in customers.columns:
        given = ibis.memtable(
            pd.DataFrame({"who": customers["customer"].astype(str), "value": _as_text(customers[name])}).reset_index(
                drop=True
            )
        )
        joined = people.left_join(given, people["customer"].cast("string") == given["who"])
    elif name in rows.columns:
        known = rows.filter(rows["in_span"] & rows[name].notnull()).mutate(value=rows[name].cast("string"))
        order = [*order_of(known), known["value"]]
        ranked = known.mutate(place=ibis.row_number().over(group_by="customer", order_by=order))
        given = ranked.filter(ranked["place"] == 0).select("customer", "value")
        joined = people.left_join(given, "customer")
    else:
        there = [*(customers.columns if customers is not None else ()), *rows.columns]
        raise TableError(
            f"There is no column {name!r} in the events or the customers. There is {listed(there, most=20)}."
            f"{nearest(name, map(str, there))}"
        )
    return joined.select(*(people[each] for each in people.columns), **{column: given["value"].fill_null(NONE)})


def _as_text(values: pd.Series) -> pd.Series:
    """Return an attribute's values as text; many numbers become the quarters they fall in."""
    is_number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if is_number and values.nunique() > MOST_SEGMENTS:
        values = pd.qcut(values, 4, duplicates="drop")
    return values.astype(object).where(values.notna(), None).map(lambda value: None if value is None else str(value))


def _with_other(counts: pd.DataFrame) -> pd.DataFrame:
    sizes = counts.groupby("value")["customers_with"].sum().sort_values(ascending=False, kind="stable")
    if len(sizes) <= MOST_SEGMENTS:
        return counts
    rare = ~counts["value"].isin(sizes.index[:MOST_SEGMENTS])
    folded = counts.assign(value=counts["value"].mask(rare, OTHER))
    return folded.groupby(["value", "stratum"], as_index=False, sort=False).sum()


def _whole(counted: pd.DataFrame) -> pd.DataFrame:
    numbers = [name for name in counted.columns if name not in ("value", "stratum")]
    whole: pd.DataFrame = counted.fillna(dict.fromkeys(numbers, 0)).astype(dict.fromkeys(numbers, "int64"))
    # Databases hand groups on in any order; results come in one.
    return whole.sort_values([name for name in ("value", "stratum") if name in whole], ignore_index=True)
