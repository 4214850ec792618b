"""What to try next: ideas ranked by RICE or ICE, and how far the guesses behind the scores decide the ranks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, listed, nearest, one_of
from mapkit.journeys.experiments.notches import alternatives, beyond_scale, fault_of
from mapkit.statistics import Estimate, Result
from mapkit.tables.beside import frame_of, texts_of

Method = Literal["rice", "ice"]
Aggregate = Literal["product", "mean"]
PARTS = {"rice": ("reach", "impact", "confidence", "effort"), "ice": ("impact", "confidence", "ease")}
_WHAT = "The frame of ideas"


@dataclass(frozen=True, eq=False)
class Backlog(Result):
    """Ideas in order. See :func:`rank_backlog` for the columns of ``table``; ``apart`` are ideas without a score."""

    method: str = "rice"
    aggregate: str = "product"
    coverage: float = 0.9
    apart: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def rank(self, idea: str) -> Estimate:
        """Return an idea's rank, with the interval that it has when scores are a notch off; ``n`` ideas are ranked."""
        there = self.table["idea"].tolist()
        if idea not in there:
            raise OptionError(
                f"There is no idea {idea!r} with a score. There is {listed(there)}.{nearest(idea, there)}"
            )
        row = self.table[self.table["idea"] == idea].iloc[0]
        return Estimate(f"rank of {idea}", row["rank"], row["rank_low"], row["rank_high"], len(there), "")

    @property
    def leader(self) -> str | None:
        """The idea that stays first when scores are a notch off, or None where the guesses decide."""
        sure = self.table[(self.table["rank_high"] == 1) & (self.table["rank"] == 1)]
        return str(sure["idea"].iloc[0]) if len(sure) == 1 else None


def rank_backlog(
    ideas: Any,
    *,
    method: Method = "rice",
    aggregate: Aggregate = "product",
    coverage: float = 0.9,
    draws: int = 4_000,
    seed: int = 1,
) -> Backlog:
    """Return ideas ranked by score, the best first, each with the ranks it takes when scores are a notch off.

    RICE is reach x impact x confidence / effort; ICE the product, or the mean, of impact, confidence and ease (1-10).

    ``table`` columns: ``idea``, the scores it was given, ``score``, ``rank`` (equal scores share the better rank),
    ``rank_low``, ``rank_high`` (``coverage`` of the draws lie between), ``of_draws_first`` (share of draws in which it
    is first). In each draw every score of every idea is, with equal chance, as given, a notch lower or a notch higher:

    - RICE: reach and effort by a quarter (/ 1.25, x 1.25), impact to the next of .25, .5, 1, 2, 3, confidence by .2
      within 0..1
    - ICE: 1 within 1..10
    - where the frame has ``reach_low`` and ``reach_high`` (and so on), those instead of the notch

    The interval says how far guesses decide the order. It does not say that the guesses are right.

    Parameters
    ----------
    ideas
        A frame: ``idea``, and the scores of the method. Rows with a score missing or impossible are set apart.
    aggregate
        Of ICE: both are in use, and order ideas differently.
    coverage, draws, seed
        Of the rank interval.

    Raises
    ------
    TableError
        A column is missing.
    OptionError
        An unknown option, or no idea that has a score.

    Source: RICE: McBride (2016), Intercom; ICE: Ellis and Brown (2017), Hacking Growth.

    >>> idea = {"idea": "shorter form", "reach": 2000, "impact": 2, "confidence": 0.8, "effort": 4}
    >>> float(rank_backlog([idea]).table["score"].iloc[0])
    800.0
    """
    one_of(method, PARTS, "method")
    one_of(aggregate, ("product", "mean"), "aggregate")
    if method == "rice" and aggregate == "mean":
        raise OptionError('aggregate="mean" is a form of ICE; RICE is a product. Ask method="ice", or leave it out.')
    if not 0 < coverage < 1 or draws < 1:
        raise OptionError(f"coverage={coverage!r} must lie between 0 and 1, and draws={draws!r} be at least 1.")
    scored, apart = _scored(ideas, method)
    parts = PARTS[method]
    given = scored[list(parts)].to_numpy(float).T
    score = _score(given, method, aggregate)
    drawn = _drawn_ranks(scored, method, aggregate, draws, np.random.default_rng(seed))
    edge = (1 - coverage) / 2
    table = scored.assign(
        score=score,
        rank=_ranks(score[:, None])[:, 0],
        rank_low=np.quantile(drawn, edge, axis=1, method="inverted_cdf").astype(int),
        rank_high=np.quantile(drawn, 1 - edge, axis=1, method="inverted_cdf").astype(int),
        of_draws_first=(drawn == 1).mean(axis=1),
    )
    # The interval of small backlogs may leave out the rank itself; a reader would take that for a fault.
    table["rank_low"] = table[["rank", "rank_low"]].min(axis=1)
    table["rank_high"] = table[["rank", "rank_high"]].max(axis=1)
    formula = {"rice": "reach x impact x confidence / effort"}.get(method, f"{aggregate} of impact, confidence, ease")
    return Backlog(
        title=f"Backlog by {method.upper()}, {len(table):,} ideas",
        table=table.sort_values("score", ascending=False, kind="stable", ignore_index=True),
        notes=_notes(formula, table, apart, method, (coverage, draws, seed)),
        method=method,
        aggregate=aggregate,
        coverage=coverage,
        apart=apart,
    )


def _scored(ideas: Any, method: Method) -> tuple[pd.DataFrame, pd.DataFrame]:
    parts = PARTS[method]
    frame = frame_of(ideas, _WHAT, "idea", *parts, why=method.upper())
    bounds = [f"{part}_{end}" for part in parts for end in ("low", "high")]
    frame = frame[["idea", *parts, *(name for name in bounds if name in frame.columns)]].copy()
    frame["idea"] = texts_of(frame["idea"])
    for name in frame.columns[1:]:
        frame[name] = pd.to_numeric(frame[name], errors="coerce").astype(float)
    faults = pd.Series([fault_of(row, parts) for row in frame.to_dict("records")], index=frame.index, dtype=object)
    bad = faults.notna().to_numpy(bool)
    if bad.all():
        said = faults.iloc[0] if len(faults) else "there is no row"
        raise OptionError(f"No idea has every score of {method.upper()}: {said}. Fill in {listed(parts)}.")
    return frame[~bad].reset_index(drop=True), frame[bad].assign(reason=faults[bad]).reset_index(drop=True)


def _score(parts: np.ndarray, method: Method, aggregate: Aggregate) -> np.ndarray:
    if method == "rice":
        return parts[0] * parts[1] * parts[2] / parts[3]
    return parts.prod(axis=0) if aggregate == "product" else parts.mean(axis=0)


def _ranks(scores: np.ndarray) -> np.ndarray:
    """Return 1 + how many in the same column score higher; rounded, so that equal products are equal."""
    size = np.maximum(np.abs(scores).max(axis=0, keepdims=True), 1e-300)
    rounded = np.round(scores / size, 12)
    order = np.sort(rounded, axis=0)
    above = [len(rounded) - np.searchsorted(order[:, k], rounded[:, k], side="right") for k in range(rounded.shape[1])]
    return 1 + np.array(above).T


def _drawn_ranks(
    scored: pd.DataFrame, method: Method, aggregate: Aggregate, draws: int, chance: np.random.Generator
) -> np.ndarray:
    pick = np.arange(len(scored))[:, None]
    parts = [
        alternatives(scored, part, method)[pick, chance.integers(0, 3, (len(scored), draws))] for part in PARTS[method]
    ]
    return _ranks(_score(np.array(parts), method, aggregate))


def _notes(
    formula: str, table: pd.DataFrame, apart: pd.DataFrame, method: Method, drawing: tuple[float, int, int]
) -> tuple[str, ...]:
    coverage, draws, seed = drawing
    tied = int(table["rank"].duplicated(keep=False).sum())
    bounded = [part for part in PARTS[method] if f"{part}_low" in table and f"{part}_high" in table]
    notch = {
        "rice": "reach and effort a quarter, impact the next of .25, .5, 1, 2, 3, confidence .2",
        "ice": "1 within 1..10",
    }[method]
    notes = [
        f"Score: {formula}.",
        f"Ranks {coverage:.0%} of {draws:,} draws (seed {seed}) in which each score is as given, a notch lower or a"
        f" notch higher with equal chance; a notch: {notch}.",
    ]
    notes += [f"The frame's own low and high stand for the notch of {', '.join(bounded)}."] if bounded else []
    notes += [f"{tied} ideas share a rank with an equal score."] if tied else []
    notes += beyond_scale(table, method)
    if len(apart):
        why = ", ".join(f"{count} {reason}" for reason, count in apart["reason"].value_counts().items())
        notes.append(f"Set apart without a score, {len(apart)} ideas: {why}.")
    return (*notes, "Scores are judgements: the order is no better than they are. Test the first few, cheaply.")
