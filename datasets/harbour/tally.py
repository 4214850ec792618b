"""The generator's own bookkeeping: what it did, counted while it did it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from .planted import Flags, Ints


class Tally:
    """Whole-number counts under paths such as ``funnel/no_window/all/view_item``."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = defaultdict(int)

    def add(self, path: str, amount: int | np.integer[Any]) -> None:
        """Add to the count at a path."""
        self.counts[path] += int(amount)

    def add_groups(self, path: str, names: list[str], group: Ints, flags: Flags) -> None:
        """Add, for each named group, how many of its members carry the flag."""
        for name, amount in zip(names, np.bincount(group[flags], minlength=len(names)), strict=True):
            self.add(f"{path}/{name}", amount)

    def merge(self, other: Tally) -> None:
        """Add another tally's counts to this one."""
        for path, amount in other.counts.items():
            self.counts[path] += amount

    def nested(self) -> dict[str, Any]:
        """Return the counts as a tree, one level per part of the path."""
        tree: dict[str, Any] = {}
        for path, amount in self.counts.items():
            *branches, leaf = path.split("/")
            at = tree
            for branch in branches:
                at = at.setdefault(branch, {})
            at[leaf] = amount
        return tree
