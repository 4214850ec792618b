"""How fast the pipeline earns: open opportunities, win rate, mean value and days of a sales cycle, as one velocity."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from mapkit.ecosystems.accounts.opportunities import Period, period_of, read_opportunities
from mapkit.ecosystems.accounts.pipeline_result import Pipeline
from mapkit.errors import OptionError, one_of
from mapkit.statistics import wilson_interval
from mapkit.statistics.intervals import normal_quantile

_DAY = 86_400.0


def measure_pipeline(
    opportunities: Any,
    *,
    period: tuple[Any, Any] | None = None,
    by: str | None = None,
    cycle: Literal["won", "closed"] = "won",
    draws: int = 1_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Pipeline:
    """Return sales velocity: opportunities open at the period's end x win rate x mean value won / days of a cycle.

    Win rate, value and cycle are those of opportunities closed in the period; open ones have no end yet and are in
    none of them. Velocity is what the pipeline would earn a day if it went on so; ``won_per_day`` beside it is what it
    did earn. Where the two are far apart, the pipeline grows, shrinks, or holds opportunities that nobody works on.

    ``table`` columns, a row for "all" and, with ``by``, for each value of that column (``segment``):

    - ``open``, ``closed``, ``won`` (counts), ``win_rate`` = won / closed with its Wilson interval (``_low``, ``_high``)
    - ``mean_value`` of those won, in the table's own currency; ``cycle_days``, from opening to closing
    - ``velocity_per_day`` with its interval, by drawing opportunities again with replacement
    - ``won_per_day``: value won in the period / its days
    - ``open_days``: the mean age of open ones; ``open_overdue``: how many are older than nine in ten cycles were

    Parameters
    ----------
    opportunities
        A frame with ``opened``, ``closed`` (empty while open), ``value``, and ``won`` (yes or no) or ``status`` (won,
        lost, anything else while open). Times without a zone are UTC.
    period
        The first day and the day after the last; None takes all of the table.
    by
        A column such as segment or stage: what an opportunity has now, not what it had on its way.
    cycle
        Whose days make the cycle: of those "won", as is usual, or of all "closed", with which velocity equals what is
        earned in a pipeline that neither grows nor shrinks (Little's law).

    Raises
    ------
    TableError
        A column is missing.
    OptionError
        The period is none, or no opportunity is left.

    Source: Little (1961), Operations Research 9, 383-387; bootstrap: Efron and Tibshirani (1993), percentile interval.
    """
    one_of(cycle, ("won", "closed"), "cycle")
    normal_quantile(confidence)
    if draws < 2:
        raise OptionError(f"draws={draws!r}: an interval needs many, such as 1,000.")
    rows, apart = read_opportunities(opportunities, by)
    if rows.empty:
        raise OptionError(f"No opportunity can be used{_apart(apart)}. Give at least one with a time of opening.")
    span = period_of(rows, period)
    seen = _in_period(rows, span)
    names = ["all", *([] if by is None else sorted(seen["segment"].unique()))]
    rng = np.random.default_rng(seed)
    made = [_row(name, seen if k == 0 else seen[seen["segment"] == name], span, cycle) for k, name in enumerate(names)]
    table = pd.DataFrame(made)
    table["win_rate_low"], table["win_rate_high"] = wilson_interval(table["won"], table["closed"], confidence)
    ends = [
        _interval(seen if k == 0 else seen[seen["segment"] == name], cycle, draws, confidence, rng)
        for k, name in enumerate(names)
    ]
    table["velocity_per_day_low"], table["velocity_per_day_high"] = zip(*ends, strict=True)
    return Pipeline(
        "Pipeline velocity" if by is None else f"Pipeline velocity by {by}",
        table[_COLUMNS],
        tuple(_notes(seen, apart, span, cycle, draws, by)),
        by,
        span[0],
        span[1],
        confidence,
    )


_COLUMNS = [
    *("segment", "open", "closed", "won", "win_rate", "win_rate_low", "win_rate_high", "mean_value", "cycle_days"),
    *("velocity_per_day", "velocity_per_day_low", "velocity_per_day_high", "won_per_day", "open_days", "open_overdue"),
]


def _in_period(rows: pd.DataFrame, span: Period) -> pd.DataFrame:
    """Return the opportunities closed in the period or open at its end, as they stood then."""
    start, end = span
    is_open = (rows["opened"] < end) & ~(rows["closed"] < end)
    closed = (rows["closed"] >= start) & (rows["closed"] < end)
    seen = rows.assign(is_open=is_open, is_won=closed & rows["won"].fillna(False).astype(bool), is_closed=closed)
    until = seen["closed"].where(closed, end)
    return seen.assign(days=(until - seen["opened"]).dt.total_seconds() / _DAY)[is_open | closed]


def _row(name: str, rows: pd.DataFrame, span: Period, cycle: str) -> dict[str, Any]:
    open_days = rows.loc[rows["is_open"], "days"]
    closed_days = rows.loc[rows["is_won" if cycle == "won" else "is_closed"], "days"]
    won = rows[rows["is_won"]]
    days = (span[1] - span[0]).total_seconds() / _DAY
    sums = _sums(rows, cycle)
    return {
        "segment": name,
        "open": len(open_days),
        "closed": int(rows["is_closed"].sum()),
        "won": len(won),
        "win_rate": _over(sums[2], sums[1]),
        "mean_value": _over(sums[3], sums[2]),
        "cycle_days": _over(sums[4], sums[5]),
        "velocity_per_day": float(_velocity(sums[None, :])[0]),
        "won_per_day": float(won["value"].sum() / days),
        "open_days": float(open_days.mean()) if len(open_days) else float("nan"),
        "open_overdue": int((open_days > closed_days.quantile(0.9)).sum()) if len(closed_days) else 0,
    }


def _facts(rows: pd.DataFrame, cycle: str) -> np.ndarray:
    """Return what each opportunity adds to: open, closed, won, value won, days of cycles, cycles."""
    won = rows["is_won"].to_numpy(float)
    counts = won if cycle == "won" else rows["is_closed"].to_numpy(float)
    value, days = rows["value"].to_numpy(float), rows["days"].to_numpy(float)
    parts = (rows["is_open"].to_numpy(float), rows["is_closed"].to_numpy(float), won)
    return np.column_stack([*parts, won * value, counts * days, counts])


def _sums(rows: pd.DataFrame, cycle: str) -> np.ndarray:
    sums: np.ndarray = _facts(rows, cycle).sum(axis=0)
    return sums


def _velocity(sums: np.ndarray) -> np.ndarray:
    is_open, closed, won, value, days, cycles = sums.T
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = is_open * (won / closed) * (value / won) / (days / cycles)
    return np.where(np.isfinite(found), found, np.nan)


def _interval(
    rows: pd.DataFrame, cycle: str, draws: int, confidence: float, rng: np.random.Generator
) -> tuple[float, float]:
    facts = _facts(rows, cycle)
    if not len(facts):
        return float("nan"), float("nan")
    sums = np.array([facts[rng.integers(0, len(facts), len(facts))].sum(axis=0) for _ in range(draws)])
    found = _velocity(sums)
    known = found[~np.isnan(found)]
    # Where one draw in twenty has nobody won, the interval has no honest end.
    if len(known) < 0.95 * draws:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _over(a: float, b: float) -> float:
    return float(a / b) if b else float("nan")


def _apart(apart: dict[str, int]) -> str:
    said = ", ".join(f"{count:,} {reason}" for reason, count in apart.items())
    return f" ({said})" if said else ""


def _notes(
    rows: pd.DataFrame, apart: dict[str, int], span: Period, cycle: str, draws: int, by: str | None
) -> list[str]:
    still, closed = int(rows["is_open"].sum()), int(rows["is_closed"].sum())
    other = "closed" if cycle == "won" else "won"
    instead = float(_velocity(_sums(rows, other)[None, :])[0])
    notes = [
        f"From {span[0]:%Y-%m-%d} to before {span[1]:%Y-%m-%d}: {closed:,} closed, {still:,} open at the end.",
        "Open opportunities are not ended: they count in how many there are, and in neither win rate, value nor cycle.",
        f"A cycle is the mean time from opening to closing of those {cycle} in the period, whenever they were opened.",
        f"Intervals of velocity: percentiles over {draws:,} draws of opportunities with replacement.",
        f"With the cycle of all {other} it would be {instead:,.4g} a day: those won and those"
        " lost take different times.",
        "Velocity forecasts only if the pipeline stays as it is; won_per_day is what was earned.",
    ]
    if by is not None:
        notes.append(f"{by} is what each opportunity has now, not what it had on its way.")
    if apart:
        notes.append(f"Rows set apart{_apart(apart)}; they are in no number.")
    return notes
