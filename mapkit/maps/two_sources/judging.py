"""Agree, disagree or unmeasured: every cell of a map judged together, and how much each disagreement matters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from mapkit.maps.journey_map.grades import OBSERVED_FROM, grade_of
from mapkit.maps.two_sources.asking import ENOUGH, Asked
from mapkit.maps.two_sources.wording import claimed_text, observed_text, said, sentence
from mapkit.statistics import adjust_p_values

STATES = ("disagree", "unclaimed", "agree", "unmeasured")
"""The order in which a two-source map shows its cells."""

COLUMNS = (
    "cell", "lane", "stage", "step", "about", "claimed", "observed", "low", "high", "n", "state", "kind", "weight",
    "grade", "sentence", "unit", "hits", "of_customers", "stage_value", "beyond", "p_adjusted", "cited",
    "claimed_text", "observed_text",
)  # fmt: skip


def judged(
    asked: Sequence[Asked], unclaimed: pd.DataFrame, values: Mapping[str, float], confidence: float
) -> pd.DataFrame:
    """Return the table of a two-source map; ``values`` gives a stage's worth, 1 where it is not named."""
    p = [each.answer.p if each.answer and _is_enough(each) else math.nan for each in asked]
    adjusted = adjust_p_values(p)
    rows = [_row(each, float(q), values, confidence) for each, q in zip(asked, adjusted, strict=True)]
    rows += [_unclaimed_row(row, values) for row in unclaimed.to_dict("records")]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["place"] = [STATES.index(state) for state in table["state"]]
    table = table.sort_values(["place", "weight"], ascending=[True, False], kind="stable", ignore_index=True)
    numbers = ["claimed", "observed", "low", "high", "weight", "of_customers", "stage_value", "beyond", "p_adjusted"]
    return table[list(COLUMNS)].astype(dict.fromkeys(numbers, float) | {"n": "Int64", "hits": "Int64"})


def _is_enough(asked: Asked) -> bool:
    return asked.answer is not None and asked.answer.n >= ENOUGH


def _state(asked: Asked, p: float, confidence: float) -> str:
    answer = asked.answer
    if answer is None:
        return "unmeasured"
    if asked.question.kind == "owner":
        return "disagree" if answer.beyond else "agree"
    if not _is_enough(asked):
        return "unmeasured"
    return "disagree" if answer.beyond > 0 and p < 1 - confidence else "agree"


def _row(asked: Asked, p: float, values: Mapping[str, float], confidence: float) -> dict[str, Any]:
    question, answer, state = asked.question, asked.answer, _state(asked, p, confidence)
    placed, cell = question.placed, question.placed.cell
    value = float(values.get(cell.stage, 1.0))
    beyond = answer.beyond if answer and state == "disagree" else 0.0
    cited = grade_of(cell.evidence)
    named = question.unit == "name"
    return {
        "cell": placed.key, "lane": placed.lane, "stage": cell.stage, "step": cell.step, "about": question.about,
        "claimed": math.nan if question.claimed is None else question.claimed,
        "observed": answer.value if answer else math.nan,
        "low": answer.low if answer else math.nan, "high": answer.high if answer else math.nan,
        "n": answer.n if answer and not named else None, "hits": answer.hits if answer else None,
        "state": state, "kind": question.about if state == "disagree" else None,
        "weight": beyond * asked.of_customers * value, "grade": min(cited, _grade(asked)), "cited": cited,
        "unit": question.unit, "of_customers": asked.of_customers, "stage_value": value, "beyond": beyond,
        "p_adjusted": p, "claimed_text": claimed_text(question), "observed_text": observed_text(asked),
        "sentence": sentence(asked, state),
    }  # fmt: skip


def _grade(asked: Asked) -> str:
    """Return the grade of what was measured here: counted in the log, or told in a survey."""
    if asked.answer is None or asked.question.kind == "owner" or asked.answer.n < OBSERVED_FROM:
        return "D"
    return "C" if asked.question.kind == "valence" else "B"


def _unclaimed_row(row: dict[Any, Any], values: Mapping[str, float]) -> dict[str, Any]:
    stage = row["stage"] if isinstance(row["stage"], str) else None
    value = float(values.get(stage or "", 1.0))
    number = f"{said(row['share'], 'share')} [{said(row['low'], 'share')}, {said(row['high'], 'share')}]"
    return {
        "cell": f"unclaimed/{row['name']}", "lane": None, "stage": stage, "step": row["name"], "about": "content",
        "claimed": math.nan, "observed": row["share"], "low": row["low"], "high": row["high"],
        "n": round(row["customers"] / row["share"]), "hits": row["customers"], "state": "unclaimed", "kind": None,
        "weight": row["low"] * value, "grade": "B", "cited": "D", "unit": "share", "of_customers": row["share"],
        "stage_value": value, "beyond": row["low"], "p_adjusted": math.nan, "claimed_text": "",
        "observed_text": number,
        "sentence": f"Unclaimed: {number} of customers use {row['name']}, which the map does not have.",
    }  # fmt: skip
