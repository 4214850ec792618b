"""`JourneyMap.diff`: what changed between two maps, as a table and as text for a pull request."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import pandas as pd

from mapkit.maps.journey_map.change_text import as_markdown, as_text, count, shown, title_of
from mapkit.maps.journey_map.changes import Change, find_changes
from mapkit.maps.journey_map.journey_map import JourneyMap
from mapkit.statistics import Result


@dataclass(frozen=True, eq=False)
class MapDiff(Result):
    """What turns one map into another.

    ``table`` has a row for each change: part (map, stage, step, lane, cell), key (in the newer map; in the older for
    what is gone), change (added, removed, moved, renamed, changed), field, before, after, lane. What is equal is not in
    it. A step that stands elsewhere is moved, and its cells went with it.
    """

    changes: tuple[Change, ...] = field(default=(), repr=False)
    name: str = ""

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.changes)

    def __str__(self) -> str:
        return as_text(self.name, list(self.changes))

    def to_markdown(self) -> str:
        """Return the changes as Markdown, fit for a pull request; text of the maps is escaped."""
        return as_markdown(self.name, list(self.changes))


def diff_maps(before: JourneyMap, after: JourneyMap) -> MapDiff:
    """Return what changed between two maps. See :meth:`JourneyMap.diff`."""
    changes = find_changes(before, after)
    columns = ["part", "key", "change", "field", "before", "after", "lane"]
    table = pd.DataFrame([asdict(change) for change in changes], columns=columns)
    table[["before", "after"]] = table[["before", "after"]].map(lambda value: "" if value is None else shown(value))
    notes = (
        "Cells belong together by their id, then by their lane and step, then by what they say. A step is known again "
        "by its id, else by its name or events; a stage or lane by half of what it holds.",
    )
    name = title_of(before, after)
    return MapDiff(f"{name}: {count(changes)}", table, notes, tuple(changes), name)
