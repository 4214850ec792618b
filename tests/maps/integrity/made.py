"""Logs without faults, drawn by chance, and ways to look at what was found in one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mapkit.maps.integrity import Integrity

START = pd.Timestamp("2025-01-01")
DAY = 86_400_000_000


def clean_log(seed: int, customers: int = 400, days: int = 120) -> pd.DataFrame:
    """A log in which nothing depends on anything: customers come evenly, look, a fifth of them buy; cut at its end."""
    rng = np.random.default_rng(seed)
    rows = []
    for n in range(customers):
        started = int(rng.integers(0, days * DAY))
        # Geometric counts and idle days: some do much, most do little.
        times = started + np.cumsum(rng.exponential(0.4 * DAY, 1 + rng.geometric(0.18))).astype(int)
        done = [*rng.choice(["visit", "look", "search", "help"], len(times), p=[0.4, 0.3, 0.2, 0.1])]
        if rng.random() < 0.2:
            done[int(rng.integers(0, len(done)))] = "purchase"
        facts = {"channel": str(rng.choice(["email", "web", "shop"])), "page": str(rng.choice(["bold", "calm"]))}
        rows += [{"customer": f"c{n}", "event": e, "time": t, **facts} for e, t in zip(done, times, strict=True)]
    log = pd.DataFrame(rows).sort_values("time", kind="stable", ignore_index=True)
    log = log[log["time"] < days * DAY]
    return log.assign(time=START + pd.to_timedelta(log["time"], unit="us"))


def said(integrity: Integrity) -> list[str]:
    """Everything that is worse than a note, in words."""
    return [f"{each.check}: {each.what}" for each in integrity.findings if each.severity != "note"]
