"""Which pain points come first: severity x share affected x stage value x confidence / effort, with rank intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.experience.touchpoints.listed import read_inventory
from mapkit.loaders import read_events, read_feedback
from mapkit.maps.touchpoints.pains import given_pains, pains_of_feedback
from mapkit.statistics import Estimate, Result, wilson_interval
from mapkit.statistics.intervals import normal_quantile

_FACTORS = ("stage_value", "confidence", "effort")


@dataclass(frozen=True, eq=False)
class PainPoints(Result):
    """Pain points, the first to be eased on top. See :func:`rank_pain_points` for the columns of ``table``."""

    apart: tuple[str, ...] = ()
    confidence: float = 0.95

    @property
    def first(self) -> str | None:
        """The pain point that stays first within its rank interval, or None where that cannot be told."""
        sure = self.table[(self.table["rank"] == 1) & (self.table["rank_high"] == 1)]
        return None if sure.empty else str(sure.iloc[0]["pain_point"])

    def priority(self, pain_point: str) -> Estimate:
        """Return the priority of a pain point; its unit depends on that of effort."""
        row = self._row(pain_point)
        value, low, high = (float(row[f"priority{end}"]) for end in ("", "_low", "_high"))
        return Estimate(f"priority of {pain_point}", value, low, high, int(row["n"]), "points")

    def share(self, pain_point: str) -> Estimate:
        """Return the share of those asked whom a pain point affects."""
        row = self._row(pain_point)
        return Estimate.of_share(f"affected by {pain_point}", int(row["affected"]), int(row["n"]), self.confidence)

    def _row(self, pain_point: str) -> pd.Series:
        known = list(self.table["pain_point"])
        if pain_point not in known:
            raise OptionError(f"There is no {pain_point!r}. There is {listed(known)}.{nearest(pain_point, known)}")
        return self.table[self.table["pain_point"] == pain_point].iloc[0]


def rank_pain_points(
    pains: Any,
    events: Any = None,
    touchpoints: Any = None,
    *,
    stage_value: Mapping[str, float] | None = None,
    evidence: Mapping[str, float] | None = None,
    effort: Mapping[str, float] | None = None,
    draws: int = 4_000,
    seed: int = 0,
    confidence: float = 0.95,
) -> PainPoints:
    """Return pain points by severity x share affected x stage value x confidence / effort, each with a rank interval.

    From feedback, every touchpoint is a pain point: affected is who gives its satisfaction one of the lower answers
    (below the middle of the scale); severity is how far below, from 1 (just) to 5 (the lowest answer), on average over
    the affected. With ``events`` and ``touchpoints`` the share affected is of all customers: the share affected of
    those asked times the share of customers who met the touchpoint; those the log
    does not show are not ranked (``apart``).

    ``table`` columns, the first to be eased on top: ``rank``, ``rank_low``, ``rank_high``, ``of_draws_first``;
    ``pain_point``, ``stage``; ``priority`` with ``_low``, ``_high``; ``severity`` (1 to 5), ``affected``, ``n``,
    ``of_asked`` with Wilson's interval, ``of_customers_met`` (NaN without a log), ``share_affected`` (the factor used),
    ``stage_value``, ``confidence``, ``effort``.

    Parameters
    ----------
    pains
        Feedback with answers to satisfaction, or a frame with ``pain_point``, ``severity`` (1 to 5), ``affected`` and
        ``n`` (how many of how many), and where known ``stage``, ``stage_value``, ``confidence``, ``effort``.
    events, touchpoints
        A log and an inventory, for how many customers meet each touchpoint.
    stage_value
        What a stage is worth, such as ``{"purchase": 2}``; 1 where nothing is said.
    evidence
        How far each pain point is to be believed, 0 to 1; 1 where nothing is said.
    effort
        What easing each would cost, in any one unit; 1 where nothing is said.
    draws, seed
        Ranks are drawn this often: shares from their posterior under Jeffreys' prior, mean severities from a normal
        distribution with their standard error. The factors that are judgements stay as they are.

    Raises
    ------
    TableError, OptionError
        A column is missing, or a number is out of its range.

    Source: the form is that of RICE (McBride, Intercom, 2016).
    """
    normal_quantile(confidence)
    if isinstance(pains, pd.DataFrame) and "pain_point" in pains.columns:
        table, drawn_from = given_pains(pains), "the frame given"
    else:
        inventory = None if touchpoints is None else read_inventory(touchpoints)
        log = None if events is None else read_events(events)
        table, drawn_from = pains_of_feedback(read_feedback(pains), log, inventory), "answers to satisfaction"
    for name, given in zip(_FACTORS, (stage_value, evidence, effort), strict=True):
        table = _with_factor(table, name, given)
    low, high = wilson_interval(table["affected"], table["n"], confidence)
    share = table["affected"] / table["n"].where(table["n"] > 0)
    table = table.assign(of_asked=share, of_asked_low=low, of_asked_high=high)
    # Without a row in the log nobody knows how many meet it, and a guess would decide the ranks.
    unseen = table["of_customers_met"].isna() & bool(table["of_customers_met"].notna().any())
    table, apart = table[~unseen].reset_index(drop=True), list(table.loc[unseen, "pain_point"].astype(str))
    share = table["affected"] / table["n"].where(table["n"] > 0)
    met = table["of_customers_met"].fillna(1.0)
    table["share_affected"] = share * met
    factor = met * table["stage_value"] * table["confidence"] / table["effort"]
    table["priority"] = table["severity"] * share * factor
    ranked = _with_ranks(table, factor.to_numpy(float), draws, seed, confidence)
    return PainPoints(
        f"{len(ranked):,} pain points, the first to be eased on top",
        ranked,
        _notes(ranked, drawn_from, apart, (draws, seed, confidence)),
        tuple(apart),
        confidence,
    )


def _with_factor(table: pd.DataFrame, name: str, given: Mapping[str, float] | None) -> pd.DataFrame:
    key = "stage" if name == "stage_value" else "pain_point"
    if given is not None:
        unknown = [each for each in given if each not in set(table[key].dropna())]
        if unknown:
            known = list(dict.fromkeys(table[key].dropna()))
            raise OptionError(
                f"{name} names {unknown[0]!r}, which is no {key.replace('_', ' ')}. There is {listed(known)}."
                f"{nearest(str(unknown[0]), known)}"
            )
    there = table[name] if name in table else pd.Series(np.nan, index=table.index)
    values = pd.to_numeric(there, errors="coerce").fillna(table[key].map(given or {})).fillna(1.0).astype(float)
    top = 1.0 if name == "confidence" else np.inf
    wrong = ~((values > 0) & (values <= top))
    if wrong.any():
        row = table[wrong].iloc[0]
        allowed = "more than 0 and at most 1" if name == "confidence" else "more than 0"
        raise TableError(f"{name} of {row['pain_point']!r} is {values[wrong].iloc[0]:g}. Give a number {allowed}.")
    return table.assign(**{name: values})


def _with_ranks(table: pd.DataFrame, factor: np.ndarray, draws: int, seed: int, confidence: float) -> pd.DataFrame:
    if draws < 100:
        raise OptionError(f"draws={draws!r} are too few for an interval. Use at least 100.")
    if table.empty:
        names = ("rank", "rank_low", "rank_high", "of_draws_first", "priority_low", "priority_high")
        return table.assign(**{name: pd.Series(dtype=float) for name in names})
    random = np.random.default_rng(seed)
    hits, n = table["affected"].to_numpy(float), table["n"].to_numpy(float)
    shares = random.beta(hits + 0.5, n - hits + 0.5, size=(draws, len(table)))
    spread = table["severity_se"].fillna(0.0).to_numpy()
    severity = np.clip(random.normal(table["severity"].fillna(1.0).to_numpy(), spread, size=shares.shape), 1, 5)
    scores = shares * severity * factor
    ranks = (-scores).argsort(axis=1).argsort(axis=1) + 1
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = np.quantile(scores, ends, axis=0)
    rank_low, rank_high = np.quantile(ranks, ends, axis=0, method="nearest").astype(int)
    made = table.assign(
        priority_low=low, priority_high=high, rank_low=rank_low, rank_high=rank_high,
        of_draws_first=(ranks == 1).mean(axis=0),
    )  # fmt: skip
    made = made.sort_values(["priority", "pain_point"], ascending=[False, True], na_position="last", ignore_index=True)
    made["rank"] = np.arange(1, len(made) + 1)
    made["rank_low"], made["rank_high"] = (
        made[["rank_low", "rank"]].min(axis=1),
        made[["rank_high", "rank"]].max(axis=1),
    )
    ends_of = ["", "_low", "_high"]
    shown = [
        "rank", "rank_low", "rank_high", "of_draws_first", "pain_point", "stage", *(f"priority{e}" for e in ends_of),
        "severity", "affected", "n", *(f"of_asked{e}" for e in ends_of), "of_customers_met", "share_affected",
        *_FACTORS,
    ]  # fmt: skip
    return made[shown]


def _notes(table: pd.DataFrame, drawn_from: str, apart: list[str], drawn: tuple[int, int, float]) -> tuple[str, ...]:
    draws, seed, confidence = drawn
    notes = [
        f"Priority = severity x share affected x stage value x confidence / effort; from {drawn_from}.",
        f"Intervals of {100 * confidence:.3g}% from {draws:,} draws (seed {seed}): the chance in who was asked."
        " Severity scale, stage values, confidence and effort are judgements, and are taken as they are.",
    ]
    plain = [name.replace("_", " ") for name in _FACTORS if (table[name] == 1).all()]
    if plain:
        notes.append(f"Nothing was said of {', '.join(plain)}: 1 for all.")
    if table["of_customers_met"].isna().all():
        notes.append(
            "Shares are of those asked, not of all customers: give events and touchpoints for how many meet it."
        )
    if apart:
        notes.append(f"Not ranked, for the log does not show how many meet them: {', '.join(apart)}.")
    return tuple(notes)
