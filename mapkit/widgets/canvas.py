"""What the widgets share: their script and style from files, a check of keywords, a twin for pages without a kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget

from mapkit.errors import OptionError, listed, nearest

STATIC = Path(__file__).parent / "static"
_LAYOUT = ("layout",)


class Canvas(anywidget.AnyWidget):
    """A widget drawn by one script of its own, with a still twin for readers without a kernel."""

    def _still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the widget as it is now in kinds that need no script (``text/html``, ``image/png``), and metadata."""
        return {}, {}

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        if bundle is None:
            return None
        live, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        still, about = self._still()
        return {**still, **live, "text/plain": type(self).__name__}, {**metadata, **about}


def page(name: str, *more: str) -> str:
    """Return a widget's script or style sheet, with what all canvases share, and what ``more`` share, in front of it.

    As text: given a path, anywidget watches the file for every widget there ever was, and none of them is let go.
    """
    files = (f"canvas{Path(name).suffix}", *more, name)
    return "".join((STATIC / file).read_text(encoding="utf-8") for file in files)


def check_keywords(widget: str, given: dict[str, Any], known: tuple[str, ...]) -> None:
    """Raise :class:`OptionError` for a keyword the widget does not have; the message names the nearest."""
    for name in given:
        if name not in (*known, *_LAYOUT):
            raise OptionError(f"{widget} has no option {name!r}. It has {listed(known)}.{nearest(name, known)}")
