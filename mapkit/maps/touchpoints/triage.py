"""Which touchpoints to keep, improve, remove or look into, each with its reason in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from mapkit.errors import OptionError, one_of
from mapkit.experience.touchpoints.listed import check_touchpoint
from mapkit.maps.touchpoints.carrying import carried, in_points, in_tens
from mapkit.maps.touchpoints.effectiveness_result import Touchpoints
from mapkit.statistics import Result

Verdict = Literal["keep", "improve", "remove", "investigate"]
VERDICTS: tuple[Verdict, ...] = ("improve", "remove", "investigate", "keep")
UNDERSERVED = 10.0  # Ulwick's line, of 20
MIDDLE = 5.0  # of importance, on 0..10


@dataclass(frozen=True, eq=False)
class Triage(Result):
    """A verdict a touchpoint. See :func:`triage_touchpoints` for the columns of ``table``."""

    outcome: str = ""
    floor: float = 0.02
    minimum: int = 30
    confidence: float = 0.95

    def verdict(self, touchpoint: str) -> str:
        """Return the verdict on a touchpoint."""
        return str(self._row(touchpoint)["verdict"])

    def reason(self, touchpoint: str) -> str:
        """Return the reason for the verdict on a touchpoint, a sentence with its numbers."""
        return str(self._row(touchpoint)["reason"])

    def touchpoints(self, verdict: Verdict) -> list[str]:
        """Return the touchpoints with a verdict."""
        one_of(verdict, VERDICTS, "verdict")
        return list(self.table.loc[self.table["verdict"] == verdict, "touchpoint"])

    def _row(self, touchpoint: str) -> pd.Series:
        check_touchpoint(touchpoint, self.table["touchpoint"])
        return self.table[self.table["touchpoint"] == touchpoint].iloc[0]


def triage_touchpoints(measured: Touchpoints, *, floor: float = 0.02, minimum: int = 30) -> Triage:
    """Return for each touchpoint whether to keep, improve, remove or investigate it, and why.

    The first rule that applies decides:

    1. nobody owns it, or neither log nor survey says enough -> investigate
    2. important, and its opportunity is 10 or more or it is surely below expectation -> improve
    3. surely unimportant, not mandated, carries no segment, and surely without an effect of ``floor`` or more on the
       outcome and on what it is there for -> remove
    4. surely unimportant, not mandated, carries no segment, and its effect is not ruled out -> investigate
    5. else keep

    "Surely" means that the whole interval lies on that side; importance is split at the middle of its scale. A segment
    is carried when the outcome goes with the touchpoint there beyond chance (all segments judged together), or when the
    segment surely finds it important.

    ``table`` columns: ``touchpoint``, ``name``, ``verdict``, ``reason``, ``rule`` (1 to 5), ``carries`` (segments,
    between ;), ``owner``, ``mandated``, ``cost``, ``flag``, ``effect`` (within segments where there are some),
    ``importance_mean``, ``opportunity``, ``expectation_gap``, each with ``_low`` and ``_high``, and ``n_survey``.

    Parameters
    ----------
    measured
        What ``measure_touchpoints`` returned, with feedback and segments where there are any.
    floor
        The difference in the share reaching the outcome that would matter, 0..1.
    minimum
        Customers on either side, and answers, below which a number is no evidence.

    Raises
    ------
    OptionError
        ``measured`` is something else, or the floor is no share.
    """
    if not isinstance(measured, Touchpoints):
        raise OptionError(
            f"triage_touchpoints takes what measure_touchpoints returns, not a {type(measured).__name__}:"
            " triage_touchpoints(measure_touchpoints(inventory, events, feedback, outcome='purchase'))."
        )
    if not 0 < floor < 1:
        raise OptionError(f"floor={floor!r} is not a share between 0 and 1. Use 0.02 for two points of conversion.")
    name = "difference_within" if measured.by else "difference"
    table = measured.table
    ends = {f"effect{end}": table[f"{name}{end}"] if f"{name}{end}" in table else float("nan") for end in _ENDS}
    rows = table.assign(**ends).to_dict("records")
    carries = carried(measured, minimum)
    judged = [_judged(row, carries.get(row["touchpoint"], []), measured, floor, minimum) for row in rows]
    numbers = [f"{each}{end}" for each in ("effect", *_SURVEYED) for end in _ENDS]
    kept = pd.DataFrame(rows, columns=["touchpoint", "name", "owner", "mandated", "cost", "flag", "n_survey", *numbers])
    kept.insert(2, "verdict", [each[0] for each in judged])
    kept.insert(3, "reason", [each[1] for each in judged])
    kept.insert(4, "rule", [each[2] for each in judged])
    kept.insert(5, "carries", ["; ".join(name for name, _ in carries.get(each, [])) for each in table["touchpoint"]])
    return Triage(
        f"Triage of {len(kept):,} touchpoints",
        kept,
        _notes(measured, kept, floor, minimum),
        measured.outcome,
        floor,
        minimum,
        measured.confidence,
    )


_ENDS = ("", "_low", "_high")
_SURVEYED = ("importance_mean", "opportunity", "expectation_gap")
_Row = dict[Any, Any]


def _judged(
    row: _Row, carries: list[tuple[str, str]], measured: Touchpoints, floor: float, minimum: int
) -> tuple[Verdict, str, int]:
    asked = row["n_survey"] >= minimum
    seen = min(row["customers_with"], row["customers_without"]) >= minimum and row["flag"] in ("", "structural")
    if row["owner"] is None:
        return "investigate", f"Nobody owns it: name an owner first.{_said(row, asked)}", 1
    if not asked and not seen:
        return "investigate", f"Too little is known: {_unseen(row)}, and {row['n_survey']:,} answers in the survey.", 1
    if asked and row["importance_mean_low"] > MIDDLE:
        short = _falls_short(row)
        if short:
            return "improve", f"Important ({in_tens(row, 'importance_mean')} of 10), and {short}.", 2
    unimportant = asked and row["importance_mean_high"] < MIDDLE
    shown = seen and row["flag"] == "" and row["effect_low"] > 0
    if not unimportant or row["mandated"] is True or carries or shown:
        return "keep", _why_kept(row, carries, asked, seen, measured.outcome), 5
    dull = f"Unimportant ({in_tens(row, 'importance_mean')} of 10, n = {row['n_survey']:,})"
    unknown = _unknown(row, measured, seen, floor, minimum)
    if unknown:
        return "investigate", f"{dull}, but {unknown}: an experiment can tell.", 4
    effect = f"at most {100 * row['effect_high']:+.1f} points of {measured.outcome} go with it"
    numbers = (
        f"{in_points(row, 'effect')} among {row['customers_with']:,} with and {row['customers_without']:,} without"
    )
    return "remove", f"{dull}; {effect} ({numbers}); not mandated; carries no segment.", 3


def _falls_short(row: _Row) -> str:
    parts = []
    if row["opportunity"] >= UNDERSERVED:
        parts.append(f"underserved: opportunity {in_tens(row, 'opportunity')} of 20")
    if row["expectation_gap_high"] < 0:
        parts.append(
            f"below expectation by {-row['expectation_gap']:.1f} of 10 [{-row['expectation_gap_high']:.1f},"
            f" {-row['expectation_gap_low']:.1f}]"
        )
    return " and ".join(parts)


def _unknown(row: _Row, measured: Touchpoints, seen: bool, floor: float, minimum: int) -> str:
    """Return why it cannot be said that nothing goes with a touchpoint; empty where it can."""
    if row["flag"] == "structural":
        return f"hardly anybody reaches {measured.outcome} without it"
    if not seen:
        return _unseen(row)
    if not row["effect_high"] < floor:
        return f"an effect on {measured.outcome} is not ruled out ({in_points(row, 'effect')})"
    linked = measured.linked
    own = linked[(linked["touchpoint"] == row["touchpoint"]) & linked["metric"].isin(["again", "still there"])]
    for each in own.to_dict("records"):
        n = min(each["customers_with"], each["customers_without"])
        if n < minimum:
            return f"whether it serves {each['says']} is not known ({n:,} customers to compare)"
        if not each["difference_high"] < floor:
            return f"{each['says']} may go with it ({in_points(each, 'difference')})"
    return ""


def _unseen(row: _Row) -> str:
    return {
        "not in the log": "the log shows nothing of it",
        "after": "it comes after the outcome only",
        "everybody": "everybody has met it, so there is nobody to compare with",
        "starts": "journeys begin with it, and whom it would have brought is not in the log",
        "late": "it comes when most outcomes have happened, so the log cannot compare fairly",
    }.get(row["flag"], f"only {min(row['customers_with'], row['customers_without']):,} customers can be compared")


def _why_kept(row: _Row, carries: list[tuple[str, str]], asked: bool, seen: bool, outcome: str) -> str:
    if carries:
        dull = asked and row["importance_mean_high"] < MIDDLE
        whole = f" Over all it looks dispensable: importance {in_tens(row, 'importance_mean')} of 10." if dull else ""
        return f"It carries {'; '.join(f'{name} ({why})' for name, why in carries)}.{whole}"
    if row["mandated"] is True:
        return f"It is mandated.{_said(row, asked)}"
    if row["flag"] == "structural":
        return (
            f"Hardly anybody reaches {outcome} without it ({row['converted_without']:,} of"
            f" {row['customers_without']:,}).{_said(row, asked)}"
        )
    if seen and row["effect_low"] > 0:
        return f"More reach {outcome} with it ({in_points(row, 'effect')}).{_said(row, asked)}"
    return f"Nothing speaks for a change.{_said(row, asked)}"


def _said(row: _Row, asked: bool) -> str:
    if not asked:
        return f" The survey has {row['n_survey']:,} answers."
    return (
        f" Importance {in_tens(row, 'importance_mean')} of 10, opportunity {in_tens(row, 'opportunity')} of 20"
        f" (n = {row['n_survey']:,})."
    )


def _notes(measured: Touchpoints, table: pd.DataFrame, floor: float, minimum: int) -> tuple[str, ...]:
    counts = ", ".join(f"{int((table['verdict'] == each).sum()):,} {each}" for each in VERDICTS)
    notes = [
        f"{counts}. The first rule that applies decides; reasons are in the table.",
        f"An effect below {100 * floor:.3g} points of {measured.outcome} is taken not to matter; fewer than {minimum}"
        f" customers or answers are no evidence; opportunity from {UNDERSERVED:g} is underserved; importance is split"
        f" at {MIDDLE:g} of 10.",
        "Association, not cause: before a touchpoint goes, take it away from some at random and look.",
    ]
    if measured.by is None:
        notes.append("No segments were looked at: a touchpoint to remove may carry one. Measure with by='segment'.")
    return tuple(notes)
