"""Which channel, or influencer, feeds which stage, and what an entrant costs: by first touch, last touch, any touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from mapkit.errors import OptionError, TableError, listed, nearest, one_of
from mapkit.journeys.question import Moment
from mapkit.journeys.steps import Step
from mapkit.maps.influence.equally_far import WHOLE, Walked, held, walk
from mapkit.maps.influence.exposures import exposures_of
from mapkit.maps.influence.feed_spend import period_said, spend_of
from mapkit.stages import StageModel
from mapkit.statistics import Estimate, Result, wilson_interval
from mapkit.statistics.intervals import normal_quantile

if TYPE_CHECKING:
    import ibis.expr.types as ir

Touch = Literal["first", "last", "any"]
TOUCHES: tuple[Touch, ...] = ("first", "last", "any")
NOBODY = "(none)"


@dataclass(frozen=True, eq=False)
class ChannelFeed(Result):
    """Who feeds which stage. See :func:`measure_channel_feed` for the columns of ``table``."""

    stages: tuple[str, ...] = ()
    by: str = "channel"
    confidence: float = 0.95

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels, the largest feeder of the first stage first."""
        return tuple(dict.fromkeys(self.table["channel"]))

    @property
    def holes(self) -> pd.DataFrame:
        """Return stage and channel of every channel that nobody who entered the stage had met."""
        empty = self.table[(self.table["entrants_any"] == 0) & (self.table["channel"] != NOBODY)]
        return empty[["stage", "channel", "entrants"]].reset_index(drop=True)

    def share(self, stage: str, channel: str, touch: Touch = "last") -> Estimate:
        """Return the share of a stage's entrants whose first, last or any touch was a channel."""
        row = self._row(stage, channel)
        one_of(touch, TOUCHES, "touch")
        name = f"of those who entered {stage}, {touch} touch {channel}"
        return Estimate.of_share(name, int(row[f"entrants_{touch}"]), int(row["entrants"]), self.confidence)

    def cost(self, stage: str, channel: str, touch: Touch = "last") -> Estimate:
        """Return what an entrant of a stage costs by a channel's first or last touch."""
        one_of(touch, ("first", "last"), "touch")
        row, column = self._row(stage, channel), f"cost_per_entrant_{touch}"
        if column not in row:
            raise OptionError("No spend was given, so no cost is known. Measure again with spend=frame.")
        name = f"cost per entrant of {stage} by {channel} ({touch} touch)"
        n = int(row[f"entrants_{touch}"])
        return Estimate(name, row[column], row[f"{column}_low"], row[f"{column}_high"], n, "money")

    def _row(self, stage: str, channel: str) -> pd.Series:
        for name, column in ((stage, "stage"), (channel, "channel")):
            there = list(dict.fromkeys(self.table[column]))
            if name not in there:
                raise OptionError(f"No {column} {name!r} is here. There is {listed(there)}.{nearest(str(name), there)}")
        rows = self.table[(self.table["stage"] == stage) & (self.table["channel"] == channel)]
        return rows.iloc[0]


def measure_channel_feed(
    events: Any,
    stages: StageModel | Sequence[str | Step] | None = None,
    spend: Any = None,
    *,
    by: str = "channel",
    exposures: Any = None,
    window: str | timedelta | None = None,
    start: Moment = None,
    end: Moment = None,
    confidence: float = 0.95,
) -> ChannelFeed:
    """Return which channel feeds which stage, what an entrant costs by it, and where it feeds nobody.

    A touch is a row that names a channel, at or before the moment the customer entered the stage; the row that entered
    it is one. What a touch brought about is another question: see ``measure_influence_by_stage``.

    ``table`` columns, a row a stage and channel:

    - ``stage``, ``channel`` (values of ``by``; "(none)": entered without a touch), ``entrants``: all who entered it
    - ``entrants_first``, ``entrants_last``: whose first, or last, touch was this channel: they add up to entrants;
      ``entrants_any``: who had met it at all, so a customer counts for several
    - ``of_entrants_first``, ``of_entrants_last``, ``of_entrants_any``: shares with Wilson intervals (``_low``,
      ``_high``)
    - with ``spend``: ``spend``, ``cost_per_entrant_first``, ``cost_per_entrant_last`` with ``_low``, ``_high`` (spend
      over the ends of the interval of entrants; empty where a channel has no spend, or feeds nobody)

    Parameters
    ----------
    events, stages, window, start, end
        As in ``measure_influence_by_stage``.
    spend
        A frame with ``channel`` (or the column ``by``) and ``spend``. With a column month, date or time, the rows from
        ``start`` to before ``end`` are added up, else all.
    by
        The column of the events that names the channel; "influencer" with ``exposures`` takes these.

    Raises
    ------
    StageError, OptionError, TableError
        As in ``measure_influence_by_stage``; spend that is no amount of money.
    """
    normal_quantile(confidence)
    if exposures is not None and by != "influencer":
        raise OptionError(f"exposures are meetings with influencers, and by={by!r}. Use by='influencer'.")
    walked = walk(events, stages, window=window, start=start, end=end)
    counts = _counts(walked, _touches(walked, by, exposures))
    table = _shares(counts, walked.stages, confidence)
    notes = [
        *walked.asked.notes(),
        f"A touch is a row with {'an' if by[0] in 'aeiou' else 'a'} {by}, at or before the moment a stage was entered."
        " First and last touch give every entrant to one; any counts an entrant for each.",
    ]
    if spend is not None:
        table, told = _with_cost(table, spend_of(spend, by, walked.asked), confidence)
        notes += [period_said(spend, walked.asked), *told]
    notes.append("Who feeds a stage is not what brings customers to it: the touch may have done nothing.")
    title = f"Who feeds {walked.stages[0]} to {walked.stages[-1]}, by {by}"
    return ChannelFeed(title, table, tuple(notes), walked.stages, by, confidence)


def _touches(walked: Walked, by: str, exposures: Any) -> ir.Table:
    """Return customer, channel, touched, and the order of the rows."""
    import ibis

    log = walked.asked.events
    if exposures is not None:
        rows = exposures_of(log, exposures).rows
        return rows.select("customer", channel=rows["influencer"], touched=rows["met"], row=ibis.literal(0, "int64"))
    if by not in log.columns:
        there = list(log.columns)
        raise TableError(
            f"The events have no column {by!r} to split by. They have {listed(there)}.{nearest(by, there)}"
        )
    rows = log.data.filter(log.data[by].notnull() & log.data["customer"].notnull())
    at = rows["row"].cast("int64") if "row" in rows.columns else ibis.literal(0, "int64")
    return rows.select(
        customer=rows["customer"].cast("string"), channel=rows[by].cast("string"), touched=rows["time"], row=at
    )


def _counts(walked: Walked, touches: ir.Table) -> pd.DataFrame:
    """Return step, channel, and entrants first, last, any; "(none)" for who entered without a touch."""
    import ibis

    risk = walked.at_risk()
    risk = held(risk.filter(risk["step"] != WHOLE).select("customer", "step", "at"))
    joined = risk.inner_join(touches, "customer")
    before = joined.filter(touches["touched"] <= risk["at"]).select(
        risk["customer"], risk["step"], touches["channel"], touches["touched"], touches["row"]
    )
    ends = ["touched", "row", "channel"]
    keys = ["customer", "step"]
    ranked = before.mutate(
        forwards=ibis.row_number().over(group_by=keys, order_by=ends),
        backwards=ibis.row_number().over(group_by=keys, order_by=[ibis.desc(name) for name in ends]),
    )
    each = ranked.group_by([*keys, "channel"]).agg(
        first=(ranked["forwards"] == 0).ifelse(1, 0).max(), last=(ranked["backwards"] == 0).ifelse(1, 0).max()
    )
    grouped = each.group_by(["step", "channel"]).agg(
        entrants_first=each["first"].sum(), entrants_last=each["last"].sum(), entrants_any=each.count()
    )
    found, entered = grouped.to_pandas(), risk.group_by("step").agg(entrants=risk.count()).to_pandas()
    touched = found.groupby("step")["entrants_first"].sum()
    lone = (entered["entrants"] - entered["step"].map(touched).fillna(0)).to_numpy()
    without = entered[["step"]].assign(channel=NOBODY, entrants_first=lone, entrants_last=lone, entrants_any=lone)
    every = pd.concat([found, without[without["entrants_any"] > 0]], ignore_index=True)
    names = every[["channel"]].drop_duplicates()
    wide = entered.merge(names, how="cross").merge(every, on=["step", "channel"], how="left")
    return wide.fillna(dict.fromkeys(_COUNTS, 0)).astype(dict.fromkeys((*_COUNTS, "step", "entrants"), "int64"))


_COUNTS = ("entrants_first", "entrants_last", "entrants_any")


def _shares(counts: pd.DataFrame, stages: tuple[str, ...], confidence: float) -> pd.DataFrame:
    table = counts.assign(stage=[stages[step - 1] for step in counts["step"]])
    n = table["entrants"]
    for touch in TOUCHES:
        hits, column = table[f"entrants_{touch}"], f"of_entrants_{touch}"
        low, high = wilson_interval(hits, n, confidence)
        table[column], table[f"{column}_low"], table[f"{column}_high"] = hits / n.where(n > 0), low, high
    first = table[table["step"] == 1].set_index("channel")["entrants_any"]
    table = table.assign(size=table["channel"].map(first).fillna(0), rest=table["channel"] == NOBODY)
    table = table.sort_values(
        ["step", "rest", "size", "channel"], ascending=[True, True, False, True], ignore_index=True
    )
    shares = [f"of_entrants_{touch}{end}" for touch in TOUCHES for end in ("", "_low", "_high")]
    return table[["stage", "channel", "entrants", *_COUNTS, *shares]]


def _with_cost(table: pd.DataFrame, spend: pd.Series, confidence: float) -> tuple[pd.DataFrame, list[str]]:
    cost = table["channel"].map(spend).astype(float)
    table = table.assign(spend=cost)
    for touch in ("first", "last"):
        name, share = f"cost_per_entrant_{touch}", f"of_entrants_{touch}"
        for end, of in (("", share), ("_low", f"{share}_high"), ("_high", f"{share}_low")):
            entrants = table[of] * table["entrants"]
            told = (entrants > 0) & (table[f"entrants_{touch}"] > 0)
            table[f"{name}{end}"] = cost / entrants.where(told)
    idle = sorted(set(spend.index) - set(table["channel"]))
    notes = ["cost_per_entrant is the spend over those entrants, spend taken as exact; it is no cost of a cause."]
    if idle:
        notes.append(f"Spend on channels that touched nobody is in no row: {listed(idle)}.")
    return table, notes
