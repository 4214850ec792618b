"""Which group each actor belongs to: its type, its community, or what a column or a mapping says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.communities.communities_result import Communities
from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.errors import OptionError, listed, nearest


def groups_of(ecosystem: Ecosystem, by: Any) -> tuple[np.ndarray, str]:
    """Return each actor's group, None where it has none, and what the groups are called.

    Raises
    ------
    OptionError
        There is no such column, or nobody has a group.
    """
    if isinstance(by, Communities):
        values, name = ecosystem.actors["actor"].map(by.table.set_index("actor")["community"]), "community"
    elif isinstance(by, Mapping):
        values, name = ecosystem.actors["actor"].map(by), "the groups given"
    elif by in ecosystem.actors and by != "actor":
        values, name = ecosystem.actors[by], str(by)
    else:
        columns = [str(each) for each in ecosystem.actors if each != "actor"]
        raise OptionError(
            f"by={by!r} is no column of the actors. They have {listed(columns)}.{nearest(str(by), columns)}"
            " Or give communities, or a mapping from actors to groups."
        )
    if values.isna().all():
        raise OptionError(f"No actor has a group by {name!r}, so there are no roles between groups.")
    found = values.astype(object)
    return found.where(found.notna(), None).to_numpy(dtype=object), name


def numbered(groups: np.ndarray) -> np.ndarray:
    """Return groups as numbers, -1 for none."""
    return np.asarray(
        pd.factorize(pd.Series(groups, dtype=object).map(lambda each: None if each is None else str(each)))[0]
    )
