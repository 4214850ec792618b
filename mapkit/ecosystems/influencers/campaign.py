"""What a campaign with influencers cost and brought: per engagement, per thousand shown, per person added, per sale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.influencers.engagement import row_of
from mapkit.ecosystems.influencers.overlap import measure_audience_overlap
from mapkit.ecosystems.influencers.people import ENGAGEMENTS, read_people
from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.statistics import Estimate, Result
from mapkit.statistics.intervals import normal_quantile

MONEY = ("cost_per_engagement", "cost_per_mille", "cost_per_added", "cost_per_conversion")
_FEW = 10


@dataclass(frozen=True, eq=False)
class Campaign(Result):
    """What each influencer cost and brought. See :func:`measure_campaign` for the columns of ``table``."""

    total: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    currency: str = ""
    confidence: float = 0.95

    def estimate(self, quantity: str, actor: str | None = None) -> Estimate:
        """Return one number of an influencer, or of the whole campaign: ``estimate("cost_per_conversion", "k01")``."""
        known = [name for name in (*MONEY, "roi") if name in self.table]
        if quantity not in known:
            raise OptionError(f"There is no {quantity!r}. There is {listed(known)}.{nearest(quantity, known)}")
        row = self.total.iloc[0] if actor is None else row_of(self.table, actor)
        n = int(row["conversions"] if quantity in ("roi", "cost_per_conversion") else row["posts"])
        unit = "times" if quantity == "roi" else self.currency
        name = f"{quantity.replace('_', ' ')} of {'the campaign' if actor is None else actor}"
        ends = (row.get(f"{quantity}_low", np.nan), row.get(f"{quantity}_high", np.nan))
        return Estimate(name, row[quantity], ends[0], ends[1], n, unit)


def measure_campaign(
    actors: Any,
    posts: Any,
    *,
    influencers: Sequence[str] | None = None,
    spend: Mapping[str, float] | None = None,
    conversions: Any = None,
    audiences: Any = None,
    emv: Mapping[str, float] | None = None,
    count: Sequence[str] = ENGAGEMENTS,
    since: Any = None,
    until: Any = None,
    currency: str = "",
    confidence: float = 0.95,
) -> Campaign:
    """Return what each influencer of a campaign cost and brought.

    ``table`` columns, a row an influencer, the largest spend first (``total`` has one row for all):

    - ``actor``, ``name``, ``posts``, ``spend``, ``engagements``, ``impressions`` (where the posts have them)
    - ``cost_per_engagement``, ``cost_per_mille`` (per 1,000 impressions), with ``_low``, ``_high``
    - with ``audiences``: ``adds`` (people none of the influencers before it reaches, dearest place first in the order
      that adds most per cost), ``cost_per_added``
    - with ``conversions``: ``conversions``, ``value``, ``cost_per_conversion`` and ``roi`` ((value - spend) / spend),
      with ``_low``, ``_high``; a cost without a conversion has no number, and its low end is what one more would cost
    - with ``emv``: ``earned_media_value``. It is a price list times counts, no income, and in no return.

    Intervals of costs take posts as the unit (ratio of sums on the log scale, Student's t), those of conversions are
    exact Poisson, that of the return takes each conversion with its value as one draw. Spend is taken as known.

    Parameters
    ----------
    actors, posts
        As in :func:`rank_influencers`; the posts of the campaign, or their time by ``since`` and ``until``.
    influencers
        Who is in the campaign; all who posted unless given.
    spend
        What each was paid. Without it: the price of a post (column ``cost``) times the posts.
    conversions
        A frame with a row each: ``actor`` (or ``influencer``: whose code was used) and, where known, ``value``.
    audiences
        As in :func:`measure_audience_overlap`.
    emv
        A price for each kind of engagement: {"likes": 0.1, "comments": 0.5}.

    Raises
    ------
    OptionError, TableError
        A column is missing, somebody has no spend, or a price is not a number.

    Source: Garwood (1936), Biometrika 28, 437-442, for the Poisson interval.
    """
    normal_quantile(confidence)
    known = read_people(actors, posts, count=count, since=since, until=until)
    table, notes = _bought(known.people, known.posts, influencers, spend)
    parts = known.posts.assign(actor=known.people["actor"].to_numpy()[known.posts["who"].to_numpy()])
    parts = parts[parts["actor"].isin(table["actor"])]
    total = pd.DataFrame({"actor": ["all"], "posts": [table["posts"].sum()], "spend": [table["spend"].sum()]})
    table, total = (_costs(each, parts, confidence) for each in (table, total))
    if conversions is not None:
        sales, apart = _sales(conversions, table["actor"])
        table, total = (_returns(each, sales, confidence) for each in (table, total))
        notes.append(f"{len(sales):,} conversions by codes; {apart:,} of others are left out. A code is no cause.")
        few = int((table["conversions"] < _FEW).sum())
        if few:
            notes.append(f"{few:,} influencers have fewer than {_FEW} conversions: their returns are hardly known.")
    if audiences is not None:
        table, total = _reach(table, total, audiences)
        notes.append("People added: those whom no influencer before it has, in the order that adds most per cost.")
    if emv is not None:
        table, total = (_media_value(each, parts, emv) for each in (table, total))
        notes.append("Earned media value is a price list times counts. It is no income and in no return.")
    table = table.sort_values(["spend", "actor"], ascending=[False, True], kind="stable", ignore_index=True)
    notes = [f"Engagements: {', '.join(count)}. Spend is taken as known.", *notes]
    return Campaign("Campaign with influencers", table, tuple(notes), total, currency, confidence)


def _bought(
    people: pd.DataFrame, posts: pd.DataFrame, influencers: Sequence[str] | None, spend: Mapping[str, float] | None
) -> tuple[pd.DataFrame, list[str]]:
    chosen = people[people["posts"] > 0]
    if influencers is not None:
        strange = [each for each in influencers if each not in set(people["actor"])]
        if strange:
            near = nearest(str(strange[0]), people["actor"])
            raise OptionError(f"{listed(strange, most=5)} is no influencer of the actors.{near}")
        chosen = people[people["actor"].isin(list(influencers))]
    if spend is not None:
        paid, note = chosen["actor"].map(dict(spend)).astype(float), "Spend as given."
    elif "cost" in chosen:
        paid = pd.to_numeric(chosen["cost"], errors="coerce") * chosen["posts"]
        note = "Spend is the price of a post (cost) times the posts."
    else:
        raise TableError("Nobody's spend is known: the actors have no column cost. Give spend={actor: money}.")
    bad = ~(np.isfinite(paid) & (paid >= 0))
    if bad.any():
        raise TableError(
            f"The spend of {listed(chosen.loc[bad, 'actor'], most=5)} is missing or negative. Give spend= for everybody"
            " in the campaign, or leave them out with influencers=."
        )
    return chosen[["actor", "name", "posts"]].assign(spend=paid).reset_index(drop=True), [note]


def _costs(table: pd.DataFrame, posts: pd.DataFrame, confidence: float) -> pd.DataFrame:
    for column, name, per in (("engagements", "cost_per_engagement", 1), ("impressions", "cost_per_mille", 1_000)):
        if column not in posts or posts[column].isna().all():
            continue
        brought, low, high = _sums(table["actor"], posts, column, confidence)
        table = table.assign(**{column: brought})
        with np.errstate(divide="ignore", invalid="ignore"):
            table = table.assign(
                **{
                    name: table["spend"] * per / np.where(brought > 0, brought, np.nan),
                    f"{name}_low": table["spend"] * per / high,
                    f"{name}_high": table["spend"] * per / low,
                }
            )
    return table


def _sums(actors: pd.Series, posts: pd.DataFrame, column: str, confidence: float) -> tuple[np.ndarray, ...]:
    """Return what each one's posts sum up to, with the ends of its interval on the log scale."""
    from scipy.special import stdtrit

    if list(actors) == ["all"]:
        posts = posts.assign(actor="all")
    grouped = posts.groupby("actor")[column]
    facts = grouped.agg(["sum", "std", "count"]).reindex(actors)
    total, n = facts["sum"].to_numpy(dtype=float), facts["count"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(np.maximum(facts["std"].to_numpy() ** 2 * n, total)) / total
        t = np.where(n > 1, stdtrit(np.maximum(n - 1, 1), 0.5 + confidence / 2), np.nan)
        far = np.exp(t * error)
        return total, total / far, total * far


def _sales(conversions: Any, actors: pd.Series) -> tuple[pd.DataFrame, int]:
    frame = pd.DataFrame(conversions)
    if "actor" not in frame and "influencer" in frame:
        frame = frame.rename(columns={"influencer": "actor"})
    if "actor" not in frame:
        raise TableError(f"The conversions have no column 'actor' or 'influencer'. They have {listed(frame.columns)}.")
    frame = frame.assign(actor=frame["actor"].astype(str))
    frame["value"] = pd.to_numeric(frame["value"], errors="coerce").astype(float) if "value" in frame else np.nan
    mine = frame[frame["actor"].isin(actors)]
    return mine[["actor", "value"]], len(frame) - len(mine)


def _returns(table: pd.DataFrame, sales: pd.DataFrame, confidence: float) -> pd.DataFrame:
    from scipy.special import gammaincinv

    if list(table["actor"]) == ["all"]:
        sales = sales.assign(actor="all")
    squares = (sales["value"] ** 2).groupby(sales["actor"]).sum().reindex(table["actor"]).fillna(0).to_numpy()
    value = sales.groupby("actor")["value"].sum(min_count=1).reindex(table["actor"]).to_numpy(dtype=float)
    n = table["actor"].map(sales["actor"].value_counts()).fillna(0).to_numpy(dtype=float)
    if sales["value"].notna().any():
        value = np.where(n == 0, 0.0, value)
    spend, tail = table["spend"].to_numpy(dtype=float), 0.5 - confidence / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        least = np.where(n > 0, gammaincinv(np.maximum(n, 1), tail), 0.0)
        most = gammaincinv(n + 1, 1 - tail)
        far = normal_quantile(confidence) * np.sqrt(squares)
        roi = np.where(spend > 0, (value - spend) / spend, np.nan)
        return table.assign(
            conversions=n.astype("int64"),
            value=value,
            cost_per_conversion=np.where(n > 0, spend / n, np.nan),
            cost_per_conversion_low=spend / most,
            cost_per_conversion_high=np.where(n > 0, spend / least, np.nan),
            roi=roi,
            roi_low=np.where((spend > 0) & (n > 0), roi - far / spend, np.nan),
            roi_high=np.where((spend > 0) & (n > 0), roi + far / spend, np.nan),
        )


def _reach(table: pd.DataFrame, total: pd.DataFrame, audiences: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    from mapkit.ecosystems.influencers.members import members_of

    members = members_of(audiences)
    members = members[members["actor"].isin(table.loc[table["spend"] > 0, "actor"])]
    if members.empty:
        raise TableError("The audiences have no member of an influencer who was paid. Look at the ids of actors.")
    costs = {str(actor): float(spend) for actor, spend in zip(table["actor"], table["spend"], strict=True)}
    order = measure_audience_overlap(members, costs=costs).order
    added = table["actor"].map(order.set_index("actor")["adds"]).astype(float)
    people = float(order["adds"].sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(added > 0, table["spend"] / added, np.nan)
    return (
        table.assign(adds=added, cost_per_added=each),
        total.assign(adds=people, cost_per_added=order["cost"].sum() / people),
    )


def _media_value(table: pd.DataFrame, posts: pd.DataFrame, prices: Mapping[str, float]) -> pd.DataFrame:
    strange = [name for name in prices if name not in posts]
    if strange:
        raise OptionError(f"emv prices {listed(strange)}, which the posts do not have.")
    worth = sum((posts[name].fillna(0.0) * float(price) for name, price in prices.items()), pd.Series(0.0, posts.index))
    if list(table["actor"]) == ["all"]:
        return table.assign(earned_media_value=float(worth.sum()))
    return table.assign(earned_media_value=table["actor"].map(worth.groupby(posts["actor"]).sum()).fillna(0.0))
