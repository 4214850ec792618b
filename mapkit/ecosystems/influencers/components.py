"""What influencers are ranked by: reach, relevance, resonance, what else was asked for, and how chance moves them."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.influencers.engagement import kinds_of
from mapkit.ecosystems.influencers.members import own_share
from mapkit.ecosystems.influencers.people import People
from mapkit.ecosystems.influencers.percentiles import logs, percentiles, percentiles_of_draws
from mapkit.ecosystems.influencers.relevance import FIELDS, post_relevance
from mapkit.ecosystems.influencers.shrinkage import LEAST_IN_CELL, Cells, Prior, Sums, cells_of
from mapkit.ecosystems.influencers.tiers import KolRule

_STEADY = 1e-6  # of the squared sum: a sum that varies less does not vary
_MANY = 16.0


class Components:
    """What each influencer is worth in each component, and how far chance moves it; the topics can be changed."""

    def __init__(
        self,
        known: People,
        engaged: tuple[Sums, Prior, np.ndarray],
        chance: tuple[int, int],
        unguarded: bool,
        rule: KolRule | None,
    ) -> None:
        self.known, self.unguarded, self.rule = known, unguarded, rule
        self.sums, self.prior, self.note = engaged
        self.draws, self.seed = chance
        self.raw: dict[str, np.ndarray] = {}
        self.done: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self.moved: tuple[np.ndarray, np.ndarray] = (np.zeros(0), np.zeros(0))
        self.missing = np.full(len(self.note), "", dtype=object)
        self.cells: Cells | None = None
        self.said: dict[str, str] = {}
        self.topics: tuple[str, ...] = ()
        self.half_life, self.fields = pd.Timedelta(days=90), FIELDS

    @property
    def use(self) -> np.ndarray:
        """Who gets a score."""
        return (self.missing == "") & ((self.note == "") | self.unguarded)

    def about(self, topics: Sequence[str] | None) -> Components:
        """Return the same with the relevance to other topics, or to none."""
        other = copy.copy(self)
        for name in ("raw", "done", "said"):
            own = {key: value for key, value in getattr(self, name).items() if key != "relevance"}
            setattr(other, name, own)
        other.topics = ()
        if topics is not None:
            other.relevance(topics)
        return other

    def reach(self, audiences: Any) -> None:
        """Take followers as the audience; where members are known, each counts once over all audiences."""
        followers = self.known.people["followers"].to_numpy(dtype=float)
        own = np.ones(len(followers))
        if audiences is not None:
            own = own_share(self.known.people["actor"], audiences)
            self.said["reach"] = (
                "Reach counts a member of k audiences 1/k in each;"
                f" {int(np.isnan(own).sum()):,} influencers whose members are not known count in full."
            )
        self.raw["reach"] = followers * np.nan_to_num(own, nan=1.0)
        self._miss(np.isnan(followers), "followers not known")

    def relevance(self, topics: Sequence[str]) -> None:
        """Add up what the posts of each say about the topics."""
        added = post_relevance(self.known, topics, half_life=self.half_life, fields=self.fields)
        who, size = self.known.posts["who"].to_numpy(), len(self.note)
        total, squares = (np.bincount(who, weights=each, minlength=size) for each in (added, added**2))
        # Posts drawn with replacement: the variance of their sum is the sum of squares around their mean.
        varies = np.maximum(squares - total**2 / np.maximum(np.bincount(who, minlength=size), 1), _STEADY * total**2)
        self.raw = {"reach": self.raw["reach"], "relevance": total, **self.raw}
        self.moved, self.topics = (total, varies), tuple(map(str, topics))
        days = self.half_life.total_seconds() / 86_400
        self.said["relevance"] = (
            f"Relevance to {', '.join(self.topics)}: idf x tf x field weight"
            f" ({', '.join(f'{name} {weight:g}' for name, weight in self.fields.items())}), halved every {days:g} days."
        )

    def resonance(self) -> None:
        """Take the drawn engagement rate, to be compared within platform and tier."""
        raw = self.prior.shrunk(self.sums.engagements, self.sums.exposure)
        self._miss(~(self.sums.exposure > 0), "no post that can be rated")
        self.raw["resonance"] = raw
        self.cells = cells_of(kinds_of(self.known.people), self.use)
        self.said["resonance"] = (
            "Resonance is the percentile of the drawn engagement rate within platform and tier; with fewer than"
            f" {LEAST_IN_CELL} of a kind, within the tier, then among all (column compared_with)."
        )

    def share(self, name: str, values: np.ndarray, unknown: str) -> None:
        """Take a share, 0 to 1, as it is; who has none gets no score, and is told that it is ``unknown``."""
        self.raw[name] = values
        self._miss(np.isnan(values), unknown)

    def _miss(self, rows: np.ndarray, why: str) -> None:
        self.missing[rows & (self.missing == "")] = why

    def worked_out(self) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
        """Return the points (a row for each who gets a score) and the logarithms of the draws, by component."""
        rows = np.flatnonzero(self.use)
        for name in self.raw:
            if name not in self.done:
                self.done[name] = self._component(name, rows)
        points, drawn = zip(*(self.done[name] for name in self.raw), strict=True)
        return np.column_stack(points), drawn

    def _component(self, name: str, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values = self.raw[name][rows]
        everybody = np.zeros(len(rows), dtype=np.int64)
        if name == "relevance":
            point = np.where(values > 0, percentiles(values, everybody), 0.0)
            return point, percentiles_of_draws(self._drawn_relevance(rows), everybody, killed=True)
        if name == "resonance":
            assert self.cells is not None
            cells = self.cells.numbers[rows]
            return percentiles(values, cells), percentiles_of_draws(self._drawn_rates(rows), cells)
        point = percentiles(values, everybody) if name == "reach" else values
        return point, logs(point)

    def _drawn_relevance(self, rows: np.ndarray) -> np.ndarray:
        """Return relevance with posts drawn anew: a scaled Poisson with the bootstrap's mean, variance and zeros."""
        total, varies = (each[rows] for each in self.moved)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(total > 0, varies / total, 0.0)
            mean = np.where(total > 0, total / scale, 0.0)
        rng = np.random.default_rng([self.seed, 1])
        shape, few = (self.draws, len(rows)), mean <= _MANY
        drawn = np.empty(shape, dtype=np.float32)
        drawn[:, few] = rng.poisson(mean[few], (self.draws, int(few.sum())))
        # Of many a Poisson is all but normal, and ten times as quick to draw.
        normal = rng.standard_normal((self.draws, int((~few).sum())), dtype=np.float32)
        many = mean[~few].astype(np.float32)
        drawn[:, ~few] = np.maximum(many + np.sqrt(many) * normal, 0)
        drawn *= scale.astype(np.float32)
        # Equal values would be ranked in the order of rows.
        drawn *= 1 + 1e-4 * rng.random(shape, dtype=np.float32)
        return drawn

    def _drawn_rates(self, rows: np.ndarray) -> np.ndarray:
        """Return engagement rates with the posts drawn anew, each drawn toward its kind as the rate itself is."""
        rate, exposure = self.sums.rate[rows], self.sums.exposure[rows]
        spread = self.prior.dispersion[rows]
        with np.errstate(divide="ignore", invalid="ignore"):
            scatter = np.sqrt(np.log1p(np.where(rate > 0, spread / (rate * exposure), 0.0)))
        rng = np.random.default_rng([self.seed, 2])
        normal = rng.standard_normal((self.draws, len(rows)), dtype=np.float32)
        own = (rate * np.exp(-(scatter**2) / 2)).astype(np.float32) * np.exp(normal * scatter.astype(np.float32))
        worth, beta = exposure / spread, self.prior.beta[rows]
        total = worth + beta
        drawn = own * (worth / total).astype(np.float32) + (self.prior.alpha[rows] / total).astype(np.float32)
        drawn += np.float32(1e-12) * rng.random(drawn.shape, dtype=np.float32)  # equal ones, where nobody is liked
        return drawn
