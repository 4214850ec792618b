"""Who decides in each account: the roles of its buying group that we know, those we lack, and how we get in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.accounts.access import Access, find_access
from mapkit.ecosystems.accounts.contacts import ROLES, checked_roles, frame_of_actors, read_contacts
from mapkit.ecosystems.accounts.groups_result import BuyingGroups
from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.errors import OptionError, listed, nearest
from mapkit.statistics import wilson_interval


def measure_buying_groups(
    actors: Any,
    ties: Any = None,
    *,
    roles: Sequence[str] = ROLES,
    engaged: str | Iterable[str] | None = None,
    accounts: Iterable[str] | None = None,
    target: str = "decider",
    avoid: Iterable[str] = ("competitor",),
    confidence: float = 0.95,
) -> BuyingGroups:
    """Return, for each account, which roles of its buying group are covered, which are missing, and the way in.

    A role is covered when some contact of the account has it. That nobody is known for a role does not say that the
    account has nobody: it says that we do not know who.

    ``table`` columns, a row an account, those with most roles missing first:

    - ``account``, ``contacts``, ``roles_needed``, ``roles_covered``, ``of_needed``, ``missing`` (joined by "; ")
    - ``engaged_contacts``, ``roles_engaged``, ``of_needed_engaged``, ``not_engaged`` (roles covered where nobody is
      engaged); missing where nothing says who is
    - with ties: ``target`` (the contact with that role who is nearest; the id), ``steps`` from our own actors,
      ``strength`` (product of the weights along the strongest chain, 0..1), ``path`` (that chain, by ids)

    ``roles`` has ``account``, ``role``, ``contacts``, ``engaged``, ``actors``: a row for each account and role.
    ``by_role`` has ``role``, ``accounts`` (the denominator), ``covered``, ``of_accounts`` with its Wilson interval.

    Parameters
    ----------
    actors
        An actors table with ``account`` and ``role``, anything ``read_actors`` takes, or an ecosystem.
    ties
        A ties table; with an ecosystem its own ties are taken.
    engaged
        The ids of contacts who are in touch with us, or a column that says so; None takes the column ``engaged``.
    accounts
        Which accounts; None takes those with a contact. An account named here without any contact lacks every role.
    target
        The role we want to get to.
    avoid
        Types of actors that no chain goes through.

    Raises
    ------
    TableError
        The actors have no accounts or no roles.
    OptionError
        A role, an actor or a column is not known.

    Source: roles of the buying centre: Webster and Wind (1972), Journal of Marketing 36, 12-19; the initiator is a
    later addition of the textbooks, the approver of sales practice.
    """
    needed = checked_roles(roles)
    whole = _ecosystem(actors, ties)
    people = whole.actors if whole is not None else frame_of_actors(actors)
    contacts, others = read_contacts(people, needed, engaged)
    names = _accounts(contacts, accounts, needed)
    by_pair = _pairs(contacts, names, needed)
    table = _table(by_pair, contacts, names, needed)
    if whole is not None:
        table = _with_access(table, contacts, whole, target.strip().casefold(), needed, tuple(avoid))
    table = table.sort_values(["roles_covered", "account"], kind="stable", ignore_index=True)
    incomplete = int((table["roles_covered"] < len(needed)).sum())
    return BuyingGroups(
        f"{incomplete:,} of {len(table):,} buying groups lack a role",
        table,
        tuple(_notes(table, contacts, people, others, needed, whole, tuple(avoid))),
        by_pair,
        _by_role(by_pair, needed, confidence),
        confidence,
    )


def _ecosystem(actors: Any, ties: Any) -> Ecosystem | None:
    if ties is not None:
        return Ecosystem(actors.actors if isinstance(actors, Ecosystem) else actors, ties)
    return actors if isinstance(actors, Ecosystem) else None


def _accounts(contacts: pd.DataFrame, wanted: Iterable[str] | None, roles: Sequence[str]) -> list[str]:
    if wanted is None:
        names = sorted(contacts["account"].unique())
        if not names:
            raise OptionError(
                f"No actor has both an account and one of the roles {listed(roles)}. Fill in account and role, or name"
                " the roles that your actors have: roles=[...]."
            )
        return names
    if isinstance(wanted, str):
        raise OptionError(f"accounts={wanted!r} is one name. Give a list: accounts=[{wanted!r}].")
    return list(dict.fromkeys(str(name) for name in wanted))


def _pairs(contacts: pd.DataFrame, names: list[str], needed: tuple[str, ...]) -> pd.DataFrame:
    every = pd.MultiIndex.from_product([names, needed], names=["account", "role"])
    grouped = contacts.groupby(["account", "role"])
    table = pd.DataFrame(index=every)
    table["contacts"] = grouped.size().reindex(every, fill_value=0).astype("int64")
    if contacts["engaged"].notna().any():
        counts = contacts["engaged"].eq(True).groupby([contacts["account"], contacts["role"]]).sum()
        table["engaged"] = counts.reindex(every, fill_value=0).astype("Int64")
    else:
        table["engaged"] = pd.array([pd.NA] * len(every), dtype="Int64")
    table["actors"] = grouped["actor"].agg("; ".join).reindex(every, fill_value="")
    return table.reset_index()


def _table(pairs: pd.DataFrame, contacts: pd.DataFrame, names: list[str], needed: tuple[str, ...]) -> pd.DataFrame:
    has = pairs["contacts"] > 0
    live = pairs["engaged"].fillna(0) > 0
    known = pairs["engaged"].notna().any()
    by = pairs["account"]
    table = pd.DataFrame({"account": names}).set_index("account")
    people = contacts.drop_duplicates(["account", "actor"])
    table["contacts"] = people.groupby("account").size().reindex(names, fill_value=0)
    table["roles_needed"] = len(needed)
    table["roles_covered"] = has.groupby(by).sum()
    table["of_needed"] = table["roles_covered"] / len(needed)
    table["missing"] = _joined(pairs[~has], names)
    if known:
        on = people["engaged"].eq(True).groupby(people["account"]).sum()
        table["engaged_contacts"] = on.reindex(names, fill_value=0).astype("Int64")
        table["roles_engaged"] = live.groupby(by).sum().astype("Int64")
        table["of_needed_engaged"] = table["roles_engaged"].astype(float) / len(needed)
        table["not_engaged"] = _joined(pairs[has & ~live], names)
    return table.reset_index()


def _joined(pairs: pd.DataFrame, names: list[str]) -> pd.Series:
    return pairs.groupby("account")["role"].agg("; ".join).reindex(names, fill_value="")


def _with_access(
    table: pd.DataFrame,
    contacts: pd.DataFrame,
    whole: Ecosystem,
    target: str,
    needed: tuple[str, ...],
    avoid: tuple[str, ...],
) -> pd.DataFrame:
    if target not in needed:
        raise OptionError(f"target={target!r} is none of the roles {listed(needed)}.{nearest(target, needed)}")
    own = np.flatnonzero(whole.types == "own")
    if not len(own):
        return table
    access = find_access(whole, own, avoid)
    wanted = contacts[contacts["role"] == target]
    wanted = wanted.assign(code=whole.codes(wanted["actor"]))
    found = {account: _way(whole, access, group.to_numpy()) for account, group in wanted.groupby("account")["code"]}
    none = (None, None, float("nan"), "")
    columns = list(zip(*(found.get(account, none) for account in table["account"]), strict=True))
    return table.assign(
        target=pd.Series(columns[0], dtype=object),
        steps=pd.array(columns[1], dtype="Int64"),
        strength=np.array(columns[2], dtype=float),
        path=pd.Series(columns[3], dtype=object),
    )


def _way(whole: Ecosystem, access: Access, codes: np.ndarray) -> tuple[str, int | None, float, str]:
    """Return the contact that is reached in fewest steps (of equals by the strongest chain), and the way there."""
    steps = np.where(access.steps[codes] < 0, np.iinfo(int).max, access.steps[codes])
    strengths = np.nan_to_num(access.strength[codes])
    best = min(range(len(codes)), key=lambda k: (steps[k], -strengths[k]))
    code = int(codes[best])
    reached = int(access.steps[code])
    path = " > ".join(str(whole.ids[each]) for each in access.chain(code))
    return str(whole.ids[code]), reached if reached >= 0 else None, float(access.strength[code]), path


def _by_role(pairs: pd.DataFrame, needed: tuple[str, ...], confidence: float) -> pd.DataFrame:
    covered = (pairs["contacts"] > 0).groupby(pairs["role"]).sum().reindex(needed).to_numpy()
    accounts = pairs["account"].nunique()
    low, high = wilson_interval(covered, np.full(len(needed), accounts), confidence)
    return pd.DataFrame(
        {
            "role": needed,
            "accounts": accounts,
            "covered": covered,
            "of_accounts": covered / max(accounts, 1),
            "of_accounts_low": low,
            "of_accounts_high": high,
        }
    )


def _notes(
    table: pd.DataFrame,
    contacts: pd.DataFrame,
    people: pd.DataFrame,
    others: dict[str, int],
    needed: tuple[str, ...],
    whole: Ecosystem | None,
    avoid: tuple[str, ...],
) -> list[str]:
    notes = [
        f"A buying group needs {len(needed)} roles: {', '.join(needed)}. A role is covered by one known contact.",
        "Shares of an account count its own roles, all of them, so they have no interval.",
    ]
    elsewhere = set(people["account"].dropna().astype(str)) - set(table["account"])
    if elsewhere:
        notes.append(f"{len(elsewhere):,} further accounts have no contact with one of these roles and are left out.")
    if others:
        named = ", ".join(f"{name} ({count:,})" for name, count in list(others.items())[:5])
        notes.append(f"Roles that were not asked for and cover nothing: {named}.")
    if contacts["engaged"].isna().any():
        unknown = int(contacts.drop_duplicates("actor")["engaged"].isna().sum())
        notes.append(f"For {unknown:,} contacts nothing says whether they are engaged; they count as not engaged.")
    if "steps" in table:
        unreached = int((table["target"].notna() & table["steps"].isna()).sum())
        through = f", and no chain goes through a {' or '.join(avoid)}" if avoid else ""
        notes.append(
            "Steps and strength follow ties in either direction from any actor of type own; ties that oppose are not"
            f" used{through}. The fewest steps and the strongest chain need not be the same way."
        )
        weak = 0 if whole is None else int((~((whole.ties.weights > 0) & (whole.ties.weights <= 1))).sum())
        if weak:
            notes.append(
                f"{weak:,} ties have no weight above 0 and at most 1: they are steps, and no part of a strength."
            )
        if unreached:
            notes.append(f"{unreached:,} targets cannot be reached over the ties that are known.")
    elif whole is not None:
        notes.append("No actor is of type own, so there is no way in to measure.")
    return notes
