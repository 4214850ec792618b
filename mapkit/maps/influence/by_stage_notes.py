"""The choices behind influence by stage, and the cautions a reader needs."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mapkit.maps.influence.equally_far import Walked
from mapkit.maps.influence.exposures import Exposures

_OUTSIDE = 0.1  # of the entries, from which on it is said that they lie outside the time of the meetings


def notes_of(
    walked: Walked,
    met: Exposures,
    table: pd.DataFrame,
    strata: tuple[str, ...],
    looked_at: tuple[str, ...],
    lookback: Any,
    minimum: int,
    confidence: float,
) -> tuple[str, ...]:
    """Return the notes, cautions first."""
    notes = [_evidence(table, met)]
    blamed = table[table["verdict"] == "confounded"]
    if len(blamed):
        named = [
            f"{row.influencer} ({row.from_stage} to {row.to_stage}: {row.confounded_by})" for row in blamed.itertuples()
        ]
        notes.append(f"Seems to work and is explained by another difference of the customers: {'; '.join(named[:8])}.")
    notes += [*walked.asked.notes(), *walked.slips]
    limit = "" if lookback is None else f", at most {lookback} before it"
    notes.append(
        f"{met.notes[0]} A meeting counts for a step when it came by the time its first stage was reached{limit}: all"
        " compared had come equally far and had the same chance to meet somebody."
    )
    within = f"{', '.join(strata)} and " if strata else ""
    notes.append(
        f"difference_within and ratio_within compare within {within}whether another influencer was met"
        " (Mantel-Haenszel). lost_without is customers_with times difference_within, and holds were it the cause."
    )
    notes.append(
        f"Verdicts hold together over {int(table['p_adjusted'].notna().sum())} comparisons (Benjamini-Hochberg at"
        f" {100 * (1 - confidence):.3g}%); those with fewer than {minimum} customers on a side are not judged."
    )
    if not strata and not looked_at and (table["evidence"] == "association").any():
        notes.append("No facts of customers were looked at. Give customers=frame and confounders=['region', ...].")
    notes += _outside(walked, met)
    notes.append(
        "Whom influencers kept from coming, or would have brought, is not in the log: the first stage has no rate."
    )
    return tuple(notes)


def _evidence(table: pd.DataFrame, met: Exposures) -> str:
    own = table[table["kind"] == "influencer"]
    trials = set(own.loc[own["evidence"] != "association", "influencer"])
    if not trials:
        reason = "" if met.has_assignment else " (no assignment is given)"
        return f"Association, not cause: who met whom was not decided by chance{reason}."
    if (table["evidence"] != "association").all():
        return "Chance decided who met whom. Steps after the first compare only those who came so far."
    return (
        f"Chance decided who met {len(trials)} of the {own['influencer'].nunique()} influencers (evidence: experiment);"
        " the others' numbers are association, not cause. Steps after the first compare only those who came so far."
    )


def _outside(walked: Walked, met: Exposures) -> list[str]:
    span = met.span()
    if span is None:
        return ["No meeting is on record, so nobody is with an influencer."]
    people = walked.people
    away = (people["time_1"] < span[0].to_pydatetime()) | (people["time_1"] > span[1].to_pydatetime())
    counts = people.aggregate(all=people.count(), away=away.ifelse(1, 0).sum()).to_pandas().iloc[0]
    if not counts["all"] or counts["away"] <= _OUTSIDE * counts["all"]:
        return []
    return [
        f"{int(counts['away']):,} of {int(counts['all']):,} customers entered before the first meeting or after the"
        f" last ({span[0]:%Y-%m-%d} to {span[1]:%Y-%m-%d}), when they hardly could have met anybody. Compare those of"
        f" the campaign: start='{span[0]:%Y-%m-%d}', end=..."
    ]
