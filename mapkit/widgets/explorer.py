"""What the explorers share: settings that are followed, an answer to them, its picture or the words in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import traitlets

from mapkit.errors import MapkitError
from mapkit.plots import describe, render_picture
from mapkit.statistics import Result
from mapkit.widgets.canvas import Canvas

# 7.5 inches of paper shown 720 pixels wide, at two dots a pixel.
_WIDE = 720
_DPI = 192


class Explorer(Canvas):
    """Settings, and an answer that follows them; a kind of explorer says in ``_follow`` how."""

    # The settings that an answer is for, and those that only choose what of it is shown.
    _settings: ClassVar[tuple[str, ...]] = ()
    _views: ClassVar[tuple[str, ...]] = ()

    # What the page shows: the settings that the answer is for, and the answer.
    shown = traitlets.Dict().tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)
    notes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    code = traitlets.Unicode("").tag(sync=True)

    _following = False

    def __init__(self, **traits: Any) -> None:
        self._known: dict[str, tuple[Any, Any]] = {}
        super().__init__(**traits)

    @property
    def options(self) -> dict[str, Any]:
        """The settings now, by name."""
        return self._values((*self._settings, *self._views))

    @property
    def _question(self) -> dict[str, Any]:
        return self._values(self._settings)

    def _values(self, names: tuple[str, ...]) -> dict[str, Any]:
        return {name: list(value) if isinstance(value := getattr(self, name), list) else value for name in names}

    def _begin(self) -> None:
        self._follow()
        self.observe(self._changed, list(self._settings))

    def _changed(self, change: Any) -> None:
        # Several traits in one message are all set before the first is announced: one answer serves them all.
        if not self._following and self.shown != self._question:
            self._follow()

    def _follow(self) -> None:
        raise NotImplementedError

    def _once(self, name: str, key: Any, measure: Callable[[], Any]) -> Any:
        """Return what was measured last under this name, or measure it where it was for another key."""
        if name not in self._known or self._known[name][0] != key:
            self._known[name] = (key, measure())
        return self._known[name][1]


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
            self.shown = self._question

    def _still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return on_paper(self.picture) if self.picture else ({}, {})


def still_of(found: Any, *, dpi: int = _DPI, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the picture of an answer as the still twin of a widget."""
    return on_paper(render_picture(found, dpi=dpi, **options))


def on_paper(picture: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a picture as the still twin of a widget, with the width it is shown at."""
    return {"image/png": picture}, {"image/png": {"width": _WIDE}}
