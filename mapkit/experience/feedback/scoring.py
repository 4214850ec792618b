"""From feedback to a table of scores: the way that is the same for every kind of score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from mapkit.experience.feedback.asking import Question, answers, answers_table
from mapkit.experience.feedback.cautions import cautions, with_asked, without_few
from mapkit.experience.feedback.mixing import shares, with_reweighted
from mapkit.experience.feedback.tally import Scale, tally

Numbers = Mapping[str, Callable[[pd.DataFrame], Any]]
Finish = Callable[[pd.DataFrame, float], pd.DataFrame]


def scored(
    feedback: Any, asked: Question, scale: Scale, numbers: Numbers, finish: Finish
) -> tuple[pd.DataFrame, list[str]]:
    """Return the table of scores and its notes.

    ``numbers`` are what is summed over the answers of a group; ``finish`` makes score, se and interval of the sums.
    """
    source = answers_table(feedback, asked.metric)
    rows = answers(source, asked)
    counted = tally(rows, asked, scale)
    table = finish(counted.by_columns(asked.keys, numbers), asked.confidence)
    notes = cautions(counted, table, asked, source, rows)
    if counted.unscaled and not scale.fixed:
        notes.append(
            f"{counted.unscaled:,} answers name no scale; they are taken to be on {scale.low:g} to {scale.high:g}."
        )
    if asked.by_mix:
        strata = finish(counted.by_columns([*asked.keys, asked.by_mix], numbers), asked.confidence)
        weights = shares(strata.groupby(asked.by_mix)["n"].sum(), asked.weights, asked.by_mix)
        table = with_reweighted(table, strata, asked.keys, asked.by_mix, weights)
        mix = ", ".join(f"{name} {share:.0%}" for name, share in weights.items())
        notes.append(
            f"reweighted: every group at one mix of {asked.by_mix} ({mix}; {_whose(asked)}). It mends who answered, and"
            f" not why others of the same {asked.by_mix} did not."
        )
    if asked.asked is not None:
        table = with_asked(table, asked.asked, asked)
    ends = [name for name in ("rejected", "asked", "of_asked", "of_asked_low", "of_asked_high") if name in table]
    table = without_few(table, asked.minimum_n, [*asked.keys, "n", *ends])
    return table[[name for name in table.columns if name not in ends] + ends], notes


def _whose(asked: Question) -> str:
    return "as given" if asked.weights is not None else "the mix of all answers together"
