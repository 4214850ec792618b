"""A journey map's file: edited without losing its comments, and never written over what somebody else did."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from mapkit.documents import alone_with, form_of, revise, text_of, write_text
from mapkit.errors import DocumentError
from mapkit.maps.journey_map.journey_map import JourneyMap


@dataclass(frozen=True)
class MapFile:
    """A file as it was when it was opened: its path, its map, and a hash of what it held.

    It never changes: :meth:`save` and :meth:`reload` return the file as it is afterwards.

    >>> file = MapFile.open("map.yaml")                                             # doctest: +SKIP
    >>> file = file.save(file.map.with_cell("owner", Cell("purchase", owner="web")))  # doctest: +SKIP
    """

    path: Path
    map: JourneyMap
    hash: str
    text: str = field(repr=False)

    @classmethod
    def open(cls, path: str | Path) -> MapFile:
        """Return the file as it is now. Raises DocumentError with file and line of what does not fit."""
        text = text_of(Path(path))
        return cls(Path(path), _map_in(text, Path(path)), _hash(text), text)

    @classmethod
    def create(cls, path: str | Path, journey_map: JourneyMap) -> MapFile:
        """Write a map to a new file and return that file. Raises DocumentError where one exists."""
        return cls.open(journey_map.write(path))

    def changed_on_disk(self) -> bool:
        """Say whether the file is another one, or gone, since it was opened."""
        try:
            return _hash(text_of(self.path)) != self.hash
        except DocumentError:
            return True

    def reload(self) -> MapFile:
        """Return the file as it is now."""
        return MapFile.open(self.path)

    def save(self, journey_map: JourneyMap) -> MapFile:
        """Write the map into the file and return the file as it is then.

        Lines of what did not change stay as they were written, with their comments.

        Raises
        ------
        DocumentError
            The file changed since it was opened: nothing is written. Reload it, or write the map to another file.
        """
        with alone_with(self.path):
            if self.changed_on_disk():
                raise DocumentError(
                    f"{self.path} changed on disk since it was opened, so it is not overwritten. Reload it and make "
                    "the change again, or write the map to another file."
                )
            text = _revised(self.text, journey_map, self.path)
            if text != self.text:
                # Through a link, to the file itself.
                write_text(text, self.path.resolve())
        return MapFile(self.path, _map_in(text, self.path), _hash(text), text)


def _map_in(text: str, path: Path) -> JourneyMap:
    return JourneyMap.from_yaml(text, name=path.name, form=form_of(path))


def _revised(text: str, journey_map: JourneyMap, path: Path) -> str:
    return revise(text, journey_map.to_dict(), normal=JourneyMap.normal, name=path.name, form=form_of(path))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
