"""Two ways to go on with a series: repeat the last season, or smooth level, trend and season.

Both work on square roots, where counts vary alike whether they are few or many, and squares are never below 0.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mapkit.statistics.intervals import normal_quantile

Numbers = NDArray[np.float64]
# Beyond this many states, their starting values are set by rule instead of being fitted one by one.
_MOST_FITTED = 24


@dataclass(frozen=True)
class Path:
    """What is expected at each step ahead, and the interval of what will be seen."""

    mean: Numbers
    low: Numbers
    high: Numbers


def least_history(season: int) -> int:
    """Return how many values the smoothing needs to start from."""
    return max(2 * season, 10 + 2 * (season // 2))


def repeat_season(values: Numbers, steps: int, season: int, confidence: float) -> Path:
    """Return the last season again: the forecast that any other has to beat.

    Source: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, on the seasonal naive method.
    """
    roots = np.sqrt(values)
    changes = roots[season:] - roots[:-season]
    ahead = np.arange(steps)
    error = np.sqrt((changes**2).mean() * (ahead // season + 1))
    last = np.resize(values[-season:], steps)
    return _squared(np.sqrt(last), normal_quantile(confidence) * error, last)


def smooth(values: Numbers, steps: int, season: int, confidence: float) -> Path | None:
    """Return the path of exponential smoothing, ETS(A, Ad, A) of the square roots; None where it cannot be fitted.

    Source: Hyndman, Koehler, Ord and Snyder (2008), Forecasting with Exponential Smoothing.
    """
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    seasonal = {"seasonal": "add", "seasonal_periods": season} if season > 1 else {}
    start = "estimated" if season <= _MOST_FITTED else "heuristic"
    # The matrices are so small that threads only wait for each other: with one, a fit takes a tenth of the time.
    with warnings.catch_warnings(), np.errstate(all="ignore"), threadpool_limits(1, user_api="blas"):
        # What it warns of, that the search stopped early, the comparison with the repeated season decides upon.
        warnings.simplefilter("ignore")
        try:
            model = ETSModel(
                pd.Series(np.sqrt(values)),
                error="add",
                trend="add",
                damped_trend=True,
                initialization_method=start,
                **seasonal,
            )
            fitted = model.fit(disp=False, maxiter=300)
            frame = fitted.get_prediction(len(values), len(values) + steps - 1).summary_frame(alpha=1 - confidence)
        except (ValueError, np.linalg.LinAlgError, FloatingPointError):
            return None
    root, low, high = (frame[name].to_numpy(float) for name in ("mean", "pi_lower", "pi_upper"))
    half = (high - low) / 2
    if not (np.isfinite(root).all() and np.isfinite(half).all()):
        return None
    error = half / normal_quantile(confidence)
    # The mean of a square is the square of the mean and the variance.
    return _squared(root, half, root.clip(0) ** 2 + error**2)


def _squared(root: Numbers, half: Numbers, mean: Numbers) -> Path:
    low, high = (root - half).clip(0) ** 2, (root + half).clip(0) ** 2
    return Path(mean.clip(low, np.maximum(high, low)), low, high)
