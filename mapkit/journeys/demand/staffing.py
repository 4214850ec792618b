"""How many people must be there to answer within a time, hour by hour."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mapkit.errors import OptionError, listed, one_of
from mapkit.journeys.demand.demand import Demand
from mapkit.journeys.demand.erlang import (
    Numbers,
    Queue,
    agents_needed,
    impatient_agents_needed,
    impatient_queue,
    joined,
    patient_queue,
)
from mapkit.statistics import Estimate, Result

Agents = NDArray[np.int64]
_MOST_ERLANGS = 100_000


@dataclass(frozen=True)
class Terms:
    """What is asked of the desk: seconds to handle a call, within how many seconds which share is to be answered."""

    handle_seconds: float
    within_seconds: float
    service_level: float
    shrinkage: float
    patience_seconds: float | None


@dataclass(frozen=True, eq=False)
class Staffing(Result):
    """Agents by hour. See :func:`measure_staffing` for the columns of ``table``."""

    terms: Terms | None = None
    plan_for: str = "mean"
    weeks: int = 0

    @property
    def paid_hours(self) -> float:
        """Hours of work in all rows together, with shrinkage: of a week, where the rows are one."""
        return float(self.table["scheduled"].sum())

    def agents(self, **where: object) -> Estimate:
        """Return the agents of one row: ``agents(weekday="Monday", hour=9)``, or ``agents(row=0)``.

        The interval is that of the demand, where the demand has one.
        """
        rows = self.table.reset_index(names="row")
        for name, wanted in where.items():
            if name not in rows.columns:
                raise OptionError(f"The staffing has no column {name!r}. It has {listed(rows.columns)}.")
            rows = rows[rows[name] == wanted]
        if len(rows) != 1:
            raise OptionError(f"{len(rows)} rows are {where}; one is needed.")
        row, named = rows.iloc[0], " ".join(str(each) for each in where.values())
        return Estimate(f"agents {named}", row["agents"], row["agents_low"], row["agents_high"], self.weeks, "agents")


def measure_staffing(
    calls_per_hour: Demand | Any,
    *,
    handle_seconds: float,
    within_seconds: float = 20.0,
    service_level: float = 0.8,
    shrinkage: float = 0.0,
    patience_seconds: float | None = None,
    plan_for: Literal["mean", "high"] = "mean",
) -> Staffing:
    """Return the fewest agents who answer enough calls in time, and what callers and agents then meet.

    ``table`` columns, one row an hour (of a demand: its ``segment``, ``weekday`` and ``hour``):

    - ``calls_per_hour`` planned for; ``erlangs``: hours of handling that come in an hour
    - ``agents``: at the desk; ``agents_low``, ``agents_high``: at the ends of the demand's interval; ``scheduled``: on
      the roster, so that as many are at the desk after ``shrinkage``
    - ``answered_within``: share of all calls answered within ``within_seconds``; ``of_calls_waiting``: share that wait
      at all; ``mean_wait_seconds`` of all calls; ``occupancy``: share of the time agents are busy; ``of_calls_lost``

    The formula takes an hour as steady, calls as independent and handling times as exponential; a rush at a quarter
    past, or callers who try again, need more. An hour in which no contact was ever seen gets nobody: a log cannot tell
    a quiet desk from a closed one.

    Parameters
    ----------
    calls_per_hour
        A number, several, or what ``measure_demand`` returned.
    handle_seconds
        Mean time an agent is busy with one call, work after it included.
    shrinkage
        Share of paid time away from the desk (breaks, training, illness).
    patience_seconds
        Mean time after which a caller gives up; None: they wait until answered, which needs most agents.
    plan_for
        The demand's "mean", or the "high" end of its interval, for those who would rather have one too many.

    Raises
    ------
    OptionError
        A value that is out of its range.

    Source: Erlang (1917); with patience Palm (1957), Garnett, Mandelbaum and Reiman (2002), Manufacturing & Service
    Operations Management 4, 208-227.

    >>> measure_staffing(200, handle_seconds=180, within_seconds=20).table["agents"].tolist()
    [14]
    """
    one_of(plan_for, ("mean", "high"), "plan_for")
    terms = _checked(Terms(handle_seconds, within_seconds, service_level, shrinkage, patience_seconds))
    rows, calls, notes = _calls(calls_per_hour, plan_for)
    load = calls.to_numpy(float) * handle_seconds / 3600
    if load.max(initial=0.0) > _MOST_ERLANGS:
        raise OptionError(f"{load.max():,.0f} agents' work in one hour is beyond {_MOST_ERLANGS:,}. Check the units.")
    need, meet = _formulas(terms)
    agents = need(load)
    ends = {name: rows.pop(name).to_numpy(float) * handle_seconds / 3600 for name in ("low", "high")}
    table = rows.reset_index(drop=True).assign(
        calls_per_hour=calls.to_numpy(float),
        erlangs=load,
        agents=agents,
        agents_low=_where_known(need, ends["low"]),
        agents_high=_where_known(need, ends["high"]),
        scheduled=np.ceil(agents / (1 - shrinkage) - 1e-9).astype(int),
    )
    met = meet(load, agents)
    for column, part in _MET.items():
        table[column] = np.where(agents > 0, getattr(met, part), np.nan)
    return Staffing(
        title=f"Staffing: {service_level:.0%} answered within {within_seconds:g} s",
        table=table,
        notes=(*_said(terms), *notes),
        terms=terms,
        plan_for=plan_for,
        weeks=calls_per_hour.weeks if isinstance(calls_per_hour, Demand) else 0,
    )


_MET = {
    "answered_within": "answered_within",
    "of_calls_waiting": "waiting",
    "mean_wait_seconds": "mean_wait_seconds",
    "occupancy": "occupancy",
    "of_calls_lost": "abandoning",
}


def _formulas(terms: Terms) -> tuple[Callable[[Numbers], Agents], Callable[[Numbers, Agents], Queue]]:
    asked = terms.handle_seconds, terms.within_seconds
    patience = terms.patience_seconds
    if patience is None:
        return (
            lambda load: agents_needed(load, *asked, terms.service_level).astype(int),
            lambda load, agents: patient_queue(load, agents, *asked),
        )
    return (
        lambda load: np.array([impatient_agents_needed(a, *asked, terms.service_level, patience) for a in load], int),
        lambda load, agents: joined(
            [impatient_queue(a, n, *asked, patience) for a, n in zip(load, agents, strict=True)]
        ),
    )


def _where_known(need: Callable[[Numbers], Agents], load: Numbers) -> Numbers:
    return np.where(np.isnan(load), np.nan, need(np.nan_to_num(load)))


def _calls(given: Any, plan_for: str) -> tuple[pd.DataFrame, pd.Series, list[str]]:
    """Return the rows' names with the ``low`` and ``high`` end of their demand, the calls planned for, and notes."""
    if isinstance(given, Demand):
        keys = [key for key in ("segment", "weekday", "hour") if key in given.table]
        seen = given.table["all_contacts"] > 0
        planned = given.table["per_hour" if plan_for == "mean" else "per_hour_high"].fillna(given.table["per_hour"])
        ends = {end: given.table[f"per_hour_{end}"].where(seen, 0.0) for end in ("low", "high")}
        closed = int((~seen).sum())
        notes = [
            f"Planned for the {plan_for}{' end' if plan_for == 'high' else ''} of the demand over {given.weeks} weeks."
        ]
        notes += [f"{closed} hours without a contact in the log get nobody."] if closed else []
        return given.table[keys].assign(**ends), planned.where(seen, 0.0), notes
    if plan_for == "high":
        raise OptionError('plan_for="high" needs a demand with intervals. Give what measure_demand returned.')
    try:
        calls = pd.Series(np.atleast_1d(np.asarray(given, dtype=float)).ravel())
    except (TypeError, ValueError):
        raise OptionError(f"calls_per_hour={given!r} is neither numbers nor a demand.") from None
    if not len(calls) or not np.isfinite(calls).all() or (calls < 0).any():
        raise OptionError("calls_per_hour must be one or more numbers, none of them missing or below 0.")
    return pd.DataFrame({"low": np.nan, "high": np.nan}, index=calls.index), calls, []


def _checked(terms: Terms) -> Terms:
    for option in ("handle_seconds", "patience_seconds"):
        number = getattr(terms, option)
        if number is not None and not (0 < number < math.inf):
            raise OptionError(f"{option}={number!r} must be a number of seconds above 0.")
    if not 0 <= terms.within_seconds < math.inf:
        raise OptionError(f"within_seconds={terms.within_seconds!r} must be a number of seconds, 0 or more.")
    if not 0 < terms.service_level < 1:
        raise OptionError(f"service_level={terms.service_level!r} must lie between 0 and 1: nobody can promise all.")
    if not 0 <= terms.shrinkage < 1:
        raise OptionError(f"shrinkage={terms.shrinkage!r} is a share of paid time, 0 to below 1.")
    return terms


def _said(terms: Terms) -> list[str]:
    line = "who waits stays (Erlang C)"
    if terms.patience_seconds is not None:
        line = (
            f"who waits gives up after {terms.patience_seconds:g} s on average (Erlang A); who gave up is not answered"
        )
    return [
        f"Fewest agents who answer {terms.service_level:.0%} of calls within {terms.within_seconds:g} s, handling"
        f" {terms.handle_seconds:g} s; {line}.",
        f"scheduled adds {terms.shrinkage:.0%} shrinkage. Each hour is taken as steady: rushes need more.",
    ]
