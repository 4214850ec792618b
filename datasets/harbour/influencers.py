"""The sixty influencers: their profiles (actors of type kol) and their posts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from . import clock
from .chance import Chance, draw
from .ids import influencer_name
from .planted import Planted

_POST_COLUMNS = ["actor", "time", "platform", "text", "topics", "impressions", "reach", "views"]
_POST_COLUMNS += ["likes", "comments", "shares", "saves"]
_MOODS = ["slow", "early", "salty", "quiet", "copper", "foggy", "little", "second", "north", "warm"]
_THINGS = ["pour", "grinder", "kettle", "crumb", "pier", "filter", "lantern", "saucer", "bean", "harbour"]
_TEXTS = [
    "A morning with {0}.",
    "Five things about {0}.",
    "What nobody says about {0}.",
    "My week in {0}.",
    "{0}, again.",
]


def make_influencers(planted: Planted, chance: Chance) -> pd.DataFrame:
    """Return actor, name, platform, followers, topics, cost (EUR a post), posts (number), engagement (planted)."""
    part, rng = planted["influencers"], chance.of("profiles")
    size = part["number"]
    followers = np.rint(np.exp(rng.normal(9.9, 1.5, size))).astype(np.int64).clip(400, 2_000_000)
    followers[-5:] = rng.integers(400, 1_900, 5)  # too small for a score
    posts = rng.poisson(22, size) + 10
    posts[-9:-5] = rng.integers(3, 9, 4)  # too few posts for a score
    platforms = list(part["platforms"])
    rate = 0.06 * (followers / 1_000) ** -0.15 * rng.gamma(6, 1 / 6, size)
    return pd.DataFrame(
        {
            "actor": [influencer_name(number) for number in range(size)],
            "name": [f"{_MOODS[n % 10]}-{_THINGS[(n * 3 + n // 10) % 10]}-{n + 1:02d}" for n in range(size)],
            "platform": np.array(platforms)[draw(rng, np.array(list(part["platforms"].values())), size)],
            "followers": followers,
            "topics": _topics(rng, part["topics"], size),
            "cost": np.round(20 + followers * 0.008, -1),
            "posts": posts,
            "engagement": np.round(rate, 5),
        }
    )


def _topics(rng: np.random.Generator, topics: list[str], size: int) -> list[str]:
    weights = np.array([3.0] + [1.0] * (len(topics) - 1))
    first, second = draw(rng, weights, size), draw(rng, weights, size)
    return [";".join(dict.fromkeys((topics[a], topics[b]))) for a, b in zip(first, second, strict=True)]


def make_posts(planted: Planted, chance: Chance, influencers: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the canonical posts table in time order, and what was realised.

    Likes, comments, shares and saves add up to a count around followers x planted engagement.
    """
    rng = chance.of("posts")
    who = np.repeat(np.arange(len(influencers)), influencers["posts"])
    size, row = len(who), influencers.iloc[who].reset_index(drop=True)
    followers = row["followers"].to_numpy()
    engaged = rng.poisson(followers * row["engagement"].to_numpy() * rng.gamma(8, 1 / 8, size))
    likes, comments, shares, saves = _shares_of(rng, engaged)
    reach = np.maximum(np.rint(followers * rng.beta(4, 6, size)).astype(np.int64), engaged)
    about = [names.split(";")[0] for names in row["topics"]]
    posts = pd.DataFrame(
        {
            "actor": row["actor"],
            "time": clock.START // clock.SECOND + rng.integers(0, clock.DAYS * 86_400, size),
            "platform": row["platform"],
            "text": [
                _TEXTS[n].format(topic).capitalize() for n, topic in zip(rng.integers(0, 5, size), about, strict=True)
            ],
            "topics": row["topics"],
            "impressions": np.rint(reach * rng.uniform(1.05, 1.6, size)).astype(np.int64),
            "reach": reach,
            "views": np.rint(reach * rng.uniform(0.3, 0.95, size)).astype(np.int64),
            "likes": likes,
            "comments": comments,
            "shares": shares,
            "saves": saves,
        }
    ).sort_values(["time", "actor"], kind="stable", ignore_index=True)
    posts["time"] = pd.to_datetime(posts["time"], unit="s", utc=True).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    rates = {
        str(actor): float(rate) for actor, rate in zip(influencers["actor"], influencers["engagement"], strict=True)
    }
    facts = {"rows": size, "engagements": int(engaged.sum()), "engagement_planted": rates}
    return posts[_POST_COLUMNS], facts


def _shares_of(rng: np.random.Generator, engaged: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], ...]:
    split = rng.multinomial(engaged, [0.86, 0.06, 0.03, 0.05])
    return split[:, 0], split[:, 1], split[:, 2], split[:, 3]
