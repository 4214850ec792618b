"""Customers who behave alike, put together by the data itself, and how far that can be trusted."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.journeys.segmenting.features import Features, features_of
from mapkit.loaders import read_events
from mapkit.statistics import Comparable, Estimate, Result, wilson_interval
from mapkit.statistics.intervals import normal_quantile
from mapkit.tables import Table
from mapkit.tables.beside import frame_of

_FITTED, _JUDGED = 10_000, 2_500
_RANGE = range(2, 9)
_STABLE, _DOUBTFUL, _WEAK = 0.75, 0.6, 0.25
Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Clusters(Result):
    """Customers in clusters, the largest first.

    ``table`` columns: ``segment`` ("cluster 1", ...), ``customers``, ``of_customers`` with ``_low`` and ``_high``,
    ``stability`` (mean Jaccard similarity with the most similar cluster of each resample, 0 to 1), ``verdict``
    ("stable" from .75, "doubtful" from .6, else "unstable"), ``differs_by`` (the two features that set it apart).

    ``profile`` columns, a row a cluster and feature: ``segment``, ``feature``, ``mean`` with ``_low`` and ``_high``,
    ``median``, ``standardised`` (mean on the scale of the distances: 0 is the average customer, 1 one deviation),
    ``n``. ``customers``: ``customer``, ``segment``. ``tried``: ``k``, ``silhouette``.
    """

    customers: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    profile: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    tried: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    k: int = 0
    silhouette: float = math.nan
    agreement: float = math.nan
    seed: int = 0
    confidence: float = 0.95

    def share(self, segment: str) -> Estimate:
        """Return the share of customers in a cluster."""
        there = self.table["segment"].tolist()
        if segment not in there:
            raise OptionError(f"There is no cluster {segment!r}. There are {listed(there)}.{nearest(segment, there)}")
        hits = int(self.table.loc[self.table["segment"] == segment, "customers"].iloc[0])
        return Estimate.of_share(f"{segment} of customers", hits, int(self.table["customers"].sum()), self.confidence)

    def comparable(self) -> Comparable:
        """Clusters of two logs are other clusters under the same names, so there is nothing to compare."""
        raise OptionError(
            "Clusters found in two logs are not the same clusters. Map one result to the events, map_segments(events,"
            " clusters), and compare measures split by it."
        )


def find_clusters(
    events: Any,
    *,
    k: int | Sequence[int] | None = None,
    features: Sequence[str] | None = None,
    resamples: int = 30,
    seed: int = 2025,
    confidence: float = 0.95,
) -> Clusters:
    """Return clusters of customers who behave alike, each with its profile and its stability.

    K-means on standardised features, amounts as logarithms. An algorithm finds clusters in anything: read
    ``stability`` and the silhouette before giving them names. The profile describes the features that made the
    clusters, so its differences are no evidence of anything.

    Parameters
    ----------
    events
        Events (an events table, or a source that ``read_events`` takes), or a frame with ``customer`` and a number a
        column. From events come: events, active_days, recency_days, value where there is any, and the shares of the
        eight most frequent stages, or events in a log without stages.
    k
        How many clusters, or the numbers to try; 2 to 8 unless given. The best mean silhouette wins.
    features
        Which features to use; all unless given.
    resamples
        How often customers are drawn anew, with replacement, to see which clusters come back.
    seed
        Of the random starts and resamples.
    confidence
        Of the intervals, 0 to 1.

    Raises
    ------
    OptionError
        ``k`` or a feature is not possible.
    TableError
        There are too few customers, or they are all alike.

    Source: Rousseeuw (1987), Journal of Computational and Applied Mathematics 20, 53-65, for the silhouette; Hennig
    (2007), Computational Statistics and Data Analysis 52, 258-271, for stability.
    """
    normal_quantile(confidence)
    source = _source(events)
    found = features_of(source, features)
    if isinstance(resamples, bool) or not isinstance(resamples, int) or resamples < 2:
        raise OptionError(f"resamples={resamples!r} is too few. Use 2 or more, such as 30.")
    draw = np.random.default_rng(seed)
    scaled = found.scaled
    wanted = _numbers_of_clusters(k, len(pd.DataFrame(scaled).drop_duplicates()))
    sample = scaled if len(scaled) <= _FITTED else scaled[draw.choice(len(scaled), _FITTED, replace=False)]
    tried = _tried(sample, wanted, draw)
    best = max(tried, key=lambda each: each[1])
    centres = _in_order(best[2], scaled)
    codes, similar, agreement = _nearest(scaled, centres), *_stability(sample, centres, resamples, draw)
    names = [f"cluster {number + 1}" for number in range(len(centres))]
    profile = _profile(found, scaled, codes, names, confidence)
    table = _sizes(codes, names, similar, profile, confidence)
    return Clusters(
        f"{len(names)} clusters of {len(found.frame):,} customers",
        table,
        (*found.notes, *_notes(table, tried, best[1], agreement, len(found.frame), resamples, seed)),
        pd.DataFrame({"customer": found.frame["customer"], "segment": np.array(names, dtype=object)[codes]}),
        profile,
        pd.DataFrame([each[:2] for each in tried], columns=["k", "silhouette"]),
        len(names),
        best[1],
        agreement,
        seed,
        confidence,
    )


def _source(events: Any) -> Table | pd.DataFrame:
    """Return events, or the frame of features: a frame without event and time can be nothing else."""
    if isinstance(events, Table) or not hasattr(events, "columns"):
        return read_events(events)
    columns = set(map(str, events.columns))
    return read_events(events) if {"event", "time"} & columns else frame_of(events, "the features")


def _numbers_of_clusters(k: int | Sequence[int] | None, customers: int) -> list[int]:
    if customers < 2 or (k is None and customers < 3):
        raise TableError(f"{customers:,} different customers are too few to cluster. Use hundreds.")
    numbers = [n for n in _RANGE if n < customers] if k is None else [k] if isinstance(k, int) else list(k)
    wrong = [n for n in numbers if isinstance(n, bool) or not isinstance(n, int) or not 2 <= n < customers]
    if wrong or not numbers:
        raise OptionError(
            f"k={k!r} is not possible with {customers:,} different customers. Use 2 or more, and fewer than that."
        )
    return sorted(set(numbers))


def _tried(sample: Numbers, wanted: list[int], draw: np.random.Generator) -> list[tuple[int, float, Numbers]]:
    from sklearn.metrics import silhouette_score

    judged = draw.permutation(len(sample))[:_JUDGED]
    tried = []
    for k in wanted:
        centres = _fitted(sample, k, draw, starts=4)
        codes = _nearest(sample[judged], centres)
        enough = 1 < len(np.unique(codes)) < len(codes)
        tried.append((k, float(silhouette_score(sample[judged], codes)) if enough else -1.0, centres))
    return tried


def _fitted(rows: Numbers, k: int, draw: np.random.Generator, starts: int) -> Numbers:
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    model = KMeans(k, n_init=starts, random_state=int(draw.integers(2**31)))
    # Threads that wait for each other take ten times as long on a machine that has other work to do.
    with threadpool_limits(1), warnings.catch_warnings():
        # A resample of few customers may hold fewer different ones than clusters; it then has fewer clusters.
        warnings.simplefilter("ignore", ConvergenceWarning)
        centres: Numbers = model.fit(rows).cluster_centers_
    return centres


def _nearest(rows: Numbers, centres: Numbers) -> Codes:
    codes = np.empty(len(rows), dtype=np.int64)
    square = (centres**2).sum(axis=1)
    for start in range(0, len(rows), 100_000):
        part = rows[start : start + 100_000]
        codes[start : start + 100_000] = np.argmin(square - 2 * part @ centres.T, axis=1)
    return codes


def _in_order(centres: Numbers, rows: Numbers) -> Numbers:
    """Return the centres that have customers, the largest cluster first."""
    sizes = np.bincount(_nearest(rows, centres), minlength=len(centres))
    order = np.argsort(-sizes, kind="stable")
    return centres[order[sizes[order] > 0]]


def _stability(sample: Numbers, centres: Numbers, resamples: int, draw: np.random.Generator) -> tuple[Numbers, float]:
    """Return each cluster's mean Jaccard similarity with its likest cluster of a resample, and the mean ARI."""
    from sklearn.metrics import adjusted_rand_score

    k, first = len(centres), _nearest(sample, centres)
    sizes = np.bincount(first, minlength=k).astype(float)
    similar, agree = np.zeros(k), 0.0
    for _ in range(resamples):
        again = _nearest(sample, _fitted(sample[draw.integers(len(sample), size=len(sample))], k, draw, starts=2))
        both = np.zeros((k, k))
        np.add.at(both, (first, again), 1)
        either = sizes[:, None] + np.bincount(again, minlength=k)[None, :] - both
        similar += (both / np.maximum(either, 1)).max(axis=1)
        agree += float(adjusted_rand_score(first, again))
    return similar / resamples, agree / resamples


def _profile(found: Features, scaled: Numbers, codes: Codes, names: list[str], confidence: float) -> pd.DataFrame:
    z, parts = normal_quantile(confidence), []
    for code, name in enumerate(names):
        here = codes == code
        rows, n = found.frame.loc[here, list(found.names)].to_numpy(dtype=float), int(here.sum())
        mean = rows.mean(axis=0)
        reach = z * rows.std(axis=0, ddof=1) / math.sqrt(n) if n > 1 else np.full(len(mean), np.nan)
        columns = {"feature": found.names, "mean": mean, "mean_low": mean - reach, "mean_high": mean + reach}
        columns |= {"median": np.median(rows, axis=0), "standardised": scaled[here].mean(axis=0), "n": n}
        parts.append(pd.DataFrame(columns).assign(segment=name))
    profile = pd.concat(parts, ignore_index=True)
    return profile[["segment", *(column for column in profile.columns if column != "segment")]]


def _sizes(codes: Codes, names: list[str], similar: Numbers, profile: pd.DataFrame, confidence: float) -> pd.DataFrame:
    sizes = np.bincount(codes, minlength=len(names))
    low, high = wilson_interval(sizes, np.full(len(names), len(codes)), confidence)
    verdicts = np.where(similar >= _STABLE, "stable", np.where(similar >= _DOUBTFUL, "doubtful", "unstable"))
    return pd.DataFrame(
        {
            "segment": names,
            "customers": sizes,
            "of_customers": sizes / len(codes),
            "of_customers_low": low,
            "of_customers_high": high,
            "stability": similar,
            "verdict": verdicts,
            "differs_by": [_apart(profile[profile["segment"] == name]) for name in names],
        }
    )


def _apart(rows: pd.DataFrame) -> str:
    strongest = rows.reindex(rows["standardised"].abs().sort_values(ascending=False, kind="stable").index).head(2)
    return ", ".join(f"{'high' if value > 0 else 'low'} {name}"
                     for name, value in zip(strongest["feature"], strongest["standardised"], strict=True))  # fmt: skip


def _notes(
    table: pd.DataFrame,
    tried: list[tuple[int, float, Numbers]],
    silhouette: float,
    agreement: float,
    customers: int,
    resamples: int,
    seed: int,
) -> Iterator[str]:
    scores = ", ".join(f"{k}: {score:.2f}" for k, score, _ in tried)
    yield f"K-means on standardised features, amounts as logarithms; mean silhouette by number of clusters {scores}."
    if silhouette < _WEAK:
        yield f"A silhouette of {silhouette:.2f} is weak: the customers are a continuum more than separate groups."
    yield f"Stability from {resamples} resamples (seed {seed}); mean adjusted Rand index {agreement:.2f}."
    shaky = table.loc[table["verdict"] != "stable", "segment"].tolist()
    if shaky:
        yield f"Not stable, so not to be relied upon: {', '.join(shaky)}."
    if customers > _FITTED:
        yield f"Centres were found in {_FITTED:,} customers drawn at random; everybody was put to the nearest."
    yield "Clusters are made from these features, so their differences in them are no evidence."
