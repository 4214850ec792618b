"""How many will come: the days or weeks ahead with their interval, after a trial on days that are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, one_of
from mapkit.journeys.demand.models import Path, least_history, repeat_season, smooth
from mapkit.journeys.demand.series import STEP, History, Period, history_of
from mapkit.statistics import Estimate, Result
from mapkit.statistics.intervals import normal_quantile

NAIVE, SMOOTHED = "the last season repeated", "exponential smoothing"


@dataclass(frozen=True, eq=False)
class Forecast(Result):
    """History, trial and what is to come. See :func:`measure_forecast` for the columns of ``table``.

    ``trial_error`` and ``naive_error`` are mean absolute errors in the trial, of the way chosen and of the last season
    repeated; ``smoothed_error`` that of exponential smoothing.
    """

    named: str = ""
    period: str = "day"
    season: int = 7
    method: str = SMOOTHED
    smoothed_error: float = float("nan")
    naive_error: float = float("nan")
    covered: int = 0
    holdout: int = 0
    confidence: float = 0.95

    @property
    def trial_error(self) -> float:
        """Mean absolute error of the way chosen, in the trial."""
        return self.naive_error if self.method == NAIVE else self.smoothed_error

    @property
    def coverage(self) -> Estimate:
        """The share of the trial's periods that fell within their interval."""
        return Estimate.of_share("trial within its interval", self.covered, self.holdout)

    def at(self, when: Any) -> Estimate:
        """Return the forecast of one period, named by its first moment; ``n`` is the length of the history."""
        ahead = self.table[self.table["part"] == "forecast"]
        rows = ahead[ahead["period"] == pd.Timestamp(when)]
        if rows.empty:
            first, last = ahead["period"].min(), ahead["period"].max()
            raise OptionError(f"{when!r} is no {self.period} of the forecast, {first:%Y-%m-%d} to {last:%Y-%m-%d}.")
        row, n = rows.iloc[0], int((self.table["part"] != "forecast").sum())
        name = f"{self.named} on {row['period']:%Y-%m-%d}"
        return Estimate(name, row["forecast"], row["low"], row["high"], n, f"a {self.period}")


def measure_forecast(
    events: Any,
    *,
    event: str | Sequence[str] | None = None,
    period: Period = "day",
    horizon: int = 28,
    season: int | None = None,
    holdout: int | None = None,
    timezone: str = "UTC",
    confidence: float = 0.95,
) -> Forecast:
    """Return what is expected in each period ahead, with the interval of what will be seen.

    Two ways are tried on the last ``holdout`` periods, which neither may look at: repeating the last season, and
    exponential smoothing of level, damped trend and season. Whichever errs less there is used on the whole history.

    ``table`` columns: ``period`` (its first moment), ``part`` ("history", "trial" or "forecast"), ``observed`` (not in
    the forecast), ``forecast``, ``low``, ``high`` (in trial and forecast; never below 0).

    It goes on with what was: it knows no holiday, price or campaign. The interval is each period's own, not that of
    all together.

    Parameters
    ----------
    events
        A log whose ``event`` is counted (every event, when none is named), or a series of numbers by day or week.
        Days without such an event count 0; days at the log's ends that it does not cover whole are left out.
    horizon
        Periods ahead.
    season
        Periods after which a pattern comes again: 7 days; of weeks 52 with three years of history, else 1 (none).
    holdout
        Length of the trial: the horizon, but no less than a season and no more than a quarter of the history.

    Raises
    ------
    TableError
        The history has gaps, repeats or values below 0.
    OptionError
        It is too short, or an option is unknown.

    Source: Hyndman, Koehler, Ord and Snyder (2008), Forecasting with Exponential Smoothing.
    """
    one_of(period, STEP, "period")
    normal_quantile(confidence)
    history = history_of(events, period, event, timezone)
    values = history.values.to_numpy(float)
    season, holdout = _lengths(len(values), period, horizon, season, holdout)
    before, known = values[:-holdout], values[-holdout:]
    naive = repeat_season(before, holdout, season, confidence)
    smoothed = smooth(before, holdout, season, confidence)
    naive_error = float(np.abs(naive.mean - known).mean())
    smoothed_error = float("nan") if smoothed is None else float(np.abs(smoothed.mean - known).mean())
    trial, ahead = smoothed, None
    if trial is not None and smoothed_error <= naive_error:
        ahead = smooth(values, horizon, season, confidence)
    method = NAIVE if ahead is None else SMOOTHED
    if trial is None or ahead is None:
        trial, ahead = naive, repeat_season(values, horizon, season, confidence)
    covered = int(((known >= trial.low) & (known <= trial.high)).sum())
    fields = {"smoothed_error": smoothed_error, "naive_error": naive_error, "covered": covered, "holdout": holdout}
    return Forecast(
        title=f"{history.named} by {period}, {horizon} {period}s ahead",
        table=_table(history.values, trial, ahead, STEP[period]),
        notes=_notes(history, method, season, period, confidence, fields),
        named=history.named,
        period=period,
        season=season,
        method=method,
        confidence=confidence,
        **fields,  # type: ignore[arg-type]
    )


def _lengths(n: int, period: Period, horizon: int, season: int | None, holdout: int | None) -> tuple[int, int]:
    for option, number in (("horizon", horizon), ("season", season), ("holdout", holdout)):
        if number is not None and not (isinstance(number, int) and number >= 1):
            raise OptionError(f"{option}={number!r} must be a whole number, 1 or more.")
    if season is None:
        season = 7 if period == "day" else 52 if n >= 3 * 52 else 1
    if holdout is None:
        holdout = max(min(max(horizon, season), n // 4), 1)
    least = least_history(season) + holdout
    if n < least:
        raise OptionError(
            f"The history has {n} {period}s. A season of {season} and a trial of {holdout} need at least {least}."
            " Give a longer history, or a shorter season or holdout."
        )
    return season, holdout


def _table(history: pd.Series, trial: Path, ahead: Path, step: pd.Timedelta) -> pd.DataFrame:
    steps, tried = len(ahead.mean), len(trial.mean)
    nothing = np.full(len(history) - tried, np.nan)
    after = pd.date_range(history.index[-1] + step, periods=steps, freq=step)
    return pd.DataFrame(
        {
            "period": [*history.index, *after],
            "part": ["history"] * len(nothing) + ["trial"] * tried + ["forecast"] * steps,
            "observed": np.concatenate([history.to_numpy(float), np.full(steps, np.nan)]),
            "forecast": np.concatenate([nothing, trial.mean, ahead.mean]),
            "low": np.concatenate([nothing, trial.low, ahead.low]),
            "high": np.concatenate([nothing, trial.high, ahead.high]),
        }
    )


def _notes(
    history: History, method: str, season: int, period: Period, confidence: float, fields: dict[str, Any]
) -> tuple[str, ...]:
    covered, holdout = fields["covered"], fields["holdout"]
    smoothed, naive = fields["smoothed_error"], fields["naive_error"]
    if np.isnan(smoothed):
        chosen = f"Exponential smoothing could not be fitted: {NAIVE} is used."
    else:
        errs = f"exponential smoothing erred by {smoothed:.3g} a {period}, {NAIVE} by {naive:.3g}"
        chosen = f"In the trial of the last {holdout} {period}s {errs}: {method} is used."
        if method == NAIVE:
            chosen += " Nothing better than repeating was found."
    too_narrow = Estimate.of_share("", covered, holdout).high < confidence
    repeats = f"The pattern comes again after {season} {period}s." if season > 1 else "No season."
    zeros = int((history.values == 0).sum())
    told = [
        *history.notes,
        chosen,
        f"{covered} of the {holdout} {period}s of the trial fell within their {confidence:.0%} interval."
        " It is one trial: another stretch may decide otherwise.",
        *(["Fewer than promised, beyond chance: take the interval as too narrow."] if too_narrow else []),
        f"{repeats} The forecast goes on with what was; it knows no holiday, price or campaign.",
    ]
    if zeros:
        told.append(f"{zeros} {period}s of the history are 0; where nothing was recorded, that is a gap and no zero.")
    return tuple(told)
