"""Small influencers and posts, written as a test's sentence would say them."""

from __future__ import annotations

import pandas as pd


def actors(**followers: float) -> pd.DataFrame:
    """Return influencers on one platform: ``actors(ann=5_000, bob=20_000)``."""
    rows = [{"actor": actor, "type": "kol", "platform": "photos", "followers": n} for actor, n in followers.items()]
    return pd.DataFrame(rows)


def posts(actor: str, likes: list[int], *, topics: str | None = None, every: int = 7, **more: object) -> pd.DataFrame:
    """Return an influencer's posts, one every few days before 2025-12-31, the last first in the list."""
    days = pd.Timestamp("2025-12-31") - pd.to_timedelta([every * k for k in range(len(likes))], unit="D")
    return pd.DataFrame({"actor": actor, "time": days, "likes": likes, "topics": topics, **more})


def together(*parts: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True)
