"""Retention to play with: period, kind, what opens a cohort, what counts as coming back, split and form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets

from mapkit.errors import MapkitError, OptionError
from mapkit.journeys.retention import Retention, measure_retention
from mapkit.loaders import read_events
from mapkit.widgets.canvas import check_keywords, page
from mapkit.widgets.explorer import PictureExplorer
from mapkit.widgets.prepared import choices_of, prepare

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


class RetentionExplorer(PictureExplorer):
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

    _settings = _SETTINGS
    _esm = page("retention_explorer.js", "explorer.js")
    _css = page("retention_explorer.css", "explorer.css")

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
        self._begin()

    @property
    def result(self) -> Retention:
        """The retention of the settings now. Raises the MapkitError that is shown in its place when there is none."""
        if isinstance(self._result, MapkitError):
            raise self._result
        return self._result

    def _follow(self) -> None:
        """Measure what is asked now unless only the form changed, draw it, or say why it cannot be had."""
        asked = self._asked()
        if self._measured is None or self._measured[0] != asked:
            self._measured = (asked, self._tried(asked))
        found = self._measured[1]
        form: dict[str, Any] = {"form": self.form} if self.form else {}
        picture, fault = self._drawn(found, **form)
        self._result = found if fault is None else fault
        self._show(found, picture, fault, _code(asked, form))

    def _tried(self, asked: dict[str, Any]) -> Retention | MapkitError:
        try:
            return measure_retention(self._log.events, **asked)
        except MapkitError as fault:
            return fault

    def _asked(self) -> dict[str, Any]:
        """Return the options that differ from those of ``measure_retention``."""
        asked = {name: value or None for name, value in self.options.items() if name != "form"}
        usual = {name: value or None for name, value in _USUAL.items()}
        given = {name: value for name, value in asked.items() if value != usual[name]}
        return {
            name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in given.items()
        }


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
