"""Which early event, done how often, goes best with customers who are still there later."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.journeys.growth.periods import interval
from mapkit.journeys.growth.starts import first_times
from mapkit.journeys.steps import microseconds
from mapkit.loaders import read_events
from mapkit.statistics import Comparable, Estimate, Result, adjust_p_values, difference_interval, wilson_interval
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

_NEARLY_ALL = 0.95


@dataclass(frozen=True, eq=False)
class Activation(Result):
    """Candidates for an activation event, the closest to later retention first.

    See :func:`find_activation` for the columns of ``table``. ``winner`` is (event, times) chosen on one half of the
    customers, ``found`` its difference there and ``checked`` its difference on the other half, which had no part in the
    choice; all None when no candidate could be judged.
    """

    eligible: int = 0
    retained: int = 0
    within_seconds: float = math.nan
    winner: tuple[str, int] | None = None
    found: Estimate | None = None
    checked: Estimate | None = None
    confidence: float = 0.95

    def estimate(self, event: str, times: int = 1) -> Estimate:
        """Return the difference in retention between those who did an event that often and those who did not."""
        rows = self.table[self.table["event"] == event]
        if rows.empty:
            known = list(dict.fromkeys(self.table["event"]))
            raise OptionError(f"There is no candidate {event!r}. There is {listed(known, 30)}.{nearest(event, known)}")
        at = rows[rows["times"] == times]
        if at.empty:
            raise OptionError(f"times={times!r} was not tried for {event!r}. Tried: {listed(rows['times'])}.")
        row = at.iloc[0]
        name = f"retained with minus without {_called(event, times)}"
        return Estimate(name, row["difference"], row["low"], row["high"], int(row["customers"]), "points")

    def comparable(self) -> Comparable:
        """Return the share retained of those who did and of those who did not, by event and times."""
        rows = self.table.assign(others=self.eligible - self.table["customers"])
        shares = {"of_customers": ("retained", "customers"), "of_others": ("others_retained", "others")}
        return Comparable.of_shares(rows, ("event", "times"), shares, {"within": self.within_seconds})


def find_activation(
    events: Any,
    *,
    within: str | timedelta = "7d",
    retained_after: str | timedelta = "30d",
    retained_for: str | timedelta = "30d",
    retained_by: str | Sequence[str] | None = None,
    acquisition: str | None = None,
    candidates: Sequence[str] | None = None,
    times: Sequence[int] = (1, 2, 3, 5),
    minimum: int = 100,
    confidence: float = 0.95,
) -> Activation:
    """Return for every event, done at least so many times early on, who was retained with it and without it.

    A customer is retained when they do anything (or ``retained_by``) from ``retained_after`` to ``retained_after`` +
    ``retained_for`` after their first event. Customers whose time for that is not over are left out and counted.

    ``table`` columns: ``event``, ``times`` (at least), ``customers`` (who did it within ``within``), ``of_eligible``,
    ``retained``, ``of_customers``, ``of_customers_low``, ``of_customers_high`` (share retained of them),
    ``others_retained``, ``of_others``, ``of_others_low``, ``of_others_high``, ``difference``, ``low``, ``high``
    (Newcombe), ``lift`` (of_customers / of_others), ``odds_ratio``, ``p``, ``p_adjusted`` (Benjamini-Hochberg over what
    was judged), ``flag``: "" or why the candidate is not judged: "too few", "nearly all", "is the start", "defines
    retention".

    The best of many differences is large partly by luck. So the customers are dealt into two halves, by turns in the
    order in which they came: the winner is chosen on one (by the lower end of its interval) and measured on the other.
    It is association, not cause: who is keen does more of everything. An experiment tells whether bringing others to do
    it keeps them.

    Parameters
    ----------
    within, retained_after, retained_for
        Spans from a customer's first event, such as "7d"; ``within`` is at most ``retained_after``.
    retained_by
        Events that count as being there; None: any.
    acquisition
        The event that makes a customer; None: the first event of any kind.
    candidates
        Events to try; None: every event of the log.
    times
        Thresholds to try: done at least so often.
    minimum
        A candidate needs so many customers with it and without it to be judged.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890; Benjamini and Hochberg (1995), Journal of the Royal
    Statistical Society B 57, 289-300; splitting a sample to check a choice: Cox (1975), Biometrika 62, 441-444.
    """
    table = read_events(events)
    spans = _spans(within, retained_after, retained_for)
    tried = _tried(table, candidates, acquisition, retained_by)
    thresholds = sorted({int(each) for each in times if int(each) >= 1})
    if not thresholds:
        raise OptionError(f"times={list(times)!r} holds no threshold. Give whole numbers from 1.")
    people, left_out = _people(table, acquisition, retained_by, spans)
    counted, sizes = _count(table, people, tried, thresholds, spans[0])
    whole = _judged(counted.groupby(["event", "times"]).sum(), sizes.sum(), minimum, confidence)
    whole["flag"] = [_flag(row, acquisition, retained_by) for row in whole.to_dict("records")]
    whole = _ranked(whole)
    winner, found, checked = _winner(counted, sizes, whole, minimum, confidence)
    eligible, retained = (int(each) for each in sizes.sum())
    return Activation(
        f"Early events and retention, {eligible:,} customers",
        whole,
        tuple(_notes(within, retained_after, retained_for, retained_by, left_out, whole, winner)),
        eligible=eligible,
        retained=retained,
        within_seconds=spans[0].total_seconds(),
        winner=winner,
        found=found,
        checked=checked,
        confidence=confidence,
    )


def _spans(within: Any, after: Any, duration: Any) -> tuple[pd.Timedelta, pd.Timedelta, pd.Timedelta]:
    spans = [pd.Timedelta(microseconds=microseconds(each) or 0) for each in (within, after, duration)]
    if not all(spans) or spans[0] > spans[1]:
        raise OptionError(
            f"within={within!r}, retained_after={after!r}, retained_for={duration!r}: each needs a length, and what is"
            " done early must be over before retention is looked at: within <= retained_after."
        )
    return spans[0], spans[1], spans[2]


def _tried(
    table: Table, candidates: Sequence[str] | None, acquisition: str | None, retained_by: Any
) -> tuple[str, ...] | None:
    known = table.event_names
    named = [*(candidates or ()), *([acquisition] if acquisition else []), *_as_names(retained_by)]
    for name in named:
        if known and name not in known:
            raise OptionError(f"No event is named {name!r}. The log has {listed(known)}.{nearest(name, known)}")
    return None if candidates is None else tuple(candidates)


def _people(
    table: Table, acquisition: str | None, retained_by: Any, spans: tuple[pd.Timedelta, ...]
) -> tuple[ir.Table, int]:
    """Return customer, start, ``retained`` and ``half`` (0 or 1) of those whose time is over, and how many others."""
    import ibis

    data = table.data.filter(table.data["customer"].notnull())
    met = ibis.literal(1) if acquisition is None else (data["event"] == acquisition).ifelse(1, 0)
    data = data.select("customer", "event", "time").mutate(is_acquisition=met)
    starts = first_times(data)
    seen = starts.aggregate(customers=starts.count()).to_pandas()["customers"].iloc[0]
    until = data["time"].max().to_pandas()
    until = pd.Timestamp(0) if until is None or pd.isna(until) else pd.Timestamp(until)
    kept = starts.filter(starts["start"] <= (until - spans[1] - spans[2]).to_pydatetime())
    joined = data.select("customer", "event", "time").inner_join(kept, "customer")
    there = (joined["time"] >= joined["start"] + interval(spans[1])) & (
        joined["time"] < joined["start"] + interval(spans[1] + spans[2])
    )
    names = _as_names(retained_by)
    if names:
        there = there & joined["event"].isin(names)
    each = joined.group_by(["customer", "start"]).agg(retained=there.ifelse(1, 0).max())
    place = ibis.row_number().over(order_by=[each["start"], each["customer"]])
    each = each.mutate(half=(place % 2).cast("int64"))
    eligible = each.aggregate(customers=each.count()).to_pandas()["customers"].iloc[0]
    return each, int(seen) - int(eligible)


def _count(
    table: Table, people: ir.Table, tried: tuple[str, ...] | None, thresholds: list[int], within: pd.Timedelta
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return, by event, times and half, how many ``did`` it and were ``kept``; and of each half all and kept."""
    data = table.data.filter(table.data["customer"].notnull()).select("customer", "event", "time")
    if tried is not None:
        data = data.filter(data["event"].isin(list(tried)))
    rows = data.inner_join(people, "customer")
    rows = rows.filter((rows["time"] >= rows["start"]) & (rows["time"] <= rows["start"] + interval(within)))
    each = rows.group_by(["event", "half", "customer", "retained"]).agg(done=rows.count())
    sums: dict[str, Any] = {}
    for k in thresholds:
        did = (each["done"] >= k).ifelse(1, 0)
        sums |= {f"did_{k}": did.sum(), f"kept_{k}": (did * each["retained"]).sum()}
    wide = each.group_by(["event", "half"]).agg(**sums).to_pandas()
    parts = [
        wide[["event", "half"]].assign(times=k, did=wide[f"did_{k}"].astype(int), kept=wide[f"kept_{k}"].astype(int))
        for k in thresholds
    ]
    halves = people.group_by("half").agg(customers=people.count(), retained=people["retained"].sum()).to_pandas()
    sizes = halves.set_index("half").reindex([0, 1], fill_value=0).astype(int)
    counted = pd.concat(parts, ignore_index=True)
    # Who did it five times are also those who did it thrice; a threshold nobody reached says nothing.
    return counted[counted.groupby(["event", "times"])["did"].transform("sum") > 0], sizes


def _judged(counted: pd.DataFrame, size: pd.Series, minimum: int, confidence: float) -> pd.DataFrame:
    """Return the table of candidates from ``did`` and ``kept``, over ``size`` customers of whom some were retained."""
    frame = counted.reset_index()[["event", "times", "did", "kept"]]
    did, kept = frame["did"].to_numpy(float), frame["kept"].to_numpy(float)
    others, others_kept = size["customers"] - did, size["retained"] - kept
    with np.errstate(divide="ignore", invalid="ignore"):
        share, without = kept / did, others_kept / others
        table = pd.DataFrame(
            {
                "event": frame["event"],
                "times": frame["times"],
                "customers": did.astype(int),
                "of_eligible": did / size["customers"],
                "retained": kept.astype(int),
                **_share("of_customers", share, kept, did, confidence),
                "others_retained": others_kept.astype(int),
                **_share("of_others", without, others_kept, others, confidence),
                "difference": share - without,
                **dict(
                    zip(("low", "high"), difference_interval(kept, did, others_kept, others, confidence), strict=True)
                ),
                "lift": share / without,
                "odds_ratio": kept * (others - others_kept) / ((did - kept) * others_kept),
                "p": _score_p(kept, did, others_kept, others),
            }
        )
    table["few"] = np.minimum(did, others) < minimum
    return table


def _share(name: str, share: Any, hits: Any, n: Any, confidence: float) -> dict[str, Any]:
    low, high = wilson_interval(hits, n, confidence)
    return {name: share, f"{name}_low": low, f"{name}_high": high}


def _score_p(hits: Any, n: Any, others_hits: Any, others: Any) -> list[float]:
    """Return the two-sided p of the score test for two shares (the same as chi-squared without correction)."""
    pooled = (hits + others_hits) / (n + others)
    score = np.abs(hits / n - others_hits / others) / np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / others))
    return [math.nan if math.isnan(each) else math.erfc(each / math.sqrt(2)) for each in score]


def _flag(row: dict[Any, Any], acquisition: str | None, retained_by: Any) -> str:
    if row["event"] == acquisition and row["times"] == 1:
        return "is the start"
    if row["event"] in _as_names(retained_by):
        return "defines retention"
    if row["of_eligible"] >= _NEARLY_ALL:
        return "nearly all"
    return "too few" if row["few"] else ""


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    judged = table["flag"] == ""
    table["p_adjusted"] = adjust_p_values(table["p"].where(judged))
    order = table.assign(judged=judged).sort_values(
        ["judged", "low", "event", "times"], ascending=[False, False, True, True], kind="stable"
    )
    names = [name for name in table.columns if name not in ("flag", "few", "p_adjusted")]
    return order[[*names, "p_adjusted", "flag"]].reset_index(drop=True)


def _winner(
    counted: pd.DataFrame, sizes: pd.DataFrame, whole: pd.DataFrame, minimum: int, confidence: float
) -> tuple[tuple[str, int] | None, Estimate | None, Estimate | None]:
    allowed = whole.loc[whole["flag"].isin(["", "too few"]), ["event", "times"]]
    halves = []
    for half in (0, 1):
        rows = counted[counted["half"] == half].set_index(["event", "times"])
        halves.append(
            _judged(rows, pd.Series(sizes.to_numpy()[half], index=sizes.columns), max(minimum // 2, 1), confidence)
        )
    first = halves[0].merge(allowed, on=["event", "times"])
    first = first[~first["few"] & first["low"].notna()].sort_values(
        ["low", "event", "times"], ascending=[False, True, True]
    )
    if first.empty or not first["low"].iloc[0] > 0:
        return None, None, None
    best = first.iloc[0]
    again = halves[1][(halves[1]["event"] == best["event"]) & (halves[1]["times"] == best["times"])]
    if again.empty:
        return None, None, None
    estimates = [
        Estimate(
            f"retained with minus without {_called(best['event'], best['times'])}, {which}",
            row["difference"], row["low"], row["high"], int(row["customers"]), "points",
        )
        for row, which in ((best, "where chosen"), (again.iloc[0], "checked on the other half"))
    ]  # fmt: skip
    return (str(best["event"]), int(best["times"])), estimates[0], estimates[1]


def _called(event: str, times: int) -> str:
    return event if times == 1 else f"{event} x{times}"


def _as_names(given: str | Sequence[str] | None) -> list[str]:
    return [] if given is None else [given] if isinstance(given, str) else list(given)


def _notes(
    within: Any, after: Any, duration: Any, by: Any, left_out: int, table: pd.DataFrame, winner: Any
) -> Iterator[str]:
    what = " or ".join(_as_names(by)) or "any event"
    yield f"Early: within {within} of the first event. Retained: {what} from {after} on, for {duration}."
    yield f"{left_out:,} customers came too late for that: left out."
    judged, flagged = int((table["flag"] == "").sum()), int((table["flag"] != "").sum())
    yield (
        f"{judged} candidates judged, p-values adjusted over them (Benjamini-Hochberg); {flagged} not judged, with the"
        " reason in 'flag'."
    )
    if winner is None:
        yield "No candidate goes with more retention on the half of the customers where one could be chosen."
    else:
        yield "The winner was chosen on one half of the customers and measured on the other: quote `checked`."
    yield "Association, not cause: keen customers do more of everything."
