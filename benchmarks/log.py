"""A seeded event log in time order, written in stretches so that any size fits in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

# fmt: off
EVENTS = [
    "page_view", "search", "product_view", "scroll", "session_start", "list_view", "add_to_cart", "login",
    "blog_read", "video_play", "email_open", "checkout_start", "signup", "wishlist_add", "payment_info",
    "purchase", "filter_apply", "review_read", "support_chat", "share", "push_open", "pricing_view",
    "trial_start", "app_install", "refund", "invite_sent", "renewal", "upgrade", "invite_accepted", "cancel",
]
CHANNELS = [
    "organic", "direct", "paid_search", "email", "social", "referral", "display", "affiliate", "video_ads",
    "sms",
]
# fmt: on
STEPS = ("page_view", "product_view", "add_to_cart", "purchase")
STAGES = {"awareness": EVENTS[:10], "consideration": EVENTS[10:20], "decision": EVENTS[20:]}
_YEAR, _STRETCH = 365 * 86_400 * 10**6, 1_000_000


def make_log(path: Path, rows: int, seed: int = 7) -> Path:
    """Write ``rows`` events to Parquet, about 15 a customer, unless the file is there already; return its path.

    Event names follow a Zipf law, activity is unequal, one time in two hundred equals the one before it.
    """
    if path.exists():
        return path
    rng, customers = np.random.default_rng(seed), max(rows // 15, 1)
    rank = 1 / np.arange(1, len(EVENTS) + 1)
    activity = np.cumsum(rng.pareto(1.6, customers).clip(max=400) + 0.6)
    names, channels = pa.array(EVENTS), pa.array(CHANNELS)
    schema = {"user_id": pa.int64(), "ts": pa.timestamp("us"), "event": pa.string(), "channel": pa.string()}
    part = path.with_suffix(".part")
    with pq.ParquetWriter(part, pa.schema(schema), compression="zstd") as writer:
        for start in range(0, rows, _STRETCH):
            n = min(_STRETCH, rows - start)
            times = np.sort(rng.integers(start * _YEAR // rows, (start + n) * _YEAR // rows, n))
            repeated = rng.random(n - 1) < 0.005
            times[1:][repeated] = times[:-1][repeated]
            who = np.searchsorted(activity, rng.random(n) * activity[-1])
            what = rng.choice(len(EVENTS), n, p=rank / rank.sum())
            table = {
                "user_id": pa.array(who * 7 + 1_000_003),
                "ts": pa.array(times + np.datetime64("2025-01-01", "us").astype(np.int64)).cast(pa.timestamp("us")),
                "event": names.take(pa.array(what)),
                "channel": channels.take(pa.array(rng.integers(0, len(CHANNELS), n))),
            }
            writer.write_table(pa.table(table, schema=pa.schema(schema)))
    return part.rename(path)
