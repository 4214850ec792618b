"""How influencers are said in words: numbers of followers, and who has no score and why."""

from __future__ import annotations

import pandas as pd

from mapkit.plots.numbers import count


def followers(number: float) -> str:
    """Return an audience in short.

    >>> followers(97_530), followers(1_250_000), followers(float("nan")), followers(950)
    ('98k', '1.2M', '?', '950')
    """
    if number != number:
        return "?"
    if number >= 999_500:
        return f"{number / 1e6:.1f}M" if number < 9.95e6 else f"{number / 1e6:.0f}M"
    return f"{number / 1e3:.0f}k" if number >= 9_950 else f"{number / 1e3:.1f}k" if number >= 1_000 else f"{number:.0f}"


def left_out(table: pd.DataFrame, value: str) -> str:
    """Return a sentence on those without a value: how many and why; empty when everybody has one."""
    without = table[table[value].isna()]
    if without.empty:
        return ""
    small = int(without["note"].str.contains("followers").sum())
    few = int((without["note"].str.contains("posts") & ~without["note"].str.contains("followers")).sum())
    parts = [f"{count(small)} too small or unknown"] * bool(small) + [f"{count(few)} with too few posts"] * bool(few)
    return f" Without a score: {count(len(without))} ({', '.join(parts) or 'see notes'})."
