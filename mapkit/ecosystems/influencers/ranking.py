"""Which influencers come first: reach, relevance and resonance in one score, and how sure its order is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from mapkit.ecosystems.influencers.engagement import row_of
from mapkit.ecosystems.influencers.goals import weights_for
from mapkit.ecosystems.influencers.people import ENGAGEMENTS, Per
from mapkit.ecosystems.influencers.prepared import Prepared, prepare_ranking
from mapkit.ecosystems.influencers.relevance import FIELDS
from mapkit.ecosystems.influencers.tiers import KolRule
from mapkit.errors import OptionError, one_of
from mapkit.statistics import Estimate, Result, wilson_interval

Combination = Literal["geometric", "sum"]
_FIRST = ["actor", "name", "platform", "followers"]
_LAST = ["tier", "type", "note", "posts", "engagement", "compared_with"]


@dataclass(frozen=True, eq=False)
class InfluencerRanking(Result):
    """Influencers in order of their score. See :func:`rank_influencers` for the columns of ``table``."""

    prepared: Prepared = field(default=None, repr=False)  # type: ignore[assignment]
    weights: Mapping[str, float] = field(default_factory=dict)
    goal: str | None = None
    combination: str = "geometric"
    concentration: float | None = 30.0
    top: int = 10

    @property
    def scored(self) -> int:
        """How many influencers have a score."""
        return int(self.table["score"].notna().sum())

    def rank(self, actor: str) -> Estimate:
        """Return an influencer's rank with its 95% interval; ``n`` is the number of influencers with a score."""
        row = row_of(self.table, actor)
        return Estimate(f"rank of {actor}", row["rank"], row["rank_low"], row["rank_high"], self.scored, "")

    def top_share(self, actor: str) -> Estimate:
        """Return the share of draws in which an influencer is among the top; ``n`` is the number of draws."""
        share, draws = float(row_of(self.table, actor)["top_share"]), self.prepared.draws
        low, high = wilson_interval(share * draws, draws)
        return Estimate(f"{actor} among the top {self.top}", share, float(low), float(high), draws)

    def reweighed(
        self, weights: Mapping[str, float] | None = None, *, goal: str | None = None, top: int | None = None
    ) -> InfluencerRanking:
        """Return the same influencers by other weights; nothing is read or drawn anew."""
        return rank_prepared(
            self.prepared,
            weights=weights,
            goal=goal,
            combination=self.combination,  # type: ignore[arg-type]
            concentration=self.concentration,
            top=self.top if top is None else top,
        )


def rank_influencers(
    actors: Any,
    posts: Any,
    *,
    topics: Sequence[str] | None = None,
    weights: Mapping[str, float] | None = None,
    goal: str | None = None,
    combination: Combination = "geometric",
    half_life: str | pd.Timedelta = "90 days",
    fields: Mapping[str, float] = FIELDS,
    per: Per = "followers",
    count: Sequence[str] = ENGAGEMENTS,
    since: Any = None,
    until: Any = None,
    audiences: Any = None,
    wanted: Mapping[str, float] | None = None,
    audience: Any = None,
    authenticity: str | None = None,
    kol_types: KolRule | None = None,
    unguarded: bool = False,
    top: int = 10,
    concentration: float | None = 30.0,
    draws: int = 500,
    seed: int = 0,
) -> InfluencerRanking:
    """Return influencers in order of a score of reach, relevance and resonance, and how sure the order is.

    ``table`` columns, a row an influencer in order of rank; those without a score stand last and ``note`` says why:

    - ``actor``, ``name``, ``platform``, ``followers``
    - ``reach``: percentile (0..1) of the audience, which is that of its logarithm
    - ``relevance``: percentile of the sum over posts and terms of idf x tf x field weight x 2^(-age / half-life);
      0 where no post is about the topics, not known without ``topics``
    - ``resonance``: percentile of the drawn engagement rate within platform and tier
    - ``fit`` (1 minus the total variation between audience and ``wanted``), ``authenticity``: where asked for
    - ``score`` (0..1), ``rank`` (equal scores share one), ``rank_low``, ``rank_high``: where 95% of the draws put it
    - ``top_share``: the share of the draws in which it is among the ``top``
    - ``tier``, ``type`` (kind of key opinion leader, where known), ``note``
    - ``posts`` that count, ``engagement`` (drawn rate), ``compared_with`` (the kind within which it resonates)

    Each draw takes other weights (Dirichlet around those given) and other posts: relevance and engagement move as they
    would if the influencer's posts were drawn again with replacement, by the first two moments of what a post adds.

    Parameters
    ----------
    actors, posts
        An actors table (or an ecosystem) and a posts table, or anything ``read_actors`` and ``read_posts`` take.
    topics
        The words the campaign is about. None leaves relevance out.
    weights, goal
        Weights of the components (scaled to add up to 1), or a goal whose weights ``GOALS`` declares.
    combination
        "geometric": weighted geometric mean, in which a component of 0 makes the score 0. "sum": weighted sum.
    half_life, fields
        After what span a post counts half, and what a term counts in topics, text, and the influencer's own topics.
    per, count, since, until
        As in :func:`measure_engagement`.
    audiences
        A frame with ``actor`` and ``member``: reach then counts a member of k audiences 1/k in each.
    wanted, audience
        The shares of groups wanted in the audience, and a frame with ``actor``, ``group``, ``share`` (columns
        ``audience_<group>`` of the actors otherwise).
    authenticity
        A column of the actors with a share, 0..1, such as ``followers_real_share``. Never used unless asked.
    kol_types
        A mapping of actors, or a function of an actor's row, to a kind of ``KOL_TYPES``.
    unguarded
        Score those under 2,000 followers or with fewer than 10 posts in 12 months as well.
    top
        How many are to be chosen, for ``top_share``.
    concentration
        How sure the weights are: the Dirichlet's total. 30 moves even weights by about 0.08; None keeps them fixed.

    Raises
    ------
    OptionError, TableError
        A column is missing, an option is not known, no post is about the topics, or nobody can be scored.
    """
    prepared = prepare_ranking(
        actors,
        posts,
        topics=topics,
        half_life=half_life,
        fields=fields,
        per=per,
        count=count,
        since=since,
        until=until,
        audiences=audiences,
        wanted=wanted,
        audience=audience,
        authentic=authenticity,
        kol_types=kol_types,
        unguarded=unguarded,
        draws=draws,
        seed=seed,
    )
    return rank_prepared(
        prepared, weights=weights, goal=goal, combination=combination, concentration=concentration, top=top
    )


def rank_prepared(
    prepared: Prepared,
    *,
    weights: Mapping[str, float] | None = None,
    goal: str | None = None,
    combination: Combination = "geometric",
    concentration: float | None = 30.0,
    top: int = 10,
) -> InfluencerRanking:
    """Return the ranking of influencers that ``prepare_ranking`` made ready; parameters as in `rank_influencers`."""
    one_of(combination, ("geometric", "sum"), "combination")
    if concentration is not None and not concentration > 0:
        raise OptionError(f"concentration={concentration!r} is not positive. Use 30, or None for fixed weights.")
    if top < 1:
        raise OptionError(f"top={top!r} chooses nobody. Use a number from 1.")
    shares, said = weights_for(prepared.components, weights, goal)
    score, rank = _points(prepared, shares, combination)
    low, high, among = _drawn_ranks(prepared, shares, combination, concentration, top)
    table = _table(prepared, score, rank, (np.minimum(low, rank), np.maximum(high, rank)), among)
    how = "weighted geometric mean: a 0 makes it 0" if combination == "geometric" else "weighted sum"
    moved = "fixed weights" if concentration is None else f"weights from a Dirichlet with total {concentration:g}"
    notes = (
        *said,
        f"Score: {how}. Ranks among the {len(prepared.scored):,} with a score.",
        *prepared.notes,
        f"Rank intervals: 95% of {prepared.draws:,} draws of posts and {moved}; seed {prepared.seed}.",
    )
    about = f" for {', '.join(prepared.topics)}" if prepared.topics else ""
    named = dict(zip(prepared.components, map(float, shares), strict=True))
    return InfluencerRanking(
        f"Influencers{about}", table, notes, prepared, named, goal, combination, concentration, top
    )


def _points(prepared: Prepared, shares: np.ndarray, combination: str) -> tuple[np.ndarray, np.ndarray]:
    points = prepared.points
    if combination == "sum":
        score = order = points @ shares
    else:
        with np.errstate(divide="ignore"):
            every = np.where(points > 0, np.log(points), -1e4) @ shares
        dead = (points[:, shares > 0] <= 0).any(axis=1)
        score, order = np.where(dead, 0.0, np.exp(every)), np.where(dead, -np.inf, every)
    return score, pd.Series(np.round(order, 12)).rank(method="min", ascending=False).to_numpy()


def _drawn_ranks(
    prepared: Prepared, shares: np.ndarray, combination: str, concentration: float | None, top: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draws, size = prepared.draws, len(prepared.scored)
    drawn = _drawn_weights(shares, concentration, draws, prepared.seed)
    total = np.zeros((draws, size), dtype=np.float32)
    for k, values in enumerate(prepared.drawn):
        if shares[k] > 0:
            total -= drawn[:, k : k + 1] * (values if combination == "geometric" else np.exp(values))
    ranks = np.empty((draws, size), dtype=np.int32)
    places = np.broadcast_to(np.arange(1, size + 1, dtype=np.int32), ranks.shape)
    np.put_along_axis(ranks, np.argsort(total, axis=1), places, axis=1)
    among = (ranks <= top).mean(axis=0)
    ordered = np.ascontiguousarray(ranks.T)
    ordered.sort(axis=1)
    cut = int(0.025 * draws)
    return ordered[:, cut].astype(float), ordered[:, draws - 1 - cut].astype(float), among


def _drawn_weights(shares: np.ndarray, concentration: float | None, draws: int, seed: int) -> np.ndarray:
    drawn = np.tile(shares, (draws, 1))
    positive = shares > 0
    if concentration is not None and positive.sum() > 1:
        rng = np.random.default_rng([seed, 3])
        drawn[:, positive] = rng.dirichlet(concentration * shares[positive], draws)
    return drawn.astype(np.float32)


def _table(
    prepared: Prepared, score: np.ndarray, rank: np.ndarray, ends: tuple[np.ndarray, np.ndarray], among: np.ndarray
) -> pd.DataFrame:
    people, rows = prepared.people, prepared.scored
    numbers = {name: prepared.points[:, k] for k, name in enumerate(prepared.components)}
    numbers |= {"score": score, "rank": rank, "rank_low": ends[0], "rank_high": ends[1], "top_share": among}
    columns: dict[str, Any] = {}
    for name in dict.fromkeys(("reach", "relevance", "resonance", *numbers)):
        columns[name] = np.full(len(people), np.nan)
        if name in numbers:
            columns[name][rows] = numbers[name]
    table = pd.concat([people[_FIRST], pd.DataFrame(columns), people[_LAST]], axis=1)
    by_actor = np.argsort(np.argsort(people["actor"].to_numpy(dtype=object), kind="stable"))
    followers = people["followers"].fillna(-1.0).to_numpy()
    order = np.lexsort((by_actor, -followers, columns["rank"]))  # NaN comes last
    return table.iloc[order].reset_index(drop=True)
