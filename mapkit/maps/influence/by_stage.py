"""Influence joined to the journey: who had met whom before each stage, and how many then went on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError
from mapkit.journeys.question import Moment
from mapkit.journeys.steps import microseconds
from mapkit.maps.influence.backgrounds import names_of, strata_of, with_backgrounds
from mapkit.maps.influence.by_stage_notes import notes_of
from mapkit.maps.influence.by_stage_result import InfluenceByStage
from mapkit.maps.influence.confounders import COLUMNS, explained_by, look
from mapkit.maps.influence.counts import BY_CHANCE, KEYS, NOT_BY_CHANCE, Met, counted, meet
from mapkit.maps.influence.effects import beyond_chance, crude, pooled
from mapkit.maps.influence.equally_far import WHOLE, Walked, held, walk
from mapkit.maps.influence.exposures import exposures_of
from mapkit.maps.influence.feeds import feeds_of
from mapkit.maps.integrity.thresholds import EFFECT_MOVED
from mapkit.statistics import adjust_p_values
from mapkit.statistics.intervals import normal_quantile

ASSOCIATION, EXPERIMENT, SO_FAR = "association", "experiment", "experiment, of those who came so far"
_INTERVAL = ("", "_low", "_high")


def measure_influence_by_stage(
    events: Any,
    exposures: Any = None,
    *,
    stages: Any = None,
    window: str | timedelta | None = None,
    lookback: str | timedelta | None = None,
    start: Moment = None,
    end: Moment = None,
    strata: str | Sequence[str] | None = None,
    confounders: str | Sequence[str] | None = None,
    customers: Any = None,
    minimum: int = 30,
    confidence: float = 0.95,
) -> InfluenceByStage:
    """Return what goes with having met an influencer at each stage: association, unless chance decided who met whom.

    Customers who had reached a stage, and so had come equally far, are compared: those who had met an influencer by
    then with those who had not. A meeting after the stage was reached does not count for the step that follows, for
    whoever stays longer has more time to meet somebody. So nobody is compared over unequal time.

    ``table`` columns, a row an influencer and step (``kind`` "influencer"), and rows of all together (``kind`` "all",
    where who met several counts once):

    - ``influencer``, ``kind``, ``from_stage``, ``to_stage``; ``whole``: from the first stage to the last
    - ``customers_with``, ``converted_with``, ``customers_without``, ``converted_without``; ``customers_alone``,
      ``converted_alone``: who had met this influencer and no other
    - ``of_with``, ``of_without``, ``of_alone``: shares going on (Wilson); ``difference`` (Newcombe) and ``ratio``
      (Katz) of the first two, crude; each with ``_low``, ``_high``
    - ``difference_within``, ``ratio_within`` (Mantel-Haenszel): within the strata asked for, and within those who had
      met another influencer and those who had not, so that nobody is credited for the others; ``p_within``, ``strata``
    - ``lost_without``: customers fewer at ``to_stage`` without the influencer, were it the cause (customers_with times
      difference_within); ``of_converted``: that, of all who went on
    - ``evidence``: "experiment" where chance decided every meeting; "experiment, of those who came so far" for steps
      after the first, which stays one as long as the meeting did not change who came so far; else "association"
    - ``p_adjusted`` (Benjamini-Hochberg), ``verdict``: "more", "less", "cannot tell", "too few", "confounded"
    - ``confounded_by``: what the crude difference vanishes within: a column, "other influencers", or empty

    ``feeds`` columns, a row an influencer and stage: ``entrants`` (all who entered it), ``entrants_met`` (had met the
    influencer by then), ``entrants_alone`` (and no other); ``of_entrants``, ``of_entrants_alone`` with intervals.

    ``confounders`` columns, a row a column looked at, influencer and step: ``value`` in which both sides are most
    unlike, ``share_with``, ``share_without``, ``imbalance`` (standardised difference), ``difference_before`` and
    ``difference_within`` with intervals, ``moved``, ``verdict`` ("explains it", "explains part", "reveals it", "leaves
    it").

    Parameters
    ----------
    events
        An events table, or anything ``read_events`` takes.
    exposures
        A row a meeting: customer, influencer, time and, where it is known, assignment ("random" where chance decided).
        None takes the rows of the events that name an ``influencer``.
    stages
        A stage model, steps as in ``measure_funnel``, or None for the stages of mapped events. In order.
    window, lookback
        How long a journey may take from its first stage, and how long before a stage a meeting counts. None: no limit.
    start, end
        The period in which the first stage must be entered, UTC, from start to before end. Give that of the campaign.
    strata, confounders
        Columns of ``customers`` or of the events (a customer's first value) to compare within, all at once; and those
        to be looked at one by one. They must be known before anybody is met: what a meeting changes hides its effect.
    customers
        A frame with ``customer`` and facts, one row each.
    minimum
        Comparisons with fewer customers on either side are not judged.

    Raises
    ------
    StageError, OptionError, TableError
        No stages, a step that no event can be, a column that is missing.

    Source: Mantel and Haenszel (1959), Journal of the National Cancer Institute 22, 719-748; unequal time: Suissa
    (2008), American Journal of Epidemiology 167, 492-499; the other estimators' are named in ``effects``.
    """
    normal_quantile(confidence)
    if minimum < 1:
        raise OptionError(f"minimum={minimum!r} must be 1 or more: with nobody on a side there is nothing to compare.")
    walked = walk(events, stages, window=window, start=start, end=end)
    log = walked.asked.events
    met_by = exposures_of(log, exposures)
    inside, wanted = names_of(strata), names_of(confounders)
    columns = tuple(dict.fromkeys([*inside, *wanted]))
    people = held(with_backgrounds(walked.people, columns, log, customers))
    places = {name: f"background_{k}" for k, name in enumerate(columns)}
    known = Walked(walked.asked, people, walked.slips)
    met = meet(known.at_risk(list(places.values())), met_by, microseconds(lookback))
    everywhere, steps = _cells(met, []), known.steps
    # Who reached the last stage counts as fed, and is compared with nobody: nothing comes after.
    plain = everywhere[everywhere["step"].isin(steps["step"])]
    cells = _cells(met, [places[name] for name in inside]) if inside else plain
    found = _confounders(met, places, plain, minimum, confidence)
    table = _said(_table(cells, plain, found, met, minimum, confidence), steps)
    entered = int(people.count().execute())
    return InfluenceByStage(
        f"Influence from {known.stages[0]} to {known.stages[-1]}, {entered:,} customers",
        table,
        notes_of(known, met_by, table, inside, wanted, lookback, minimum, confidence),
        feeds_of(everywhere, known.stages, confidence),
        _said(found, steps) if len(found) else found.drop(columns="step"),
        known.stages,
        inside,
        entered,
        minimum,
        confidence,
        {"stages": known.stages, "window": str(window), "lookback": str(lookback), "strata": inside},
    )


def _cells(met: Met, columns: Sequence[str]) -> pd.DataFrame:
    return counted(met, lambda rows: strata_of(rows, columns))


def _confounders(
    met: Met, places: dict[str, str], plain: pd.DataFrame, minimum: int, confidence: float
) -> pd.DataFrame:
    before = pooled(plain, confidence)
    renamed = {f"difference_within{end}": f"difference_before{end}" for end in _INTERVAL}
    before = before.rename(columns=renamed)[[*KEYS, *renamed.values()]]
    parts = [look(name, _cells(met, [place]), before, minimum, confidence) for name, place in places.items()]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))


def _table(
    cells: pd.DataFrame, plain: pd.DataFrame, found: pd.DataFrame, met: Met, minimum: int, confidence: float
) -> pd.DataFrame:
    table = crude(plain, confidence).merge(pooled(cells, confidence), on=list(KEYS))
    table = table.merge(explained_by(found), on=list(KEYS), how="left")
    alone = pooled(plain, confidence)[[*KEYS, *(f"difference_within{end}" for end in _INTERVAL)]]
    table["confounded_by"] = _confounded(table, table[list(KEYS)].merge(alone, on=list(KEYS)), minimum)
    went_on = table["converted_with"] + table["converted_without"]
    for end in _INTERVAL:
        table[f"lost_without{end}"] = table["customers_with"] * table[f"difference_within{end}"]
    table["of_converted"] = table["lost_without"] / went_on.where(went_on > 0)
    return _judged(table.assign(evidence=_evidence(table, met)), minimum, confidence)


def _confounded(table: pd.DataFrame, without_overlap: pd.DataFrame, minimum: int) -> pd.Series:
    """Return the column that a difference vanishes within, "other influencers" where those account for it, or ''."""
    few = table[["customers_with", "customers_without"]].min(axis=1) < minimum
    first = beyond_chance(table["difference_low"], table["difference_high"])
    second = beyond_chance(without_overlap["difference_within_low"], without_overlap["difference_within_high"])
    margin = (table["difference_high"] - table["difference_low"]) / 2
    moved = (without_overlap["difference_within"] - table["difference"]).abs() >= EFFECT_MOVED * margin
    others = (first != 0) & (second != first) & moved & ~few
    return table["confounded_by"].where(table["confounded_by"].notna(), np.where(others, "other influencers", ""))


def _evidence(table: pd.DataFrame, met: Met) -> pd.Series:
    chance = set()
    if met.has_assignment:
        rows = met.met
        least = rows.group_by("influencer").agg(least=rows["by_chance"].min()).to_pandas()
        chance = set(least.loc[least["least"] == 1, "influencer"])
    every = len(chance) > 0 and not (table["influencer"] == NOT_BY_CHANCE).any()
    together = (table["kind"] == "all") & ((table["influencer"] == BY_CHANCE) | every)
    trial = ((table["kind"] == "influencer") & table["influencer"].isin(chance)) | together
    return pd.Series(np.select([trial & table["step"].isin([WHOLE, 1]), trial], [EXPERIMENT, SO_FAR], ASSOCIATION))


def _judged(table: pd.DataFrame, minimum: int, confidence: float) -> pd.DataFrame:
    few = table[["customers_with", "customers_without"]].min(axis=1) < minimum
    adjusted = adjust_p_values(table["p_within"].where(~few))
    sure = (adjusted < 1 - confidence) & ~few
    way = beyond_chance(table["difference_within_low"], table["difference_within_high"])
    # What another fact of the customers explains is no effect, whatever the crude numbers say.
    blamed = (table["confounded_by"] != "") & (table["evidence"] == ASSOCIATION)
    verdict = np.select(
        [few, blamed, sure & (way > 0), sure & (way < 0)], ["too few", "confounded", "more", "less"], "cannot tell"
    )
    return table.assign(p_adjusted=adjusted, verdict=verdict)


def _said(table: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the stages' names, all together first, then the influencers by customers."""
    named = table.merge(steps, on="step").assign(whole=lambda t: t["step"] == WHOLE, all=lambda t: t["kind"] != "all")
    named["place"] = named["step"].where(~named["whole"], len(steps) + 1)
    weight = named.groupby("influencer")["customers_with"].transform("max") if "customers_with" in named else 0
    named = named.assign(weight=weight).sort_values(
        ["all", "weight", "influencer", "place"], ascending=[True, False, True, True], kind="stable", ignore_index=True
    )
    first = ["influencer", "kind", "from_stage", "to_stage", "whole"]
    rest = [name for name in map(str, named) if name not in (*first, "step", "all", "place", "weight")]
    return named[[*first, *rest]]
