"""The contacts of accounts: who has which role in the buying group, and who is in touch with us."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.errors import OptionError, TableError, listed, nearest

ROLES = ("initiator", "user", "influencer", "decider", "approver", "buyer", "gatekeeper")


def read_contacts(actors: pd.DataFrame, roles: Sequence[str], engaged: Any) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return a row for each contact and role: actor, account, role, engaged (True, False or None); and roles not asked.

    A cell may name several roles, separated by | or ;. Actors without an account or a role are no contacts.

    Raises
    ------
    TableError
        The actors have no column account or role.
    OptionError
        ``engaged`` names a column or an actor that is not there.
    """
    for name in ("account", "role"):
        if name not in actors:
            raise TableError(
                f"The actors have no column {name!r}, which a buying group needs. They have"
                f" {listed(actors.columns)}. Give each contact its account and its role."
            )
    known = actors[actors["account"].notna() & actors["role"].notna()]
    frame = pd.DataFrame(
        {
            "actor": known["actor"].to_numpy(object),
            "account": known["account"].astype(str).str.strip().to_numpy(object),
            "role": [_roles_in(cell) for cell in known["role"]],
            "engaged": _engaged(actors, engaged).loc[known.index].to_numpy(object),
        }
    )
    rows = frame.explode("role", ignore_index=True).dropna(subset=["role"])
    asked = rows["role"].isin(roles)
    others = rows.loc[~asked, "role"].value_counts().to_dict()
    return rows[asked].reset_index(drop=True), {str(name): int(count) for name, count in others.items()}


def frame_of_actors(actors: Any) -> pd.DataFrame:
    """Return the actors of an ecosystem, a table or a frame, a row each."""
    if isinstance(actors, Ecosystem):
        return actors.actors
    return Ecosystem(actors, pd.DataFrame({"source": pd.Series(dtype=str), "target": pd.Series(dtype=str)})).actors


def checked_roles(roles: Iterable[str]) -> tuple[str, ...]:
    """Return the roles asked for, in lower case and once each. Raises OptionError where there are none."""
    if isinstance(roles, str):
        raise OptionError(f"roles={roles!r} is one name. Give a list: roles=[{roles!r}].")
    names = tuple(dict.fromkeys(str(role).strip().casefold() for role in roles))
    if not names:
        raise OptionError(f"roles is empty. Name the roles a buying group needs, such as {listed(ROLES)}.")
    return names


def _roles_in(cell: Any) -> list[str]:
    return list(dict.fromkeys(part.strip().casefold() for part in re.split(r"[|;]", str(cell)) if part.strip()))


def _engaged(actors: pd.DataFrame, engaged: Any) -> pd.Series:
    """Return whether each actor is engaged; None where nothing says so."""
    if engaged is None and "engaged" not in actors:
        return pd.Series(None, index=actors.index, dtype=object)
    if engaged is None or isinstance(engaged, str):
        name = engaged or "engaged"
        if name not in actors:
            raise OptionError(
                f"engaged={name!r}: the actors have no such column.{nearest(name, actors.columns)} Name a column that"
                " says yes or no, or give a set of actors' ids."
            )
        return actors[name].map(_as_flag).astype(object)
    wanted = {str(each) for each in engaged}
    strangers = sorted(wanted - set(actors["actor"]))
    if strangers:
        raise OptionError(
            f"{len(strangers):,} engaged actors are not among the actors: {listed(strangers, most=5)}."
            f"{nearest(strangers[0], actors['actor'])} Actors are named by their id."
        )
    return actors["actor"].isin(wanted).astype(object)


def _as_flag(value: Any) -> bool | None:
    if value is None or value != value or value is pd.NA:
        return None
    if isinstance(value, bool | np.bool_ | int | float | np.number):
        return bool(value)
    text = str(value).strip().casefold()
    return True if text in ("yes", "true", "1", "y") else False if text in ("no", "false", "0", "n") else None
