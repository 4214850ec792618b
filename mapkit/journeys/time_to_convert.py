"""How long it takes from the first step to the last, counting those who are still on their way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mapkit.journeys.question import Asked, Moment, Unit, ask
from mapkit.journeys.results import TimeToConvert
from mapkit.journeys.steps import Step
from mapkit.sequences import walk_chains

_MOST_ROWS = 1_000
_BINS = 24


def measure_time_to_convert(
    events: Any,
    steps: Sequence[str | Step],
    *,
    unit: Unit = "customer",
    start: Moment = None,
    end: Moment = None,
    confidence: float = 0.95,
) -> TimeToConvert:
    """Return the Kaplan-Meier curve of the time from a customer's first step-1 event to the last step, in order.

    Who has not converted when the log ends is censored there: they count as at risk up to then, and not as lost. A
    mean or median of converters alone would be too short. Times are rounded to whole seconds. Intervals are
    Greenwood's on the log(-log) scale, and the interval of the median comes from inverting them.

    Parameters are those of :func:`measure_funnel`.

    Source: Kaplan and Meier (1958), JASA 53, 457-481; Brookmeyer and Crowley (1982), Biometrics 38, 29-41.
    """
    asked = ask(events, steps, unit=unit, start=start, end=end)
    waits = _waits(asked)
    curve = _curve(waits, confidence)
    low, median, high = (_first_reach(curve, f"share_converted{end}", 0.5) for end in ("_high", "", "_low"))
    entered, converted = int(waits["count"].sum()), int(waits.loc[waits["converted"], "count"].sum())
    names = tuple(step.name for step in asked.steps)
    return TimeToConvert(
        title=f"Time from {names[0]} to {names[-1]}, {entered:,} {asked.counted}, {converted:,} of them converted",
        table=_thinned(curve),
        notes=(
            *asked.notes(),
            *(() if converted else asked.check_names()),
            "Kaplan-Meier from the first step-1 event; who has not converted is censored at the end of the log.",
            *([f"The curve is thinned to {_MOST_ROWS:,} rows."] if len(curve) > _MOST_ROWS else []),
        ),
        steps=names,
        entered=entered,
        converted=converted,
        median_seconds=median,
        median_low_seconds=low,
        median_high_seconds=high,
        confidence=confidence,
        histogram=_histogram(waits[waits["converted"]]),
    )


def _waits(asked: Asked) -> pd.DataFrame:
    """Return seconds waited, whether the wait ended in conversion, and how many waited so."""
    units, last = walk_chains(asked.events, asked.question()).units, len(asked.steps)
    end = asked.events.data["time"].max().to_pandas()
    converted = units.reached >= last
    until = converted.ifelse(units[f"time_{last}"], end if pd.notna(end) else None)
    seconds = (until.delta(units.time_1, unit="microsecond").cast("float64") / 1_000_000).round().cast("int64")
    waits = units.select(seconds=seconds, converted=converted)
    counted: pd.DataFrame = waits.group_by(["seconds", "converted"]).agg(count=waits.count()).to_pandas()
    counted["converted"] = counted["converted"].astype(bool)
    return counted


def _curve(waits: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return the Kaplan-Meier curve, a row per distinct time."""
    from scipy.stats import norm

    by_time = waits.assign(
        done=waits["count"].where(waits["converted"], 0), censored=waits["count"].where(~waits["converted"], 0)
    )
    by_time = by_time.groupby("seconds", sort=True)[["done", "censored"]].sum()
    done, leaving = by_time["done"].to_numpy(float), by_time.sum(axis=1).to_numpy(float)
    at_risk = leaving[::-1].cumsum()[::-1]
    survival = np.cumprod(1 - done / at_risk) if len(done) else np.empty(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(done / (at_risk * (at_risk - done)))) / np.abs(np.log(survival))
        half = norm.ppf(0.5 + confidence / 2) * spread
        low, high = survival ** np.exp(half), survival ** np.exp(-half)
    low, high = np.where(survival == 1, 1.0, low), np.where(survival == 1, 1.0, high)
    return pd.DataFrame(
        {
            "seconds": by_time.index.to_numpy(float),
            "at_risk": at_risk.astype(np.int64),
            "converted": done.astype(np.int64),
            "censored": (leaving - done).astype(np.int64),
            "share_converted": 1 - survival,
            "share_converted_low": 1 - high,
            "share_converted_high": 1 - low,
        }
    )


def _first_reach(curve: pd.DataFrame, column: str, share: float) -> float:
    # A product of many factors misses one half by rounding.
    reached = curve.loc[curve[column] >= share - 1e-12, "seconds"]
    return float(reached.iloc[0]) if len(reached) else float("nan")


def _thinned(curve: pd.DataFrame) -> pd.DataFrame:
    """Return at most 1,000 rows, evenly over the converted share and the time; counts are of the rows kept."""
    if len(curve) <= _MOST_ROWS:
        return curve
    share = np.searchsorted(
        curve["share_converted"], np.linspace(0, curve["share_converted"].iloc[-1], _MOST_ROWS // 2)
    )
    time = np.linspace(0, len(curve) - 1, _MOST_ROWS // 2).round().astype(int)
    kept = np.unique(np.concatenate([share.clip(max=len(curve) - 1), time]))
    # Counts between two kept rows are added up, so that they still sum to everybody.
    groups = np.searchsorted(kept, np.arange(len(curve)), side="left")
    thin = curve.iloc[kept].reset_index(drop=True)
    for column in ("converted", "censored"):
        thin[column] = curve[column].groupby(groups).sum().to_numpy()
    return thin


def _histogram(converted: pd.DataFrame) -> pd.DataFrame:
    if converted.empty:
        return pd.DataFrame({"low_seconds": [], "high_seconds": [], "customers": []})
    # The slowest one in a hundred would squeeze everybody else into the first bar: they share the last one.
    ordered = converted.sort_values("seconds")
    within = ordered["count"].cumsum() <= 0.99 * ordered["count"].sum()
    top = max(float(ordered["seconds"][within].max()) if within.any() else float(ordered["seconds"].max()), 1.0)
    edges = np.linspace(0, top, _BINS + 1)
    counts, _ = np.histogram(ordered["seconds"].clip(upper=top), bins=edges, weights=ordered["count"])
    slowest = float(ordered["seconds"].max())
    edges_high = np.append(edges[1:-1], max(top, slowest))
    return pd.DataFrame({"low_seconds": edges[:-1], "high_seconds": edges_high, "customers": counts.astype(np.int64)})
