"""What an experiment's arms do to an outcome, against control, and whether the experiment can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

import pandas as pd

from mapkit.errors import OptionError, one_of
from mapkit.journeys.experiments.assignment import Assignment, check_ratio, read_assignment
from mapkit.journeys.experiments.effects import POWER, Correction, judged, mean_effects, share_effects
from mapkit.journeys.experiments.outcomes import outcomes_in_column, outcomes_in_log, segments_of
from mapkit.journeys.experiments.power import check_share
from mapkit.journeys.experiments.results import Experiment
from mapkit.journeys.steps import microseconds
from mapkit.loaders import read_events
from mapkit.tables import Table

Kind = Literal["share", "mean"]


def measure_experiment(
    arms: Any,
    events: Any = None,
    *,
    outcome: str | Sequence[str] | None = None,
    control: str = "control",
    arm: str = "arm",
    within: str | timedelta | None = None,
    kind: Kind = "share",
    value: str | None = None,
    by: str | None = None,
    planned: Mapping[str, float] | None = None,
    confidence: float = 0.95,
    correction: Correction = "bh",
) -> Experiment:
    """Return each arm's share (or mean) of an outcome, and its difference and lift against control.

    Everybody assigned counts in the arm they were assigned to, whatever they went on to do (intention to treat).

    ``table`` columns, control first:

    - ``segment`` (with ``by`` only), ``arm``, ``customers``
    - of shares: ``converted``, ``of_customers``, ``of_customers_low``, ``of_customers_high`` (Wilson)
    - of means: ``mean``, ``mean_low``, ``mean_high``, ``sd``, over all customers of the arm
    - ``difference``, ``difference_low``, ``difference_high``: minus control; Newcombe, or Welch for means
    - ``lift``, ``lift_low``, ``lift_high``: the ratio to control minus 1, its interval by the logarithm; without
      interval where an arm has no conversion
    - ``p``: score test (Fisher's exact test where a cell expects fewer than 5), or Welch; ``p_adjusted`` over all rows
    - ``verdict``: "higher", "lower" or "cannot tell" by ``p_adjusted``; "not judged" where there are ``problems``
    - ``smallest_difference``: the rise over control that these numbers would have shown with a chance of 80%
    - ``p_best``: probability that the arm is the best of all, from flat priors (Beta(1, 1) for shares)

    Intervals hold each for its own difference; ``p_adjusted`` holds over the table.

    Parameters
    ----------
    arms
        A frame: ``customer``, the column ``arm``, and ``time`` of assignment (UTC), without which events before the
        assignment count too.
    events
        The log in which outcomes are found; without it, ``outcome`` is a column of ``arms``.
    outcome
        Names of events, any of which is the outcome; or the column of ``arms``: true or false, or numbers for means.
    within
        How long after the assignment an outcome counts ("14d"). Customers for whom the log ends before are set apart.
    kind, value
        "share" of customers with the outcome; "mean" of the column ``value`` of the log, summed over a customer's
        outcomes and 0 without one.
    by
        A column of ``arms``, or of the log (each customer's first value).
    planned
        The shares in which customers were meant to be assigned: {"control": 1, "new": 2}; equal when not given.
    correction
        Of p over the comparisons: "bh" (false discovery rate), "holm" (any false one), None.

    Raises
    ------
    OptionError
        An unknown option, a control that is no arm, an outcome that no event is.
    TableError
        A column is missing, or no customer of the arms is in the log.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890; Katz and others (1978), Biometrics 34, 469-474, for the
    interval of the ratio; Welch (1947), Biometrika 34, 28-35.

    >>> people = pd.DataFrame({"customer": range(300), "arm": ["control", "new"] * 150})
    >>> people["bought"] = [number % 5 == 0 or number % 4 == 1 for number in range(300)]
    >>> measure_experiment(people, outcome="bought").table["converted"].tolist()
    [30, 90]
    """
    one_of(kind, ("share", "mean"), "kind")
    one_of(str(correction).lower(), ("bh", "holm", "none"), "correction")
    check_share(confidence, "confidence")
    assigned = read_assignment(arms, arm, control)
    log = None if events is None else read_events(events)
    window = microseconds(within)
    people, told, named = _outcomes(log, assigned, outcome, kind, value, window)
    if by is not None:
        people, split = segments_of(log, people, by)
        told += split
    sizes = people["arm"].value_counts().reindex(list(assigned.arms), fill_value=0)
    ratio_p, ratio_notes = check_ratio(sizes, planned)
    problems = tuple(note for note in ratio_notes if note.startswith("Problem"))
    table = _table(people, assigned.arms, kind, by, confidence)
    table = judged(table, correction, confidence, sound=not problems)
    return Experiment(
        title=f"{named} by arm, {len(people):,} customers",
        table=table,
        notes=(*problems, *_choices(assigned, log, kind, within), *assigned.notes, *told)
        + (() if problems else ratio_notes)
        + _cautions(table, correction, confidence, kind),
        control=control,
        kind=kind,
        outcome=named,
        unit="" if kind == "share" else (value or named),
        within_seconds=None if window is None else window / 1_000_000,
        sample_ratio_p=ratio_p,
        problems=problems,
        definition={"outcome": named, "kind": kind, "value": value, "within": window, "by": by},
        confidence=confidence,
    )


def _outcomes(
    log: Table | None,
    assigned: Assignment,
    outcome: str | Sequence[str] | None,
    kind: Kind,
    value: str | None,
    within: int | None,
) -> tuple[pd.DataFrame, list[str], str]:
    if outcome is None or not len(outcome):
        raise OptionError("outcome= is missing: name the event that counts (with events), or a column of the arms.")
    if log is None:
        if not isinstance(outcome, str) or value is not None or within is not None:
            raise OptionError("Without events the outcome is one column of the arms; within and value need events.")
        return *outcomes_in_column(assigned, outcome, kind), outcome
    if (kind == "mean") != (value is not None):
        raise OptionError('value= names the column of the log that kind="mean" sums. Give both, or neither.')
    names = [outcome] if isinstance(outcome, str) else [str(name) for name in outcome]
    named = " or ".join(names)
    people, notes = outcomes_in_log(log, assigned, names, value=value, within=within)
    return people, notes, named if value is None else f"{value} of {named}"


def _table(people: pd.DataFrame, arms: Sequence[str], kind: Kind, by: str | None, confidence: float) -> pd.DataFrame:
    effects = share_effects if kind == "share" else mean_effects
    if by is None:
        parts = [effects(people, arms, confidence)]
    else:
        sizes = people.groupby("segment").size().sort_values(ascending=False, kind="stable")
        parts = [effects(people[people["segment"] == name], arms, confidence) for name in sizes.index]
        for name, part in zip(sizes.index, parts, strict=True):
            part.insert(0, "segment", name)
    table = pd.concat(parts, ignore_index=True)
    return table.assign(is_control=table["arm"] == arms[0])


def _choices(assigned: Assignment, log: Table | None, kind: Kind, within: object) -> list[str]:
    what = (
        "share of customers with the outcome" if kind == "share" else "mean over all customers, 0 without the outcome"
    )
    if log is None:
        return [f"Measured: {what}, by assigned arm."]
    if not assigned.timed:
        return [f"Measured: {what}, anywhere in the log: the arms have no time, so what came before counts too."]
    until = "until the log ends (who was assigned late had less time)" if within is None else f"within {within}"
    return [f"Measured: {what}, from the assignment on, {until}; by assigned arm."]


def _cautions(table: pd.DataFrame, correction: Correction, confidence: float, kind: Kind) -> tuple[str, ...]:
    compared = int(table["p"].notna().sum())
    method = {"bh": "Benjamini-Hochberg", "holm": "Holm", None: "not adjusted"}[correction]
    tests = "score test, or Fisher's where cells expect fewer than 5" if kind == "share" else "Welch's test"
    prior = "Beta(1, 1) for every share" if kind == "share" else "flat for every mean"
    smallest = table["smallest_difference"].dropna()
    seen = ""
    if len(smallest):
        size = f"{100 * smallest.min():.2g} points" if kind == "share" else f"{smallest.min():.3g}"
        seen = f"With these numbers a rise of {size} over control would have been seen with a chance of {POWER:.0%};"
        seen += " a smaller one may be there unseen."
    notes = [
        f"p by {tests}; adjusted over {compared} comparisons: {method}. Intervals {confidence:.0%}, each for itself.",
        seen,
        f"p_best is the chance to be the best arm, prior {prior}; it knows nothing of the problems above.",
        "One look at a size fixed beforehand: who looks again and again and stops at p < .05 is wrong far more often.",
    ]
    few = table["lift_low"].isna() & table["lift"].notna()
    notes += ["A lift has no interval where an arm has no conversion."] if few.any() else []
    return tuple(note for note in notes if note)
