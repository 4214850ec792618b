"""The file behind an editor: saved, looked at, and never written over what somebody else did."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from mapkit.errors import DocumentError
from mapkit.maps.journey_map import JourneyMap, MapFile

_MOST_COPIES = 1_000


@dataclass(frozen=True)
class Saving:
    """Where a map is saved: its file (None while it has none), the map as it was last saved, and what came of it.

    ``outcome`` is "" (nothing yet), "saved", "reloaded", "changed" (somebody else changed the file), "exists" (the name
    is taken by another file) or "failed"; ``text`` says it in words.
    """

    file: MapFile | None
    kept: JourneyMap | None
    outcome: str = ""
    text: str = ""

    @classmethod
    def of(cls, given: JourneyMap | str | Path) -> tuple[JourneyMap, Saving]:
        """Return the map that is given, or that of the file that is named, and where it is saved."""
        if isinstance(given, JourneyMap):
            return given, cls(None, None)
        file = MapFile.open(given)
        return file.map, cls(file, file.map)

    def saved(self, journey_map: JourneyMap, path: Path) -> Saving:
        """Return the saving after the map was written to ``path``: into its file, or into a new one."""
        if self.file is not None and path == self.file.path:
            return self._into_file(self.file, journey_map)
        try:
            file = MapFile.create(path, journey_map)
        except DocumentError as fault:
            return replace(self, outcome="exists" if path.exists() else "failed", text=str(fault))
        return Saving(file, journey_map, "saved", f"Saved as {path}.")

    def copied(self, journey_map: JourneyMap) -> Saving:
        """Return the saving after the map was written beside its file, under a name that is free."""
        beside = self.file.path if self.file is not None else Path(file_name(journey_map.title))
        for number in range(1, _MOST_COPIES):
            path = beside.with_stem(f"{beside.stem}-copy" + (f"-{number}" if number > 1 else ""))
            if not path.exists():
                return self.saved(journey_map, path)
        return replace(self, outcome="failed", text=f"{beside.parent} has too many copies of {beside.name}.")

    def looked(self) -> Saving:
        """Return the saving after a look at the file: whether somebody else changed it."""
        if self.file is None or not self.file.changed_on_disk():
            return replace(self, outcome="", text="") if self.outcome == "changed" else self
        gone = "is gone" if not self.file.path.exists() else "was changed by somebody else"
        return replace(self, outcome="changed", text=f"{self.file.path} {gone} since it was opened here.")

    def reloaded(self) -> tuple[JourneyMap, Saving]:
        """Return the map that the file holds now, and the saving. Raises DocumentError where it holds none."""
        if self.file is None:
            raise DocumentError("This map has no file yet. Save it first.")
        file = self.file.reload()
        return file.map, Saving(file, file.map, "reloaded", f"Reloaded from {file.path}.")

    def path(self) -> Path:
        """Return the path of the file. Raises DocumentError where saving did not come to a file, and says why."""
        if self.file is None or self.outcome != "saved":
            raise DocumentError(f"{self.text} Reload it, or save a copy." if self.outcome == "changed" else self.text)
        return self.file.path

    def _into_file(self, file: MapFile, journey_map: JourneyMap) -> Saving:
        try:
            return Saving(file.save(journey_map), journey_map, "saved", f"Saved to {file.path}.")
        except DocumentError as fault:
            looked = self.looked()
            return looked if looked.outcome == "changed" else replace(self, outcome="failed", text=str(fault))


def file_name(title: str) -> str:
    """Return a file's name for a map of this title.

    >>> file_name("The <daily> cup")
    'the_daily_cup.yaml'
    """
    return f"{re.sub(r'[^a-zA-Z0-9]+', '_', title).strip('_').lower()[:60] or 'journey_map'}.yaml"
