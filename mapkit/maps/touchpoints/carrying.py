"""Whether a touchpoint carries a segment, and how differences and scores are written in a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mapkit.maps.touchpoints.effectiveness_result import Touchpoints

_MIDDLE = 5.0
_FEWEST_ANSWERS = 10


def carried(measured: Touchpoints, minimum: int) -> dict[str, list[tuple[str, str]]]:
    """Return, for each touchpoint that carries any, the segments and why in numbers.

    A segment is carried when the outcome goes with the touchpoint there beyond chance (Benjamini-Hochberg over all
    touchpoints and segments), or when its importance there lies surely above the middle of the scale (10 answers or
    more) while it does not over all.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    if measured.by is None:
        return found
    whole = measured.table.set_index("touchpoint")
    for row in measured.segments.to_dict("records"):
        name, reasons = row["touchpoint"], []
        few = min(row["customers_with"], row["customers_without"]) < minimum
        loose = whole.loc[name, "flag"] in ("", "starts")
        if loose and not few and row["p_adjusted"] < 1 - measured.confidence and row["difference_low"] > 0:
            reasons.append(f"{in_points(row, 'difference')} of {measured.outcome}, {row['customers_with']:,} met it")
        split = whole.loc[name, "importance_mean_high"] < _MIDDLE
        if split and row["n_survey"] >= _FEWEST_ANSWERS and row["importance_mean_low"] > _MIDDLE:
            reasons.append(f"importance {in_tens(row, 'importance_mean')} of 10 there, n = {row['n_survey']:,}")
        if reasons:
            found.setdefault(name, []).append((str(row["segment"]), "; ".join(reasons)))
    return found


def in_points(row: Mapping[Any, Any], name: str) -> str:
    """Return a difference of shares with its interval, in points: "+4.4 points [2.7, 6.1]"."""
    return f"{100 * row[name]:+.1f} points [{100 * row[f'{name}_low']:.1f}, {100 * row[f'{name}_high']:.1f}]"


def in_tens(row: Mapping[Any, Any], name: str) -> str:
    """Return a score with its interval: "8.9 [8.5, 9.4]"."""
    return f"{row[name]:.1f} [{row[f'{name}_low']:.1f}, {row[f'{name}_high']:.1f}]"
