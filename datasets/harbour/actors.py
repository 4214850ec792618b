"""The actors of the network; all names are made of common words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .chance import Chance
from .planted import Planted

ACTOR_COLUMNS = ["actor", "name", "type", "account", "role", "power", "interest", "legitimacy", "urgency"]
ACTOR_COLUMNS += ["platform", "followers", "posts", "topics", "cost"]

_FIRST = [
    "Brass",
    "Blue",
    "Tide",
    "Salt",
    "Lantern",
    "Copper",
    "Granite",
    "Velvet",
    "Cinder",
    "Maple",
    "Quartz",
    "Ivory",
]
_SECOND = [
    "Kettle",
    "Crane",
    "Table",
    "Anchor",
    "Loft",
    "Compass",
    "Mill",
    "Garden",
    "Signal",
    "Ferry",
    "Window",
    "Barrel",
]
_KIND = {
    "customer": "Office", "partner": "Café", "competitor": "Roasters", "supplier": "Farm", "brand": "Brand",
    "platform": "Network", "media": "Gazette",
}  # fmt: skip
_PREFIX = {
    "customer": "o",
    "partner": "p",
    "competitor": "x",
    "supplier": "s",
    "brand": "b",
    "platform": "n",
    "media": "m",
}
_OWN = {
    "own_harbour": "Harbour", "own_shop": "Harbour web shop", "own_stores": "Harbour quay-side stores",
    "own_offices": "Harbour for offices", "own_roastery": "Harbour roastery",
}  # fmt: skip


def make_actors(
    planted: Planted, chance: Chance, *, influencers: pd.DataFrame, decision_makers: pd.DataFrame, accounts: list[str]
) -> pd.DataFrame:
    """Return all actors in canonical columns; ids are unique, names need not be."""
    counts = planted["network"]["actors"]
    own = pd.DataFrame({"actor": list(_OWN), "name": list(_OWN.values()), "type": "own"}).head(counts["own"])
    firms = [_firms(planted, kind, amount) for kind, amount in counts.items() if kind != "own"]
    offices = firms[[kind for kind in counts if kind != "own"].index("customer")]
    offices["account"] = (accounts + [None] * len(offices))[: len(offices)]
    parts = [own, *firms, influencers.assign(type="kol"), decision_makers.assign(type="decision_maker")]
    actors = pd.concat(parts, ignore_index=True).reindex(columns=ACTOR_COLUMNS)
    return _judged(chance, actors)


def _firms(planted: Planted, kind: str, amount: int) -> pd.DataFrame:
    """Return firms of one type; the partners include those that the planted findings name."""
    # Twelve by twelve words, each pair once: the second word runs ahead by one with every round of the first.
    names = [f"{_FIRST[n % 12]} {_SECOND[(n + n // 12) % 12]} {_KIND[kind]}" for n in range(amount)]
    ids = [f"{_PREFIX[kind]}{number:03d}" for number in range(1, amount + 1)]
    if kind == "partner":
        part = planted["network"]
        special = [part["broker"], *part["unlinked_pair"], *part["shared_label"]["actors"]]
        ids[: len(special)] = special
        names[: len(special)] = [name.removeprefix("p_").replace("_", " ").title() for name in special]
        names[3 : len(special)] = [part["shared_label"]["label"]] * 2
    return pd.DataFrame({"actor": ids, "name": names, "type": kind})


def _judged(chance: Chance, actors: pd.DataFrame) -> pd.DataFrame:
    """Return the actors with power, interest, legitimacy and urgency (0..10); a power known already stays."""
    rng = chance.of("judged")
    for column in ("power", "interest", "legitimacy", "urgency"):
        drawn = pd.Series(rng.integers(0, 11, len(actors)), index=actors.index)
        actors[column] = pd.to_numeric(actors[column]).fillna(drawn).astype(np.int64)
    for column in ("followers", "posts"):
        actors[column] = pd.to_numeric(actors[column]).astype("Int64")
    return actors
