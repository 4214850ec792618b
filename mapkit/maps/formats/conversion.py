"""A map written to another format and read from one, with the list of what was lost on the way."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mapkit.documents import check_document, packaged_schema, write_whole
from mapkit.documents.parsing import Parsed
from mapkit.documents.reading import LARGEST_BYTES
from mapkit.errors import DocumentError, nearest, one_of
from mapkit.maps.formats.choosing import format_of, format_to_write
from mapkit.maps.formats.form import Format
from mapkit.maps.formats.leftovers import counted
from mapkit.maps.formats.losses import Keeps, Loss, losses_between, table_of
from mapkit.maps.journey_map import JourneyMap

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Conversion:
    """A map on its way through a file: the path, the format, the map as the file holds it, and what was lost.

    ``losses`` has a row for each field that is gone or different: where (a cell's key, "step search", "map"), field,
    lost, became (nothing where it is gone), why. Of a cell that is gone whole, the field is "cell". ``lost`` has the
    same with the values themselves, which the frame cuts after 200 characters.
    """

    path: Path
    format: str
    map: JourneyMap
    lost: tuple[Loss, ...] = field(repr=False)
    direction: Literal["written", "read"] = "written"

    @property
    def losses(self) -> pd.DataFrame:
        """Return what was lost: where, field, lost, became, why."""
        return table_of(self.lost)

    def __str__(self) -> str:
        if not self.lost:
            return f"{self.path.name} ({self.format}) {self.direction}: nothing is lost."
        told = "is" if len(self.lost) == 1 else "are"
        lost = counted(len(self.lost), "thing")
        head = f"{self.path.name} ({self.format}) {self.direction}: {lost} {told} not as before."
        return f"{head}\n\n{self.losses.to_string(index=False, na_rep='', max_rows=40, max_colwidth=60)}"

    def _repr_html_(self) -> str:
        head = html.escape(str(self).split("\n", 1)[0])
        if not self.lost:
            return f"<p>{head}</p>"
        return f"<p>{head}</p>{self.losses.to_html(index=False, escape=True, border=0, na_rep='')}"


def write_map(
    journey_map: JourneyMap,
    path: str | Path,
    *,
    format: str | None = None,
    existing: Literal["refuse", "replace"] = "refuse",
) -> Conversion:
    """Write a map in another format, and return what that format could not hold.

    What was written is read back and compared with the map, field by field: the losses are those of the file itself.

    Parameters
    ----------
    journey_map
        The map.
    path
        Where to. The ending says the format: ``.yaml`` and ``.json`` (mapkit's own), ``.cjml`` and ``.xml`` (CJML 2.0),
        ``.jsonld`` (UJG), ``.mmd`` and ``.md`` (Mermaid), ``.xes``, ``.csv``, ``.xlsx``.
    format
        The format by its name, where the ending does not say it: ``mapkit``, ``cjml``, ``ujg``, ``mermaid``, ``xes``,
        ``csv``, ``excel``.
    existing
        Whether a file that is there is left alone or replaced.

    Raises
    ------
    OptionError
        The format is not known, or is one that can only be read.
    DocumentError
        The map does not fit its schema, the format cannot hold a character of it, the file exists or cannot be written.
    """
    one_of(existing, ("refuse", "replace"), "existing")
    target = Path(path)
    chosen = format_to_write(target, format)
    original = _fitting(journey_map.to_dict(), "the map")
    _refuse_half_characters(original.to_dict())
    assert chosen.write is not None
    content = chosen.write(original, target.name)
    if len(content) > LARGEST_BYTES:
        raise DocumentError(f"{target.name} would have {len(content):,} bytes, more than {LARGEST_BYTES:,}. Split it.")
    returned = _fitting(chosen.read(content, target.name).document, target.name)
    keeps = chosen.keeps(original) if chosen.keeps else Keeps(chosen.title)
    if _frame_of(returned) != _frame_of(original):
        raise DocumentError(
            f"{chosen.title} cannot hold a name of a stage or step of the map as it is (too long, or a line break that "
            "it writes otherwise). Rename it, or write another format."
        )
    lost = losses_between(original, returned, keeps)
    _put(content, target, existing)
    return Conversion(target, chosen.name, returned, tuple(lost))


def read_map(path: str | Path, *, format: str | None = None) -> Conversion:
    """Return the map of a file in any format that is known, and what else was in the file.

    Besides the formats of :func:`write_map`, JSON lists of scored stages (``scored-stages``) and YAML journeys of
    phases and actions (``phased-actions``) are read. Emotions come out on the map's scale, -2 to 2.

    Raises
    ------
    OptionError
        The format is not known.
    DocumentError
        Naming file and place: missing, too large, of another format, or what it says is no journey map.
    """
    source = Path(path)
    content = _content(source)
    chosen = format_of(content, source, format)
    read = chosen.read(content, source.name)
    return Conversion(source, chosen.name, _read_fitting(read.document, source, chosen), tuple(read.losses), "read")


def _read_fitting(document: dict[str, Any], source: Path, chosen: Format) -> JourneyMap:
    # mapkit's own reader gives lines, which a widget needs to show where a fault is.
    return JourneyMap.read(source) if chosen.name == "mapkit" and source.suffix else _fitting(document, source.name)


def _fitting(document: dict[str, Any], name: str) -> JourneyMap:
    check_document(
        Parsed(document, name, {}, {}), packaged_schema("mapkit.maps.journey_map", "journey_map.schema.json")
    )
    return JourneyMap.from_dict(document)


def _frame_of(journey_map: JourneyMap) -> list[tuple[str, list[str]]]:
    return [(stage.name, [step.id for step in stage.steps]) for stage in journey_map.stages]


def _refuse_half_characters(document: dict[str, Any]) -> None:
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError as fault:
        raise DocumentError(f"A file cannot hold {fault.object[fault.start]!r}, half a character.") from None


def _put(content: bytes, target: Path, existing: str) -> None:
    if existing == "refuse" and target.exists():
        raise DocumentError(f"{target} exists already. Name a new file, or pass existing='replace'.")
    try:
        write_whole(content, target)
    except OSError as fault:
        raise DocumentError(f"{target} cannot be written: {fault.strerror}.") from None


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise DocumentError(f"{path} has {path.stat().st_size:,} bytes, more than {LARGEST_BYTES:,}. Split it.")
        return path.read_bytes()
    except FileNotFoundError:
        there = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        raise DocumentError(f"There is no file {path}.{nearest(path.name, there)}") from None
    except OSError as fault:
        raise DocumentError(f"{path} cannot be read: {fault.strerror}.") from None
