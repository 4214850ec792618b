"""Who decides on coffee in the office accounts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .chance import Chance
from .planted import Planted


def make_buying_groups(planted: Planted, chance: Chance, accounts: list[str]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return decision makers (account, role), and which account lacks an approver; some have two users.

    In a company too small to have that many accounts, the last account is the one that lacks it.
    """
    rng, part = chance.of("buying_groups"), planted["network"]
    without = min(part["missing_approver"], len(accounts) - 1)
    rows = []
    for number, account in enumerate(accounts):
        roles = [role for role in part["roles"] if not (role == "approver" and number == without)]
        if rng.random() < 0.4:
            roles.append("user")
        rows += [{"account": account, "role": role} for role in ["decider", *(r for r in roles if r != "decider")]]
    group = pd.DataFrame(rows, columns=["account", "role"])
    group["actor"] = [f"d{number:03d}" for number in range(1, len(group) + 1)]
    group["name"] = [f"{role.capitalize()} {actor}" for role, actor in zip(group["role"], group["actor"], strict=True)]
    high = group["role"].isin(["decider", "approver"]).to_numpy()
    group["power"] = np.where(high, rng.integers(7, 11, len(group)), rng.integers(2, 7, len(group)))
    missing = accounts[without] if accounts else None
    return group, {"accounts": len(accounts), "decision_makers": len(group), "account_without_approver": missing}
