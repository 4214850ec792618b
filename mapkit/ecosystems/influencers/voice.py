"""How much of what is said is about us: share of voice, by period, weighted by sentiment, beside the market share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.influencers.relevance import topics_of
from mapkit.errors import OptionError, TableError, listed, nearest, one_of
from mapkit.loaders import read_posts
from mapkit.statistics import Comparable, Estimate, Result, wilson_interval

_PERIODS = {"week": "W", "month": "M", "quarter": "Q", "year": "Y"}


@dataclass(frozen=True, eq=False)
class ShareOfVoice(Result):
    """Shares of the mentions. See :func:`measure_share_of_voice` for ``table`` and ``periods``."""

    periods: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    period: str = "month"
    confidence: float = 0.95

    def share(self, brand: str) -> Estimate:
        """Return a brand's share of the mentions."""
        row = self._row(brand)
        name = f"{brand}'s share of voice"
        return Estimate.of_share(name, int(row["mentions"]), int(row["all_mentions"]), self.confidence)

    def excess(self, brand: str) -> Estimate:
        """Return a brand's share of voice minus its share of the market, in points."""
        row = self._row(brand)
        if "excess" not in row or pd.isna(row["excess"]):
            raise OptionError(f"The market share of {brand!r} is not known. Measure with market_shares={{...}}.")
        n = int(row["all_mentions"])
        return Estimate(
            f"{brand}'s excess share of voice", row["excess"], row["excess_low"], row["excess_high"], n, "points"
        )

    def comparable(self) -> Comparable:
        """Return each brand's share."""
        return Comparable.of_shares(self.table, ["brand"], {"share": ("mentions", "all_mentions")})

    def _row(self, brand: str) -> pd.Series:
        rows, known = self.table[self.table["brand"] == brand], list(self.table["brand"])
        if not len(rows):
            raise OptionError(f"There is no brand {brand!r}. There is {listed(known)}.{nearest(brand, known)}")
        return rows.iloc[0]


def measure_share_of_voice(
    posts: Any,
    brands: Mapping[str, Sequence[str]],
    *,
    period: str = "month",
    sentiment: str | None = None,
    market_shares: Mapping[str, float] | None = None,
    confidence: float = 0.95,
) -> ShareOfVoice:
    """Return how the mentions of brands are shared among them, and how far above their share of the market.

    A post mentions a brand when its text has one of the brand's terms as a word (or words), or its topics have it as a
    topic, capitals aside. A post that mentions two brands counts for both.

    ``table`` columns, a row a brand, the most mentioned first:

    - ``brand``, ``mentions`` (posts), ``all_mentions`` (of all brands), ``share`` (0..1), ``low``, ``high`` (Wilson)
    - with ``sentiment``: ``favourable`` (mean sentiment as a share, 0..1, of ``mentions_with_sentiment``), and
      ``weighted_share``: the share when each mention counts as much as it is favourable
    - with ``market_shares``: ``market_share``, ``excess`` (points, 0.05 is 5), ``excess_low``, ``excess_high``

    ``periods`` has ``period`` (its first moment), ``brand``, ``mentions``, ``all_mentions``, ``share``, ``low``,
    ``high``; periods in which nobody is mentioned have no share.

    Parameters
    ----------
    posts
        A posts table, or anything ``read_posts`` takes.
    brands
        The terms of each brand: {"us": ["harbour", "harbour coffee"], "them": ["old pier"]}.
    period
        week, month, quarter or year.
    sentiment
        A column of the posts from -1 to 1.
    market_shares
        The share of the market of each brand, 0..1, in the same period. Taken as known without error.

    Raises
    ------
    OptionError, TableError
        A brand has no terms, nothing is mentioned, a column or period is not known, a share is no share.

    Source: Binet and Field (2013), The Long and the Short of It, for the excess share of voice.
    """
    one_of(period, tuple(_PERIODS), "period")
    terms = _terms(brands)
    frame = read_posts(posts).data.to_pandas()
    mentioned = _mentions(frame, terms)
    every = int(mentioned.to_numpy().sum())
    if not every:
        raise TableError(f"None of {len(frame):,} posts mentions {listed(brands)}. Look at the terms of the brands.")
    counts = mentioned.sum()
    table = _shares(pd.DataFrame({"brand": list(brands), "mentions": counts.to_numpy()}), every, confidence)
    notes = [
        f"{every:,} mentions in {int(mentioned.any(axis=1).sum()):,} of {len(frame):,} posts; a post that mentions two"
        " brands counts for both.",
        "Terms: " + "; ".join(f"{brand}: {', '.join(words)}" for brand, words in terms.items()) + ".",
    ]
    if sentiment is not None:
        table = table.join(_favourable(frame, mentioned, sentiment), on="brand")
        notes.append(f"Favourable is ({sentiment} + 1) / 2; a mention without {sentiment} is not weighted.")
    if market_shares is not None:
        table = _beside_market(table, market_shares)
        notes.append("Market shares are taken as known: the interval is that of the mentions alone.")
    periods = _by_period(frame, mentioned, period, confidence)
    table = table.sort_values(["mentions", "brand"], ascending=[False, True], kind="stable", ignore_index=True)
    return ShareOfVoice("Share of voice", table, tuple(notes), periods, period, confidence)


def _terms(brands: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    if not isinstance(brands, Mapping) or not brands:
        raise OptionError("brands is empty. Give each brand its terms: brands={'us': ['harbour']}.")
    found = {}
    for brand, given in brands.items():
        words = [given] if isinstance(given, str) else list(given)
        words = [str(word).strip().lower() for word in words if str(word).strip()]
        if not words:
            raise OptionError(f"The brand {brand!r} has no terms. Give at least the name it is called by.")
        found[str(brand)] = words
    return found


def _mentions(frame: pd.DataFrame, terms: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    if "text" not in frame and "topics" not in frame:
        raise TableError("The posts have neither text nor topics, so nobody can be mentioned in them.")
    text = frame["text"].fillna("").astype(str).str.lower() if "text" in frame else pd.Series("", frame.index)
    topics = topics_of(frame["topics"]) if "topics" in frame else [()] * len(frame)
    columns = {}
    for brand, words in terms.items():
        pattern = rf"(?<!\w)(?:{'|'.join(re.escape(word) for word in words)})(?!\w)"
        about = np.array([any(word in each for word in words) for each in topics], dtype=bool)
        columns[brand] = text.str.contains(pattern, regex=True).to_numpy(dtype=bool) | about
    return pd.DataFrame(columns, index=frame.index)


def _shares(table: pd.DataFrame, every: Any, confidence: float) -> pd.DataFrame:
    low, high = wilson_interval(table["mentions"], np.broadcast_to(every, len(table)), confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = table["mentions"].to_numpy() / np.asarray(every, dtype=float)
    return table.assign(all_mentions=every, share=share, low=low, high=high)


def _favourable(frame: pd.DataFrame, mentioned: pd.DataFrame, column: str) -> pd.DataFrame:
    if column not in frame:
        raise TableError(f"The posts have no column {column!r}.{nearest(column, frame.columns)}")
    values = pd.to_numeric(frame[column], errors="coerce")
    if (values.abs() > 1).any():
        raise TableError(
            f"{column!r} runs from {values.min():g} to {values.max():g}; sentiment is needed from -1 to 1."
        )
    weight = (values + 1) / 2
    with_it = mentioned.mul(weight.notna(), axis=0).sum()
    sums = mentioned.mul(weight.fillna(0.0), axis=0).sum()
    return pd.DataFrame(
        {
            "mentions_with_sentiment": with_it.astype("int64"),
            "favourable": sums / with_it.where(with_it > 0),
            "weighted_share": sums / sums.sum() if sums.sum() > 0 else np.nan,
        }
    )


def _beside_market(table: pd.DataFrame, shares: Mapping[str, float]) -> pd.DataFrame:
    strange = [name for name in shares if name not in set(table["brand"])]
    if strange:
        raise OptionError(f"market_shares names {listed(strange)}; the brands are {listed(table['brand'])}.")
    market = table["brand"].map(dict(shares)).astype(float)
    if not market.dropna().between(0, 1).all() or market.sum() > 1 + 1e-9:
        raise OptionError("market_shares are not shares: each is 0..1 and together they are at most 1.")
    return table.assign(
        market_share=market,
        excess=table["share"] - market,
        excess_low=table["low"] - market,
        excess_high=table["high"] - market,
    )


def _by_period(frame: pd.DataFrame, mentioned: pd.DataFrame, period: str, confidence: float) -> pd.DataFrame:
    began = frame["time"].dt.to_period(_PERIODS[period]).dt.start_time
    counts = mentioned.groupby(began).sum()
    whole = pd.period_range(began.min(), began.max(), freq=_PERIODS[period]).start_time
    long = counts.reindex(whole, fill_value=0).rename_axis(index="period").reset_index()
    table = long.melt("period", var_name="brand", value_name="mentions")
    table = table.sort_values("period", kind="stable", ignore_index=True)
    every = table.groupby("period")["mentions"].transform("sum").to_numpy()
    return _shares(table, every, confidence)
