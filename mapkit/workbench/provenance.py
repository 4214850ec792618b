"""What only the kernel knows at the end of a notebook: how its tables were read, and what its pictures show."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mapkit.errors import MapkitError

MIME_TYPE = "application/vnd.mapkit.provenance+json"
QUESTION = "from mapkit.workbench.provenance import tell as _tell\n_tell(globals())"
"""The code that a run puts after a notebook's last cell; its answer is taken out again."""


@dataclass(frozen=True)
class Provenance:
    """``tables``: the name, source and intake of each table that was read. ``pictures``: cell count -> alt text."""

    tables: list[dict[str, str]]
    pictures: dict[str, str]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": "", MIME_TYPE: {"tables": self.tables, "pictures": self.pictures}}


def tell(namespace: Mapping[str, Any]) -> Provenance:
    """Return the provenance of a notebook from its global names. Nothing is imported that it has not used."""
    return Provenance(_tables(namespace), _pictures(namespace.get("Out") or {}))


def _tables(namespace: Mapping[str, Any]) -> list[dict[str, str]]:
    tables = sys.modules.get("mapkit.tables")
    if tables is None:
        return []
    told: dict[int, dict[str, str]] = {}
    for name, value in namespace.items():
        if isinstance(value, tables.Table) and value.intake is not None and not name.startswith("_"):
            # Tables derived from one reading share its intake: it is told once, under the first name.
            told.setdefault(
                id(value.intake), {"name": name, "source": value.intake.source, "rows": _rows(value.intake)}
            )
    return list(told.values())


def _rows(intake: Any) -> str:
    try:
        return str(intake)
    except MapkitError as unreadable:
        return f"not counted: {unreadable}"


def _pictures(shown: Mapping[int, Any]) -> dict[str, str]:
    plots = sys.modules.get("mapkit.plots.plot")
    axes = sys.modules.get("matplotlib.axes")
    if plots is None or axes is None:
        return {}
    drawn = {str(count): plots.alt_text(value) for count, value in shown.items() if isinstance(value, axes.Axes)}
    return {count: text for count, text in drawn.items() if text}
