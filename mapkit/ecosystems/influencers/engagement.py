"""How many of those who could react to an influencer's posts do: raw, with an interval, and drawn toward its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from mapkit.ecosystems.influencers.people import ENGAGEMENTS, LEAST_FOLLOWERS, LEAST_POSTS, People, Per, read_people
from mapkit.ecosystems.influencers.shrinkage import LEAST_IN_CELL, Prior, Sums, cells_of, fit_prior, sums_of
from mapkit.errors import OptionError, nearest, one_of
from mapkit.statistics import Comparable, Estimate, Result
from mapkit.statistics.intervals import normal_quantile

Aggregation = Literal["ratio_of_sums", "mean_of_ratios", "median_last_12"]
_LAST = 12


@dataclass(frozen=True, eq=False)
class Engagement(Result):
    """Engagement rates of influencers. See :func:`measure_engagement` for the columns of ``table``."""

    per: str = "followers"
    count: tuple[str, ...] = ENGAGEMENTS
    aggregation: str = "ratio_of_sums"
    confidence: float = 0.95

    def rate(self, actor: str) -> Estimate:
        """Return an influencer's own rate; ``n`` is the number of posts."""
        return self._estimate(actor, "rate", f"engagement per {self.per} of {actor}")

    def shrunk(self, actor: str) -> Estimate:
        """Return an influencer's rate drawn toward those of its kind; ``n`` is the number of posts."""
        return self._estimate(actor, "shrunk", f"engagement per {self.per} of {actor}, drawn toward its kind")

    def comparable(self) -> Comparable:
        """Return each influencer's rate."""
        rows = self.table[self.table["rate"].notna()]
        numbers = rows[["actor"]].assign(
            quantity="rate", unit=f"per {self.per}", value=rows["rate"], low=rows["rate_low"], high=rows["rate_high"]
        )
        definition = {"per": self.per, "count": self.count, "aggregation": self.aggregation}
        return Comparable(numbers.assign(n=rows["posts"]), ("actor",), definition)

    def _estimate(self, actor: str, column: str, name: str) -> Estimate:
        row = row_of(self.table, actor)
        return Estimate(name, row[column], row[f"{column}_low"], row[f"{column}_high"], int(row["posts"]), "share")


def measure_engagement(
    posts: Any,
    actors: Any = None,
    *,
    per: Per = "followers",
    count: Sequence[str] = ENGAGEMENTS,
    aggregation: Aggregation = "ratio_of_sums",
    since: Any = None,
    until: Any = None,
    unguarded: bool = False,
    confidence: float = 0.95,
) -> Engagement:
    """Return each influencer's engagement rate: raw, and drawn toward the influencers of its platform and tier.

    ``table`` columns, a row an influencer, the highest drawn rate first:

    - ``actor``, ``name``, ``platform``, ``tier`` (by followers, see ``TIERS``), ``followers``
    - ``posts`` that count, ``engagements`` (their sum), ``exposure`` (the sum of ``per`` over the posts)
    - ``rate`` (engagements per exposure of a post), ``rate_low``, ``rate_high``
    - ``shrunk``, ``shrunk_low``, ``shrunk_high``: (engagements / dispersion + alpha) / (exposure / dispersion + beta)
    - ``dispersion``, ``alpha``, ``beta``, ``cell`` (whose rates gave alpha and beta)
    - ``note``: why there is no rate. Under 2,000 followers, or with fewer than 10 posts in 12 months, a rate says more
      about chance and acquaintances than about an influencer; such rows have none and stand last.

    The interval of a rate takes the post as the unit, as posts of one influencer differ far more than counts would: the
    ratio estimator's on the log scale with Student's t (or the posts' own mean likewise; of a median, by order
    statistics), never narrower than Poisson.

    Parameters
    ----------
    posts, actors
        A posts and an actors table, or anything ``read_posts`` and ``read_actors`` take, or an ecosystem. Followers
        come from the actors, or from a column ``followers`` of the posts where the number at that time is known.
    per
        What a post's engagements are divided by.
    count
        What is an engagement: likes, comments, shares, saves, or other columns.
    aggregation
        "ratio_of_sums", "mean_of_ratios" of the posts, or "median_last_12": of the ratios of the last 12 posts. The
        drawn rate always comes from the sums.
    since, until
        The time of the posts that count; until the last post unless given. The 12 months end at ``until``.
    unguarded
        Give rates to those too small or with too few posts as well; ``note`` still says so.

    Raises
    ------
    OptionError, TableError
        A column is missing, or an option is not known.

    Source: definitions of the rate family as platforms and agencies use them; the drawn rate as in ``fit_prior``.
    """
    one_of(aggregation, ("ratio_of_sums", "mean_of_ratios", "median_last_12"), "aggregation")
    normal_quantile(confidence)  # refuses what is no share
    known = read_people(actors, posts, per=per, count=count, since=since, until=until)
    sums, prior, note = engaged(known)
    rate, low, high = _rates(known, sums, aggregation, confidence)
    shrunk, shrunk_low, shrunk_high = _shrunk(sums, prior, confidence)
    columns = ["actor", "name", "platform", "tier", "followers", "posts"]
    table = known.people[columns].assign(
        engagements=sums.engagements.astype("int64"),
        exposure=sums.exposure,
        rate=rate,
        rate_low=low,
        rate_high=high,
        shrunk=shrunk,
        shrunk_low=shrunk_low,
        shrunk_high=shrunk_high,
        dispersion=prior.dispersion,
        alpha=prior.alpha,
        beta=prior.beta,
        cell=prior.cell,
        note=note,
    )
    if not unguarded:
        numbers = ["rate", "rate_low", "rate_high", "shrunk", "shrunk_low", "shrunk_high"]
        table.loc[table["note"] != "", numbers] = np.nan
    table = table.sort_values(["shrunk", "actor"], ascending=[False, True], kind="stable", ignore_index=True)
    notes = _notes(known, table, aggregation, unguarded)
    return Engagement(f"Engagement per {per}", table, notes, per, tuple(count), aggregation, confidence)


def engaged(known: People) -> tuple[Sums, Prior, np.ndarray]:
    """Return the sums of each influencer's posts, what draws its rate, and why it gets no score."""
    who, people = known.posts["who"].to_numpy(), known.people
    engagements, exposure = (known.posts[name].to_numpy(dtype=float) for name in ("engagements", "exposure"))
    sums = sums_of(who, engagements, exposure, len(people))
    note = known.too_little()
    cells = cells_of(kinds_of(people), (note == "") & (sums.exposure > 0))
    return sums, fit_prior(sums, cells, (note == "") & (sums.exposure > 0)), note


def kinds_of(people: pd.DataFrame) -> list[list[object]]:
    """Return how influencers are grouped with their like: by platform and tier, then by tier."""
    tiers = [None if tier is None else str(tier) for tier in people["tier"]]
    both = [
        None if tier is None or pd.isna(platform) else f"{platform} {tier}"
        for platform, tier in zip(people["platform"], tiers, strict=True)
    ]
    return [list(both), list(tiers)]


def row_of(table: pd.DataFrame, actor: str) -> pd.Series:
    """Return an actor's row. Raises OptionError, with the nearest id, where there is none."""
    rows = table[table["actor"] == actor]
    if not len(rows):
        ids = list(table["actor"])
        raise OptionError(f"There is no influencer {actor!r} among {len(ids):,}.{nearest(str(actor), ids)}")
    return rows.iloc[0]


def _rates(known: People, sums: Sums, aggregation: str, confidence: float) -> tuple[np.ndarray, ...]:
    if aggregation == "ratio_of_sums":
        n = sums.posts
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt(np.maximum(sums.residual * n / (n - 1), sums.engagements)) / sums.exposure
        return _on_log_scale(sums.rate, error, sums, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = (known.posts["engagements"] / known.posts["exposure"]).replace(np.inf, np.nan)
    grouped = ratios.groupby(known.posts["who"])
    rows = np.arange(len(known.people))
    if aggregation == "mean_of_ratios":
        mean = grouped.mean().reindex(rows).to_numpy()
        error = (grouped.std() / np.sqrt(grouped.count())).reindex(rows).to_numpy()
        with np.errstate(divide="ignore", invalid="ignore"):
            poisson = np.sqrt(mean / sums.exposure)
        return _on_log_scale(mean, np.fmax(error, poisson), sums, confidence)
    last = ratios.groupby(known.posts["who"]).tail(_LAST)
    found = {who: _median(each.dropna().to_numpy(), confidence) for who, each in last.groupby(known.posts["who"])}
    three = np.array([found.get(row, (np.nan,) * 3) for row in range(len(rows))])
    return three[:, 0], three[:, 1], three[:, 2]


def _on_log_scale(rate: np.ndarray, error: np.ndarray, sums: Sums, confidence: float) -> tuple[np.ndarray, ...]:
    from scipy.special import stdtrit

    n = sums.posts
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(n > 1, stdtrit(np.maximum(n - 1, 1), 0.5 + confidence / 2), np.nan)
        far = np.exp(t * error / rate)
        low, high = rate / far, rate * far
        nothing = (rate == 0) & (sums.exposure > 0)
        # With no engagement at all the highest rate that would give none this often.
        high = np.where(nothing, -np.log(0.5 - confidence / 2) / sums.exposure, high)
    return rate, np.where(nothing, 0.0, low), high


def _median(ratios: np.ndarray, confidence: float) -> tuple[float, float, float]:
    """Return a median with its order-statistic interval; NaN ends where too few posts can give one."""
    from scipy.special import bdtr

    n, middle = len(ratios), float(np.median(ratios)) if len(ratios) else float("nan")
    cut = next((k for k in range(n // 2, 0, -1) if 1 - 2 * bdtr(k - 1, n, 0.5) >= confidence), 0)
    ordered = np.sort(ratios)
    return (middle, float(ordered[cut - 1]), float(ordered[n - cut])) if cut else (middle, float("nan"), float("nan"))


def _shrunk(sums: Sums, prior: Prior, confidence: float) -> tuple[np.ndarray, ...]:
    from scipy.special import gammaincinv

    shape = sums.engagements / prior.dispersion + prior.alpha
    worth = sums.exposure / prior.dispersion + prior.beta
    tail = 0.5 - confidence / 2
    worth = np.where(worth > 0, worth, np.nan)  # who has no exposure and no like has no interval
    low = np.where(shape > 0, gammaincinv(shape, tail), 0.0) / worth
    high = np.where(shape > 0, gammaincinv(shape, 1 - tail), -np.log(tail)) / worth
    return prior.shrunk(sums.engagements, sums.exposure), low, high


def _notes(known: People, table: pd.DataFrame, aggregation: str, unguarded: bool) -> tuple[str, ...]:
    told = table[table["note"] != ""]
    said = {"ratio_of_sums": "ratio of sums", "mean_of_ratios": "mean of the posts' ratios"}
    how = said.get(aggregation, f"median of the last {_LAST} posts' ratios")
    ends = f"{'' if known.since is None else f'from {known.since:%Y-%m-%d} '}until {known.until:%Y-%m-%d}"
    notes = [
        f"{', '.join(known.count)} per {known.per} of a post, {how}; {len(known.posts):,} posts {ends}.",
        *known.notes,
        f"Drawn toward the rates of the same platform and tier; with fewer than {LEAST_IN_CELL} of a kind, of the tier,"
        " then of all (column cell). Gamma-Poisson by moments, posts overdispersed.",
    ]
    if len(told):
        guard = f"under {LEAST_FOLLOWERS:,} followers or with fewer than {LEAST_POSTS} posts in 12 months"
        so = "their rates are shown and say little" if unguarded else "they have no rate, and no part in the others'"
        notes.append(f"{len(told):,} of {len(table):,} influencers are {guard}: {so}.")
    return tuple(notes)
