"""Which format a file is in: by its ending where that says it, else by how it begins."""

from __future__ import annotations

import re
from pathlib import PurePath

from mapkit.errors import OptionError, listed, nearest, one_of
from mapkit.maps.formats import (
    cjml,
    comma_separated,
    mermaid,
    native,
    phased_actions,
    scored_stages,
    ujg,
    workbook,
    xes,
)
from mapkit.maps.formats.form import Format

FORMATS: dict[str, Format] = {
    module.FORMAT.name: module.FORMAT
    for module in (native, cjml, ujg, mermaid, xes, comma_separated, workbook, scored_stages, phased_actions)
}
"""Every format by its name."""


def format_to_write(path: PurePath, name: str | None) -> Format:
    """Return the format that a path's ending says, or the one that is named."""
    if name is not None:
        one_of(name, FORMATS, "format")
        chosen = FORMATS[name]
    else:
        # The first to have an ending is meant by it: .json is mapkit's own document.
        found = [each for each in FORMATS.values() if path.suffix.lower() in each.endings and each.write]
        if not found:
            endings = list(dict.fromkeys(end for each in FORMATS.values() if each.write for end in each.endings))
            raise OptionError(
                f"{path.name} has no ending that says how a map is written. Use one of {listed(endings, most=20)}, or "
                f"name it: format='mermaid'.{nearest(path.suffix, endings)}"
            )
        chosen = found[0]
    if chosen.write is None:
        raise OptionError(f"{chosen.title} can be read, not written. Write one of {listed(_written())}.")
    return chosen


def format_of(content: bytes, path: PurePath, name: str | None) -> Format:
    """Return the format that is named, else the one that the content shows."""
    if name is not None:
        one_of(name, FORMATS, "format")
        return FORMATS[name]
    start = content[:4000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"PK"):
        return FORMATS["excel"]
    if path.suffix.lower() == ".csv":
        return FORMATS["csv"]
    if start.startswith((b"<", b"undefined")):
        return FORMATS["xes" if re.search(rb"<(?:\w+:)?log[\s>]", start) else "cjml"]
    if start.startswith((b"{", b"[")):
        return FORMATS[_json(start)]
    if re.search(rb"^[ \t]*journey\b[^:\n]*$", content, re.MULTILINE):
        return FORMATS["mermaid"]
    if path.suffix.lower() not in (".yaml", ".yml") and re.search(rb"^[^\n]*\bstage\b[,;\t]|[,;\t]stage\b", start):
        return FORMATS["csv"]
    return FORMATS["phased-actions" if re.search(rb"^kind:", content, re.MULTILINE) else "mapkit"]


def _json(start: bytes) -> str:
    if start.startswith(b"["):
        return "scored-stages"
    return "ujg" if b"UJGDocument" in start or b'"nodes"' in start or b'"items"' in start else "mapkit"


def _written() -> list[str]:
    return [each.name for each in FORMATS.values() if each.write]
