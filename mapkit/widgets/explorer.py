"""What the explorers share: settings that are followed, an answer to them, its picture or the words in its place."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets

from mapkit.errors import MapkitError
from mapkit.plots import describe, render_picture
from mapkit.statistics import Result
from mapkit.widgets.canvas import Canvas

# 7.5 inches of paper shown 720 pixels wide, at two dots a pixel.
WIDE = 720
_DPI = 192


class Explorer(Canvas):
    """Settings, and an answer that follows them; a kind of explorer says in ``_follow`` how."""

    _settings: ClassVar[tuple[str, ...]] = ()

    # What the page shows: the settings that the answer is for, and the answer.
    shown = traitlets.Dict().tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)
    notes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    code = traitlets.Unicode("").tag(sync=True)

    _following = False

    @property
    def options(self) -> dict[str, Any]:
        """The settings now, by name."""
        return {
            name: list(value) if isinstance(value := getattr(self, name), list) else value for name in self._settings
        }

    def _begin(self) -> None:
        self._follow()
        self.observe(self._changed, list(self._settings))

    def _changed(self, change: Any) -> None:
        # Several traits in one message are all set before the first is announced: one answer serves them all.
        if not self._following and self.shown != self.options:
            self._follow()

    def _follow(self) -> None:
        raise NotImplementedError


class PictureExplorer(Explorer):
    """An explorer whose answer is one picture."""

    picture = traitlets.Bytes(b"").tag(sync=True)

    def _drawn(self, found: Result | MapkitError | None, **options: Any) -> tuple[bytes, MapkitError | None]:
        """Return an answer's picture, or why there is none; no answer is no fault."""
        if not isinstance(found, Result):
            return b"", found
        try:
            return render_picture(found, dpi=_DPI, **options), None
        except MapkitError as fault:
            return b"", fault

    def _show(self, found: Result | MapkitError | None, picture: bytes, fault: MapkitError | None, code: str) -> None:
        with self.hold_sync():
            self.picture = picture
            self.alt = describe(found) if picture and isinstance(found, Result) else ""
            self.notes = list(found.notes) if fault is None and isinstance(found, Result) else []
            self.message = "" if fault is None else str(fault)
            self.code = code
            self.shown = self.options

    def _still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return ({"image/png": self.picture}, {"image/png": {"width": WIDE}}) if self.picture else ({}, {})
