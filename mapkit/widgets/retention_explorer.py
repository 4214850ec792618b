"""Retention to play with: period, kind, what opens a cohort, what counts as coming back, split and form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets

from mapkit.errors import MapkitError, OptionError
from mapkit.journeys.retention import Retention, measure_retention
from mapkit.loaders import read_events
from mapkit.plots import describe, render_picture
from mapkit.widgets.canvas import STATIC, Canvas, check_keywords, page
from mapkit.widgets.prepared import choices_of, prepare

# 7.5 inches of paper shown 720 pixels wide, at two dots a pixel.
_DPI = 192
_WIDE = 720
_SETTINGS = ("period", "kind", "anchor", "first", "target", "by", "form")
_USUAL: dict[str, Any] = {
    "period": "week",
    "kind": "classic",
    "anchor": "calendar",
    "first": [],
    "target": [],
    "by": None,
    "form": "",
}
_CODE_WIDTH = 88


class RetentionExplorer(Canvas):
    """Retention of these events that follows the controls, and the code that measures the same.

    The events are held in memory once, so that an answer takes a fraction of a second (logs of more than 5 million rows
    and remote tables are asked where they lie). What cannot be measured is said in words in the place of the picture.
    Every setting is a trait that Python can set as well.

    Parameters
    ----------
    events
        An events table, or anything ``read_events`` takes.
    period, kind, anchor, by
        As in ``measure_retention``.
    first, target
        A name or a list of names, of events or of stages that ``map_stages`` gave the table; any event unless given.
    form
        "triangle" or "curves"; unless given, a triangle without a split and curves with one.

    Raises
    ------
    OptionError
        An option the explorer does not have, or one of the wrong kind.
    """

    _esm = page("retention_explorer.js", "explorer.js")
    _css = page("funnel_explorer.css") + (STATIC / "retention_explorer.css").read_text(encoding="utf-8")

    period = traitlets.Unicode("week").tag(sync=True)
    kind = traitlets.Unicode("classic").tag(sync=True)
    anchor = traitlets.Unicode("calendar").tag(sync=True)
    first = traitlets.List(traitlets.Unicode()).tag(sync=True)
    target = traitlets.List(traitlets.Unicode()).tag(sync=True)
    by = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    form = traitlets.Unicode("").tag(sync=True)

    # What can be chosen: [kind, name, rows] of stages and events, and names of columns.
    choices = traitlets.List(traitlets.List()).tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)

    # What the page shows: the settings that the answer is for, and the answer.
    shown = traitlets.Dict().tag(sync=True)
    picture = traitlets.Bytes(b"").tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)
    notes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    code = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        events: Any,
        *,
        period: str = "week",
        kind: str = "classic",
        anchor: str = "calendar",
        first: str | Sequence[str] | None = None,
        target: str | Sequence[str] | None = None,
        by: str | None = None,
        form: str | None = None,
        **more: Any,
    ) -> None:
        check_keywords("RetentionExplorer", more, _SETTINGS)
        self._log = prepare(read_events(events))
        self._result: Retention | MapkitError
        self._measured: tuple[dict[str, Any], Retention | MapkitError] | None = None
        super().__init__(
            period=period,
            kind=kind,
            anchor=anchor,
            first=_names(first, "first"),
            target=_names(target, "target"),
            by=by,
            form=form or "",
            choices=choices_of(self._log.events, self._log.names),
            columns=list(self._log.columns),
            **more,
        )
        self._follow()
        self.observe(self._changed, list(_SETTINGS))

    @property
    def options(self) -> dict[str, Any]:
        """The settings now: period, kind, anchor, first, target, by, form."""
        return {name: list(value) if isinstance(value := getattr(self, name), list) else value for name in _SETTINGS}

    @property
    def result(self) -> Retention:
        """The retention of the settings now. Raises the MapkitError that is shown in its place when there is none."""
        if isinstance(self._result, MapkitError):
            raise self._result
        return self._result

    def _changed(self, change: Any) -> None:
        # Several traits in one message are all set before the first is announced: one measurement answers them all.
        if self.shown != self.options:
            self._follow()

    def _follow(self) -> None:
        """Measure what is asked now unless only the form changed, draw it, or say why it cannot be had."""
        asked = self._asked()
        if self._measured is None or self._measured[0] != asked:
            self._measured = (asked, _tried(lambda: measure_retention(self._log.events, **asked)))
        self._result = self._measured[1]
        form: dict[str, Any] = {"form": self.form} if self.form else {}
        drawn: bytes | MapkitError = b""
        if isinstance(self._result, Retention):
            result = self._result
            drawn = _tried(lambda: render_picture(result, dpi=_DPI, **form))
        self._show(drawn, asked, form)

    def _asked(self) -> dict[str, Any]:
        """Return the options that differ from those of ``measure_retention``."""
        asked = {name: value or None for name, value in self.options.items() if name != "form"}
        usual = {name: value or None for name, value in _USUAL.items()}
        given = {name: value for name, value in asked.items() if value != usual[name]}
        return {
            name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in given.items()
        }

    def _show(self, drawn: bytes | MapkitError, asked: dict[str, Any], form: dict[str, Any]) -> None:
        result = self._result
        fault = next((each for each in (result, drawn) if isinstance(each, MapkitError)), None)
        if fault is not None:
            self._result = fault
        with self.hold_sync():
            self.picture = drawn if isinstance(drawn, bytes) else b""
            self.alt = describe(result) if self.picture else ""
            self.notes = list(result.notes) if isinstance(result, Retention) else []
            self.message = "" if fault is None else str(fault)
            self.code = _code(asked, form)
            self.shown = self.options

    def _still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return ({"image/png": self.picture}, {"image/png": {"width": _WIDE}}) if self.picture else ({}, {})


def _tried(work: Any) -> Any:
    try:
        return work()
    except MapkitError as fault:
        return fault


def _names(given: str | Sequence[str] | None, option: str) -> list[str]:
    names = [given] if isinstance(given, str) else list(given or ())
    if not all(isinstance(name, str) for name in names):
        raise OptionError(
            f"{option}={given!r}: the explorer takes names. Give measure_retention what is more than a name."
        )
    return names


def _code(asked: dict[str, Any], form: dict[str, Any]) -> str:
    """Return the lines that measure and draw the same over a variable ``events``.

    >>> print(_code({"period": "month"}, {"form": "curves"}))
    import mapkit as mk
    <BLANKLINE>
    retention = mk.measure_retention(events, period='month')
    mk.plot(retention, form='curves')
    """
    given = ["events", *(f"{name}={value!r}" for name, value in asked.items())]
    line = f"retention = mk.measure_retention({', '.join(given)})"
    if len(line) > _CODE_WIDTH:
        line = "\n".join(["retention = mk.measure_retention(", *(f"    {each}," for each in given), ")"])
    drawing = "".join(f", {name}={value!r}" for name, value in form.items())
    return f"import mapkit as mk\n\n{line}\nmk.plot(retention{drawing})"
