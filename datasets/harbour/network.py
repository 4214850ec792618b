"""The stakeholder network: typed actors in four communities, ties between them, and three planted findings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from . import clock
from .actors import ACTOR_COLUMNS, make_actors
from .buying_groups import make_buying_groups
from .chance import Chance
from .planted import Planted

_COMMUNITY = {
    "trade": ["own", "supplier", "competitor", "brand"],
    "offices": ["customer", "decision_maker"],
    "town": ["partner"],
    "public": ["media", "platform", "kol"],
}
_TIE_TYPES = {"trade": "supplies", "offices": "advises", "town": "works_with", "public": "mentions"}
_UNDIRECTED = frozenset({"works_with", "competes_with"})
_FILL = {"trade": 0.33, "offices": 0.26, "town": 0.11, "public": 0.30}  # shares of the ties drawn at random
_EVIDENCE = ["contract", "interview", "public post", "invoice", "trade directory"]
_TIE_COLUMNS = ["source", "target", "type", "weight", "sign", "directed", "time", "evidence"]

_Tie = tuple[str, str, str]


def make_network(
    planted: Planted, chance: Chance, *, influencers: pd.DataFrame, accounts: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Return the canonical actors and ties tables, and where the planted findings are."""
    accounts = list(dict.fromkeys(accounts))[: planted["network"]["accounts"]]
    groups, facts = make_buying_groups(planted, chance, accounts)
    actors = make_actors(planted, chance, influencers=influencers, decision_makers=groups, accounts=accounts)
    members = {name: actors.loc[actors["type"].isin(types), "actor"].tolist() for name, types in _COMMUNITY.items()}
    ties = _structure(planted, chance, actors, members)
    ties += _filling(planted, chance, members, planted["network"]["ties"] - len(ties), set(ties))
    table = _ties_table(chance, ties, dict(zip(actors["actor"], actors["type"], strict=True)))
    facts |= {"actors": len(actors), "ties": len(table), "self_ties": int((table["source"] == table["target"]).sum())}
    facts["communities"] = {name: len(names) for name, names in members.items()}
    return actors[ACTOR_COLUMNS], table, facts


def _structure(planted: Planted, chance: Chance, actors: pd.DataFrame, members: dict[str, list[str]]) -> list[_Tie]:
    """Return the ties that must be there: buying groups, platforms, the broker's bridges, the pair's neighbours."""
    rng, part = chance.of("structure"), planted["network"]
    ties: list[_Tie] = []
    firms = actors[actors["type"] == "customer"].dropna(subset="account").set_index("account")["actor"]
    people = actors[actors["type"] == "decision_maker"]
    for account, group in people.groupby("account", sort=False):
        names = group["actor"].tolist()
        ties += [(firms[account], name, "employs") for name in names]
        ties += [(name, names[0], "reports_to") for name in names[1:]]
    platforms = actors.loc[actors["type"] == "platform", "actor"].tolist()
    for number, kol in enumerate(actors.loc[actors["type"] == "kol", "actor"]):
        ties.append((kol, platforms[number % len(platforms)], "publishes_on"))
    for name, names in members.items():
        others = [actor for actor in names if actor not in {part["broker"], *part["unlinked_pair"]}]
        ties += [(part["broker"], str(other), "works_with") for other in rng.choice(others, 14, replace=False)]
        for other in rng.choice(others, 2, replace=False):
            ties.append(
                ("own_harbour", str(other), "works_with")
                if name != "trade"
                else ("own_harbour", str(other), "supplies")
            )
    common = [actor for actor in members["town"] if actor not in {part["broker"], *part["unlinked_pair"]}]
    for shared in rng.choice(common, 16, replace=False):
        ties += [(one, str(shared), "works_with") for one in part["unlinked_pair"]]
    for one in rng.choice(members["public"], 3, replace=False):
        ties.append((str(one), str(one), "mentions"))
    return ties


def _filling(
    planted: Planted, chance: Chance, members: dict[str, list[str]], amount: int, taken: set[_Tie]
) -> list[_Tie]:
    """Draw ties within each community; some actors are livelier than others. A few pairs have two ties."""
    part = planted["network"]
    closed = {part["broker"], *part["unlinked_pair"]}
    ties: list[_Tie] = []
    for number, (name, share) in enumerate(_FILL.items()):
        rng = chance.of(f"filling/{name}")
        wanted = amount - len(ties) if number == len(_FILL) - 1 else round(amount * share)
        names = [actor for actor in members[name] if actor not in closed]
        lively = rng.gamma(1.5, 1, len(names)) + 0.2
        pairs = rng.choice(len(names), (wanted, 2), p=lively / lively.sum())
        pairs[:, 1] = np.where(pairs[:, 0] == pairs[:, 1], (pairs[:, 1] + 1) % len(names), pairs[:, 1])
        ties += [(names[a], names[b], _TIE_TYPES[name]) for a, b in pairs]
    return ties


def _ties_table(chance: Chance, ties: list[_Tie], types: dict[str, str]) -> pd.DataFrame:
    rng, size = chance.of("ties"), len(ties)
    table = pd.DataFrame(ties, columns=["source", "target", "type"])
    rivals = (table["source"].map(types) == "competitor") & table["target"].map(types).isin(
        ["own", "brand", "competitor"]
    )
    table.loc[rivals, "type"] = "competes_with"
    critical = (table["type"] == "mentions").to_numpy() & (rng.random(size) < 0.12)
    table["weight"] = np.round(0.05 + 0.95 * rng.beta(2, 3, size), 3)
    table["sign"] = np.where(rivals.to_numpy() | critical, -1, 1)
    table["directed"] = ~table["type"].isin(_UNDIRECTED)
    day = clock.START // clock.DAY + rng.integers(0, clock.DAYS, size)
    table["time"] = pd.to_datetime(day, unit="D").strftime("%Y-%m-%d")
    table["evidence"] = np.array(_EVIDENCE)[rng.integers(0, len(_EVIDENCE), size)]
    return table.sort_values(["time", "source", "target"], kind="stable", ignore_index=True)[_TIE_COLUMNS]
