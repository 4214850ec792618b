"""With what probability each tie passed an adoption on: fitted to who adopted when, beside what neighbours had done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.spread.adoption import AtRisk, count_at_risk, read_adoptions
from mapkit.ecosystems.spread.hazards import Cells, Effect, fit_additive, fit_multiplied
from mapkit.ecosystems.spread.rules import Flow, Parallel, chances
from mapkit.errors import OptionError, TableError, nearest
from mapkit.statistics import Estimate, Result
from mapkit.statistics.intervals import normal_quantile, wilson_interval

_FEWEST = 10
_MOST_LEVELS = 6


@dataclass(frozen=True, eq=False)
class SpreadFit(Result):
    """How much neighbours who adopted go with adopting.

    ``table`` columns, a row a form of the same hazard: ``form`` ("additive", "logistic", "cloglog"), ``measure`` (what
    the number is: "probability per tie and period", "odds ratio per neighbour", "hazard ratio per neighbour"),
    ``value`` with ``low`` and ``high``, ``p`` (of no effect; one-sided for the additive form, where none is
    below 0), ``at_risk`` (actor-periods), ``adoptions``.

    ``hazard``: ``exposure`` (adopted neighbours; the last level is "or more"), ``at_risk``, ``adopted``, ``hazard``
    with its Wilson interval, ``fitted`` (additive), ``without`` (expected if neighbours had no effect).
    """

    hazard: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    window: int | None = 1
    confidence: float = 0.95
    actors: int = 0
    adoptions: int = 0
    within: str | None = None

    def per_tie(self) -> Estimate:
        """Return the probability that a tie passes it on in one period; ``n`` is the number of actor-periods."""
        row = self.table.iloc[0]
        ends = float(row["low"]), float(row["high"])
        return Estimate("probability per tie and period", float(row["value"]), *ends, int(row["at_risk"]))

    def link_probability(self) -> float:
        """Return the probability that a tie passes it on at all: over all periods of the window.

        Raises
        ------
        OptionError
            The window has no end, so there is no such number.
        """
        if self.window is None:
            raise OptionError(
                "This fit lets a neighbour have an effect for ever, so a tie has no one probability. Fit with"
                " window=1 (or some periods) to use it in simulate_spread and find_seeds."
            )
        return float(1 - (1 - self.per_tie().value) ** self.window)


def fit_spread(
    ecosystem: Any,
    adoptions: Any,
    *,
    window: int | None = 1,
    period: str | None = None,
    within: str | None = None,
    parallel: Parallel = "keep",
    flow: Flow = "forward",
    end: int | None = None,
    confidence: float = 0.95,
) -> SpreadFit:
    """Return the probability that a tie passes an adoption on, fitted to when actors adopted. See :class:`SpreadFit`.

    An actor is at risk in every period until it adopts; its exposure is the number of ties from actors that adopted in
    the ``window`` periods before. Each period has its own baseline. This is association: friends resemble each other
    (homophily) and live under the same influences, and adopt together without any contagion.

    Parameters
    ----------
    ecosystem, parallel, flow
        As for :func:`find_seeds`. ``flow="reversed"`` where a tie says whom its source listens to.
    adoptions
        A frame with ``actor`` and ``time``, or a mapping. Actors without a time, or not in it, have not adopted. Times
        are whole numbers of periods, or dates.
    window
        For how many periods after its own adoption an actor wins others over. 1 is the independent cascade; None is
        for ever, and cannot be used as a probability in a simulation.
    period
        "day", "week", "month", "quarter" or "year": how dates are cut.
    within
        A column of the actors, such as a city: baselines are then per period and group, so that only members of one
        group are compared. The first guard against homophily.
    end
        The last period that was watched, counted from the first adoption's as 0; None: that of the last adoption.

    Raises
    ------
    TableError
        Fewer than 10 adoptions that can tell, or nobody at risk differs in exposure.
    OptionError
        The window, the period or a column is not known.

    Source: Allison (1982), Sociological Methodology 13, 61-98 (discrete time); the chance of each neighbour: Saito,
    Nakano and Kimura (2008), KES, 67-75; what such data cannot tell: Shalizi and Thomas (2011), Sociological Methods
    and Research 40, 211-239.
    """
    if window is not None and (isinstance(window, bool) or not isinstance(window, int | np.integer) or window < 1):
        raise OptionError(f"window={window!r} is no number of periods. Use 1 or more, or None for no end.")
    z = normal_quantile(confidence)
    known = Ecosystem.of(ecosystem)
    when = read_adoptions(known, adoptions, period)
    last = int(when.max(initial=-1)) if end is None else int(end)
    if last < when.max(initial=-1):
        raise OptionError(f"end={end} is before the last adoption, in period {int(when.max())}. Raise it.")
    passing = chances(known, "ic", "uniform:1", parallel=parallel, flow=flow)
    sources = np.repeat(np.arange(known.n), np.diff(passing.out.starts))
    risk = count_at_risk(when, sources, passing.out.ends, _strata(known, within), window, last)
    cells = Cells.of(risk.cells)
    _check(cells, risk, int((when >= 0).sum()))
    additive, bases = fit_additive(cells, z * z / 2)
    others = {form: fit_multiplied(cells, form, z) for form in ("logistic", "cloglog")}
    return SpreadFit(
        "How adopted neighbours go with adopting",
        _table(additive, others, cells),
        tuple(_notes(passing.notes, risk, window, within, int((when >= 0).sum()), confidence)),
        _hazard(cells, additive, bases, confidence),
        None if window is None else int(window),
        confidence,
        risk.actors,
        int(cells.adopted.sum()),
        within,
    )


def _strata(known: Ecosystem, within: str | None) -> np.ndarray:
    if within is None:
        return np.zeros(known.n, dtype=np.int64)
    if within not in known.actors:
        names = [str(name) for name in known.actors.columns]
        raise OptionError(f"The actors have no column {within!r} to compare within.{nearest(within, names)}")
    return pd.factorize(known.actors[within].astype(object), use_na_sentinel=False)[0].astype(np.int64)


def _check(cells: Cells, risk: AtRisk, adopters: int) -> None:
    told = int(cells.adopted.sum())
    if told < _FEWEST:
        raise TableError(
            f"{adopters:,} of {risk.actors:,} actors adopted, and {told:,} of them can tell how it spread (those after"
            f" the first period, in periods and groups where others did not adopt). {_FEWEST} are needed at least: use"
            " longer periods, fewer groups, or wait."
        )
    means = np.bincount(cells.base, cells.exposure, cells.bases) / np.bincount(cells.base, minlength=cells.bases)
    if np.allclose(cells.exposure, means[cells.base]):
        raise TableError(
            "Within each period all actors at risk have as many adopted neighbours, so nothing can be told of their"
            " effect. Check that ties and adopters have the same ids, and that flow is the right way round."
        )


def _table(additive: Effect, others: dict[str, Effect], cells: Cells) -> pd.DataFrame:
    at_risk, adoptions = int((cells.adopted + cells.stayed).sum()), int(cells.adopted.sum())
    share = [float(-np.expm1(-value)) for value in (additive.value, additive.low, additive.high)]
    rows = [("additive", "probability per tie and period", *share, additive.p)]
    for form, measure in (("logistic", "odds ratio per neighbour"), ("cloglog", "hazard ratio per neighbour")):
        found = others[form]
        rows.append((form, measure, *(float(np.exp(v)) for v in (found.value, found.low, found.high)), found.p))
    table = pd.DataFrame(rows, columns=["form", "measure", "value", "low", "high", "p"])
    return table.assign(at_risk=at_risk, adoptions=adoptions)


def _hazard(cells: Cells, effect: Effect, bases: np.ndarray, confidence: float) -> pd.DataFrame:
    n = cells.adopted + cells.stayed
    level = np.minimum(cells.exposure, _MOST_LEVELS).astype(np.int64)
    fitted = n * -np.expm1(-(bases[cells.base] + effect.value * cells.exposure))
    plain = np.bincount(cells.base, cells.adopted, cells.bases) / np.bincount(cells.base, n, cells.bases)
    columns = {"at_risk": n, "adopted": cells.adopted, "fitted": fitted, "without": n * plain[cells.base]}
    sums = pd.DataFrame({"exposure": level, **columns}).groupby("exposure", as_index=False).sum()
    low, high = wilson_interval(sums["adopted"], sums["at_risk"], confidence)
    names = [f"{k} or more" if k == _MOST_LEVELS else str(k) for k in sums["exposure"]]
    return pd.DataFrame(
        {
            "exposure": names,
            "at_risk": sums["at_risk"].astype(np.int64),
            "adopted": sums["adopted"].astype(np.int64),
            "hazard": sums["adopted"] / sums["at_risk"],
            "hazard_low": low,
            "hazard_high": high,
            "fitted": sums["fitted"] / sums["at_risk"],
            "without": sums["without"] / sums["at_risk"],
        }
    )


def _notes(
    of_rule: tuple[str, ...], risk: AtRisk, window: int | None, within: str | None, adopters: int, confidence: float
) -> list[str]:
    way = "source to target" if "from source to target" in of_rule[0] else "target to source"
    span = "for ever after its adoption" if window is None else f"for {window} periods after its adoption"
    span = span.replace("for 1 periods", "in the period")
    groups = f" and {within!r} ({risk.strata:,} groups)" if within else ""
    return [
        "Association, not proof of contagion: those who are tied resemble each other (homophily) and meet the same"
        " influences, and may adopt together for that. Compare within groups, and ask for an experiment.",
        f"{adopters:,} of {risk.actors:,} actors adopted over {risk.periods + 1:,} periods, {risk.before:,} of them in"
        " the first, which has no period before it. Those who never adopted are at risk to the end.",
        f"Influence flows from {way}; an actor counts as an adopted neighbour {span}.",
        f"A baseline for each period{groups}; periods in which nobody or everybody adopted tell nothing and are out.",
        *of_rule[1:],
        f"{100 * confidence:.4g}% intervals: profile likelihood for the additive form, Wald's for the two others.",
    ]
