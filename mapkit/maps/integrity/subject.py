"""The log that is checked, with what several checks ask of it counted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from mapkit.journeys.customer_segments import MOST_SEGMENTS
from mapkit.journeys.drivers_counts import Followed, follow
from mapkit.journeys.steps import Step
from mapkit.maps.integrity.thresholds import MOST_COLUMNS, MOST_VALUES, PERIODS
from mapkit.tables import EVENTS, Table

# What most shops and products call their outcome, read without capitals and spaces; the first that is there is taken.
_OUTCOMES = ("purchase", "order_completed", "checkout_completed", "order_placed", "order", "buy", "conversion")
OLD = datetime(1990, 1, 1)  # noqa: DTZ001 - times are UTC, without a zone attached
NOTHING = Step("nothing", event=())


@dataclass(frozen=True, eq=False)
class Log:
    """A log, and what is to be known of it. ``at`` is the moment after which a time is in the future."""

    events: Table
    at: datetime
    outcome: str | Step | None = None
    columns: tuple[str, ...] | None = None
    customers: pd.DataFrame | None = None
    funnel: tuple[str | Step, ...] = ()
    window: int | None = None
    exposures: tuple[Step, ...] = ()
    name: str = "the log"

    @cached_property
    def plausible(self) -> Table:
        """The rows whose time can be true."""
        data = self.events.data
        return self.events.with_data(data.filter((data["time"] >= OLD) & (data["time"] <= self.at)))

    @cached_property
    def rows(self) -> int:
        """The number of rows kept."""
        return self.events.count()

    @cached_property
    def span(self) -> tuple[datetime | None, datetime | None]:
        """The first and last time that can be true."""
        times = self.plausible.data["time"]
        found = self.plausible.data.aggregate(first=times.min(), last=times.max()).to_pyarrow().to_pylist()[0]
        return found["first"], found["last"]

    @cached_property
    def daily(self) -> pd.DataFrame:
        """Rows by event and day (``day``, ``event``, ``rows``), of times that can be true."""
        data = self.plausible.data
        days = data.select("event", day=data["time"].truncate("D"))
        counted: pd.DataFrame = days.group_by(["event", "day"]).agg(rows=days.count()).to_pandas()
        return counted.sort_values(["event", "day"], ignore_index=True)

    @cached_property
    def outcome_name(self) -> str:
        """What the outcome is called; empty without one."""
        return self.outcome.name if isinstance(self.outcome, Step) else self.outcome or ""

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The columns that put customers into groups: those asked for, else text with few values."""
        if self.columns is not None:
            return self.columns
        known = {"event", "stage", "currency", *(c.name for c in EVENTS.columns if c.kind in ("id", "time", "number"))}
        kinds = self.events.data.schema()
        text = [c for c in self.events.columns if c not in known and (kinds[c].is_string() or kinds[c].is_boolean())]
        there = [name for name in text if 2 <= self._values(name) <= MOST_VALUES]
        own = (
            [] if self.customers is None else [n for n in self.customers.columns if _groups(self.customers[n], str(n))]
        )
        return tuple(dict.fromkeys([*own, *there]))[:MOST_COLUMNS]

    def _values(self, column: str) -> int:
        data = self.plausible.data.select(column)
        return int(data.filter(data[column].notnull()).distinct().limit(MOST_VALUES + 1).count().execute())

    @cached_property
    def followed(self) -> Followed:
        """Customers from their first event to their outcome, with the groups that they are in."""
        outcome = NOTHING if self.outcome is None else self.outcome
        followed = follow(self.plausible, outcome, attributes=self.groups, customers=self.customers)
        # Several checks ask of the same people; where they are in this process they are found once.
        return replace(followed, people=followed.people.cache()) if self.events.is_embedded else followed

    @cached_property
    def crosstab(self) -> pd.DataFrame:
        """How many customers are alike: a column a group, ``period`` of entry, ``customers``, ``converted``."""
        import ibis

        # Who begins with the outcome has no row before it, and so no group that came before it.
        people = self.followed.people.semi_join(self.followed.rows, "customer")
        ends = people.aggregate(first=people["started"].min(), last=people["started"].max()).to_pyarrow().to_pylist()[0]
        names = {name: people[f"attribute_{k}"] for k, name in enumerate(self.groups)}
        period: Any = ibis.literal(0)
        if ends["first"] is not None:
            step = (ends["last"] - ends["first"]) / PERIODS + timedelta(microseconds=1)
            for k in range(1, PERIODS):
                period = period + (people["started"] >= ends["first"] + k * step).ifelse(1, 0)
        plain = people.select("converted", period=period, **{f"group_{k}": names[n] for k, n in enumerate(self.groups)})
        keys = [name for name in plain.columns if name != "converted"]
        counted = plain.group_by(keys).agg(customers=plain.count(), hits=plain["converted"].sum()).to_pandas()
        counted = counted.rename(columns={f"group_{k}": n for k, n in enumerate(self.groups)} | {"hits": "converted"})
        return _pooled(counted, self.groups)

    @property
    def people(self) -> int:
        """The number of customers."""
        return int(self.followed.totals["customers"].sum())

    @property
    def converted(self) -> int:
        """The number of customers who reached the outcome."""
        return int(self.followed.totals["converted"].sum())


def guess_outcome(events: Table) -> str | None:
    """Return the event that is the outcome by its name, or None."""
    plain = {name.lower().replace(" ", "_"): name for name in events.event_names}
    return next((plain[name] for name in _OUTCOMES if name in plain), None)


def _groups(values: pd.Series, name: str) -> bool:
    if name == "customer" or pd.api.types.is_datetime64_any_dtype(values):
        return False
    few = 2 <= values.nunique() <= MOST_VALUES
    return few or (pd.api.types.is_numeric_dtype(values) and values.nunique() > MOST_VALUES)


def _pooled(counted: pd.DataFrame, groups: Sequence[str]) -> pd.DataFrame:
    for name in groups:
        sizes = counted.groupby(name)["customers"].sum().sort_values(ascending=False, kind="stable")
        if len(sizes) > MOST_SEGMENTS + 1:
            counted[name] = counted[name].where(counted[name].isin(sizes.index[:MOST_SEGMENTS]), "other")
    keys = [*groups, "period"]
    whole = counted.groupby(keys, as_index=False)[["customers", "converted"]].sum()
    return whole.astype({"customers": "int64", "converted": "int64"})
