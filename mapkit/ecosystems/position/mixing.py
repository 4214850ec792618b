"""Who is tied to whom by type: ties between types, against what chance would give types as active as these."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem

UNKNOWN = "(none)"
ALL = "(all)"


def types_of(ecosystem: Ecosystem) -> np.ndarray:
    """Return the actors' types as text; "(none)" where one is not known."""
    return pd.Series(ecosystem.types, dtype=object).fillna(UNKNOWN).to_numpy(str)


def mixing(ecosystem: Ecosystem, confidence: float = 0.95) -> pd.DataFrame:
    """Return a row for each type of ties and pair of types.

    ``tie_type`` ("(all)" first), ``source_type``, ``target_type``, ``ties`` (one without a direction, between two
    types, counts half in either), ``expected``: what chance gives when every type sends and receives as many as it
    does; ``ratio`` = ties / expected, with ``low``, ``high`` (exact Poisson interval); ``all_ties``.

    Source: Newman (2003), Physical Review E 67, 026126; interval: Garwood (1936), Biometrika 28, 437-442.
    """
    types, codes = np.unique(types_of(ecosystem), return_inverse=True)
    kinds = _kinds(ecosystem)
    parts = [_pairs(ecosystem, codes, types, np.ones(ecosystem.m, dtype=bool), ALL, confidence)]
    for kind in sorted(set(kinds)) if kinds is not None else ():
        parts.append(_pairs(ecosystem, codes, types, kinds == kind, kind, confidence))
    return pd.concat(parts, ignore_index=True)


def pair_counts(ecosystem: Ecosystem, codes: np.ndarray, types: int, chosen: np.ndarray) -> np.ndarray:
    """Return ties from each type to each; one without a direction counts half either way."""
    ties = ecosystem.ties
    source, target, both = codes[ties.sources[chosen]], codes[ties.targets[chosen]], ties.two_way[chosen]
    one_way = np.where(both, 0.5, 1.0)
    counts = np.bincount(source * types + target, one_way, types * types)
    counts = counts + np.bincount(target[both] * types + source[both], one_way[both], types * types)
    square: np.ndarray = counts.reshape(types, types)
    return square


def _kinds(ecosystem: Ecosystem) -> np.ndarray | None:
    if "type" not in ecosystem.ties.more.column_names:
        return None
    return ecosystem.ties.more["type"].to_pandas().astype(object).fillna(UNKNOWN).to_numpy(str)


def _pairs(
    ecosystem: Ecosystem, codes: np.ndarray, types: np.ndarray, chosen: np.ndarray, name: str, confidence: float
) -> pd.DataFrame:
    from scipy.stats import chi2

    counts = pair_counts(ecosystem, codes, len(types), chosen)
    total = counts.sum()
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / max(total, 1)
    tail = (1 - confidence) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(counts > 0, chi2.ppf(tail, 2 * counts) / 2, 0.0) / expected
        ends = {"low": low, "high": chi2.ppf(1 - tail, 2 * counts + 2) / 2 / expected}
        numbers: dict[str, Any] = {"ties": counts, "expected": expected, "ratio": counts / expected, **ends}
    n = len(types)
    known = {"tie_type": name, "source_type": np.repeat(types, n), "target_type": np.tile(types, n)}
    numbers = {column: np.where(expected > 0, values, np.nan).ravel() for column, values in numbers.items()}
    return pd.DataFrame({**known, **numbers}).fillna({"ties": 0.0, "expected": 0.0}).assign(all_ties=total)


def assortativity(ecosystem: Ecosystem) -> float:
    """Return how far ties stay within a type: 1 all of them, 0 as many as by chance; NaN with one type alone.

    Actors without a type are left out. Source: Newman (2003), Physical Review E 67, 026126, equation 2.
    """
    types, codes = np.unique(types_of(ecosystem), return_inverse=True)
    ties = ecosystem.ties
    known = types[codes] != UNKNOWN
    counts = pair_counts(ecosystem, codes, len(types), known[ties.sources] & known[ties.targets])
    total = counts.sum()
    if not total:
        return float("nan")
    by_chance = float(counts.sum(axis=1) @ counts.sum(axis=0)) / total**2
    return float((np.trace(counts) / total - by_chance) / (1 - by_chance)) if by_chance < 1 else float("nan")
