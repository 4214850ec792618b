"""Who follows whom: audiences as lists of members, each member once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import TableError, listed, nearest
from mapkit.tables.beside import frame_of


def members_of(audiences: Any) -> pd.DataFrame:
    """Return ``actor`` and ``member``, each pair once, as text. Rows without either are left out.

    ``audiences`` is a frame with ``actor`` and ``member`` (an id of a follower), or a mapping of actors to members.

    Raises
    ------
    TableError
        A column is missing, or nobody is left.
    """
    if isinstance(audiences, dict):
        rows = [(actor, member) for actor, members in audiences.items() for member in members]
        frame = pd.DataFrame(rows, columns=["actor", "member"])
    else:
        frame = frame_of(audiences, "The audiences")
    for name in ("actor", "member"):
        if name not in frame:
            raise TableError(
                f"The audiences have no column {name!r}. They have {listed(frame.columns)}."
                f"{nearest(name, map(str, frame.columns))} Give a row for each actor and member of its audience."
            )
    frame = frame.loc[frame["actor"].notna() & frame["member"].notna(), ["actor", "member"]].astype(str)
    if frame.empty:
        raise TableError("The audiences have no row with an actor and a member.")
    return frame.drop_duplicates(ignore_index=True)


def own_share(actors: pd.Series, audiences: Any) -> np.ndarray:
    """Return the share of each actor's audience that is its own, a member of k audiences counting 1/k in each.

    NaN for an actor whose members are not known.
    """
    members = members_of(audiences)
    members = members[members["actor"].isin(actors)]
    each = 1.0 / members["member"].map(members["member"].value_counts())
    shares = each.groupby(members["actor"]).mean()
    return shares.reindex(actors.to_numpy()).to_numpy(dtype=float)
