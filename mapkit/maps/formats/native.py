"""mapkit's own document of a map, YAML or JSON: what the other formats are converted from and to."""

from __future__ import annotations

from mapkit.documents import to_yaml
from mapkit.documents.writing import document_text
from mapkit.maps.formats.form import Format, Read, decoded
from mapkit.maps.formats.losses import Keeps
from mapkit.maps.journey_map import JourneyMap

TABLE = (("everything", "the same, by the same names"),)


def _keeps(journey_map: JourneyMap) -> Keeps:
    return Keeps("mapkit's own document")


def _write(journey_map: JourneyMap, name: str) -> bytes:
    if name.lower().endswith(".json"):
        return document_text(journey_map.to_dict(), "json").encode()
    return to_yaml(journey_map.to_dict()).encode()


def _read(content: bytes, name: str) -> Read:
    text = decoded(content, name)
    journey_map = JourneyMap.from_yaml(text, name=name, form="json" if name.lower().endswith(".json") else "yaml")
    return Read(journey_map.to_dict(), [])


FORMAT = Format("mapkit", "mapkit's own document", (".yaml", ".yml", ".json"), TABLE, _read, _write, _keeps)
