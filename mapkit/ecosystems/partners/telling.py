"""Pairs of actors told to a reader: names, numbers, whom they share, and the reason in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.partners.audiences import Audiences
from mapkit.ecosystems.partners.shared import Pairs

_NAMED = 6
_COUNTS = ["ties_a", "ties_b", "shared"]
_AUDIENCE = ["audience_a", "audience_b", "shared_audience"]


def told(best: pd.DataFrame, ecosystem: Ecosystem, adjacency: Any, has_audience: bool) -> pd.DataFrame:
    """Return the pairs as a reader needs them: names, types, numbers, whom they share, and the reason."""
    a, b = best["a"].to_numpy(int), best["b"].to_numpy(int)
    through = [_between(adjacency, one, other) for one, other in zip(a, b, strict=True)]
    table = pd.DataFrame({"a": ecosystem.ids[a], "b": ecosystem.ids[b]})
    table = table.assign(name_a=ecosystem.labels[a], name_b=ecosystem.labels[b])
    table = table.assign(type_a=ecosystem.types[a], type_b=ecosystem.types[b])
    counts = [*_COUNTS, *(_AUDIENCE if has_audience else [])]
    chance = ["expected_audience", "p_audience", "p_audience_adjusted"] if has_audience else []
    kept = best[[*counts, "expected", "jaccard", "adamic_adar", "p", "p_adjusted", "beyond_chance", *chance]]
    kept = kept.astype(dict.fromkeys(counts, "int64"))
    table = pd.concat([table, kept, best[["complementary"]]], axis=1)
    table["through"] = ["; ".join(ecosystem.ids[codes[:_NAMED]]) for codes in through]
    table["reason"] = [_reason(row) for row in table.assign(why=best["why"]).to_dict("records")]
    return table


def _between(adjacency: Any, one: int, other: int) -> np.ndarray:
    own, theirs = (adjacency.indices[adjacency.indptr[k] : adjacency.indptr[k + 1]] for k in (one, other))
    return np.intersect1d(own, theirs)


def _reason(row: dict[Any, Any]) -> str:
    noun = "neighbour" if row["shared"] == 1 else "neighbours"
    parts = [f"They share {row['shared']:,} {noun} and no tie; chance would give {row['expected']:.2g}"]
    if row.get("shared_audience"):
        parts.append(
            f"they share {row['shared_audience']:,} customers of {row['audience_a']:,} and {row['audience_b']:,};"
            f" chance would give {row['expected_audience']:.2g}"
        )
    if row["why"]:
        parts.append(f"{row['type_a']} and {row['type_b']}: {row['why']}")
    return ". ".join(part[0].upper() + part[1:] for part in parts) + "."


def notes_on(
    found: Pairs, tested: int, criteria: tuple[str, ...], crowd: Audiences | None, hub: int, least: int, chosen: bool
) -> tuple[str, ...]:
    """Return the choices that pairs were found with, and the cautions a reader needs."""
    notes = [
        f"Of {tested:,} unlinked pairs{' of the types asked for' if chosen else ''} {found.sharing:,} share"
        f" {least:,} neighbours or more. Ties count without direction, type or weight, each pair once.",
        "Expected: neighbours shared if ties were made at random between actors with the degrees they have. Actors of"
        " one community share more than that without any need of an introduction.",
        f"Ranked by {', then '.join(name.replace('_', ' ') for name in criteria)}. p is adjusted over all unlinked"
        " pairs.",
    ]
    if found.hubs:
        notes.append(f"{found.hubs:,} actors with more than {hub:,} neighbours were not looked through.")
    if crowd is None and "shared_audience" in criteria:
        notes.append("Nothing says who has which customers, so shared audiences are not counted.")
    elif crowd is not None:
        notes.append(f"Chance of shared customers: lists drawn at random from {crowd.population:,} (hypergeometric).")
    notes.append("A pair without a tie here may well know each other: ties are those that somebody wrote down.")
    return tuple(notes)
