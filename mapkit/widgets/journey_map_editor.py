"""A journey map to edit by mouse and keyboard, what it claims beside what the data shows, saved as its document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import traitlets

from mapkit.errors import MapkitError, OptionError
from mapkit.maps.journey_map import JourneyMap
from mapkit.maps.two_sources import ObservedMap
from mapkit.widgets.canvas import Canvas, check_keywords, page
from mapkit.widgets.history import History
from mapkit.widgets.map_edits import edited
from mapkit.widgets.map_observed import Observed, Sources
from mapkit.widgets.map_saving import Saving, file_name
from mapkit.widgets.map_view import changed_rows, head_of, rows_of, stages_of, still_of

# Every change keeps the map before it.
_MOST_CHANGES = 500


class JourneyMapEditor(Canvas):
    """A journey map on a board: stages and steps as columns, lanes as rows, and every part of it can be changed.

    ``.map`` is the map as it stands; the one that was given is never changed. A map from a file is saved into that file
    with the lines of what did not change as they were. A file that somebody else changed meanwhile is never written
    over: the editor says so and offers to reload, or to save as a copy.

    With ``events`` every cell shows what the data says beside what the map claims: it is measured at the start, again
    after each edit where that takes less than 0.3 s, and else when asked.

    Parameters
    ----------
    map_or_path
        A journey map, or the path of a YAML or JSON document that holds one.
    events, feedback, touchpoints
        The log, the survey and the inventory to hold the map against, as in ``observe_map``.

    Raises
    ------
    OptionError
        An option the editor does not have, or a survey without a log.
    DocumentError
        The file does not hold a journey map.
    """

    _esm = page("journey_map_editor.js")
    _css = page("journey_map_editor.css", "editor.css")

    head = traitlets.Dict().tag(sync=True)
    stages = traitlets.List(traitlets.Dict()).tag(sync=True)
    lanes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    # {"revision": number, "rows": [[lane, "step" or "stage", id or name, cells]]}. After an edit the page is sent the
    # patch alone: the same shape, with the places that changed.
    slots = traitlets.Dict().tag(sync=True)
    patch = traitlets.Dict().tag(sync=True)
    measurable = traitlets.Bool(False).tag(sync=True)
    # Whether the map is another one than that which was measured.
    outdated = traitlets.Bool(False).tag(sync=True)
    unclaimed = traitlets.List(traitlets.Unicode()).tag(sync=True)
    undoes = traitlets.Unicode("").tag(sync=True)
    redoes = traitlets.Unicode("").tag(sync=True)
    unsaved = traitlets.Bool(False).tag(sync=True)
    path = traitlets.Unicode("").tag(sync=True)
    has_file = traitlets.Bool(False).tag(sync=True)
    # What came of the last look at the file: outcome and text, see ``Saving``.
    file = traitlets.Dict().tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        map_or_path: JourneyMap | str | Path,
        *,
        events: Any = None,
        feedback: Any = None,
        touchpoints: Any = None,
        **more: Any,
    ) -> None:
        check_keywords("JourneyMapEditor", more, ("events", "feedback", "touchpoints"))
        journey_map, self._saving = Saving.of(map_or_path)
        self._history = History(journey_map, most=_MOST_CHANGES)
        self._sources = Sources(events, feedback, touchpoints)
        self._observed = Observed()
        self._patching = False
        message = self._follow()
        path = self._saving.file.path if self._saving.file is not None else file_name(journey_map.title)
        # Before the page exists: everything is sent at once.
        super().__init__(path=str(path), message=message, **self._state(), slots=self._slots(0), **more)
        self.on_msg(self._obey)

    @property
    def map(self) -> JourneyMap:
        """The map as it stands."""
        return self._history.now

    @property
    def observed(self) -> ObservedMap:
        """The map beside the data, as it was measured last. Raises OptionError where there is no log."""
        if self._observed.result is None:
            raise OptionError("Nothing was measured: this editor has no log. Give it one with events=.")
        return self._observed.result

    def edit(self, do: str, **what: Any) -> None:
        """Change the map as the page does.

        >>> editor.edit("move_step", step="sign_up", stage="purchase", at=0)  # doctest: +SKIP
        """
        self._edit({"do": do, **what})
        self._show()

    def undo(self) -> None:
        """Take back the last change."""
        self._history = self._history.undone()
        self._show()

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._history = self._history.redone()
        self._show()

    def measure(self) -> ObservedMap:
        """Hold the map as it stands against the data, and return the result."""
        if self._sources:
            self._observed = self._sources.observe(self.map)
        self._show()
        return self.observed

    def save(self, path: str | Path | None = None) -> Path:
        """Save the map into its file, or into a new one, and return the path.

        Raises
        ------
        DocumentError
            The file was changed by somebody else, or a new file's name is taken. Nothing is written then.
        """
        self._saving = self._saving.saved(self.map, Path(path if path is not None else self.path))
        self._show()
        return self._saving.path()

    def save_copy(self) -> Path:
        """Save the map beside its file under a name that is free, go on with that file, and return its path."""
        self._saving = self._saving.copied(self.map)
        self._show()
        return self._saving.path()

    def reload(self) -> None:
        """Show the map that the file holds now; changes that were not saved are dropped."""
        self._reload()
        self._show()

    def notify_change(self, change: Any) -> None:
        """Tell the page of a change, but not of the cells where it was sent a patch."""
        # The page makes the new cells of the old ones and the patch; Python keeps them for a page that opens later.
        if self._patching and change["name"] == "slots":
            return
        super().notify_change(change)

    def _obey(self, _: Any, content: dict[str, Any], buffers: Any) -> None:
        """Do what the page asks, all of one message, then show it once."""
        message = ""
        for command in content.get("commands", ()):
            try:
                self._do(command)
            except MapkitError as fault:
                message = str(fault)
        self._show(message=message, answered=int(content.get("number", 0)))

    def _do(self, command: dict[str, Any]) -> None:
        match command:
            case {"do": "undo"}:
                self._history = self._history.undone()
            case {"do": "redo"}:
                self._history = self._history.redone()
            case {"do": "measure"} if self._sources:
                self._observed = self._sources.observe(self.map)
            case {"do": "look"}:
                self._saving = self._saving.looked()
            case {"do": "save", "path": str(path)}:
                self._saving = self._saving.saved(self.map, Path(path.strip()))
            case {"do": "copy"}:
                self._saving = self._saving.copied(self.map)
            case {"do": "reload"}:
                self._reload()
            case {"do": "everything"}:
                self.send_state("slots")
            case _:
                self._edit(command)

    def _reload(self) -> None:
        journey_map, self._saving = self._saving.reloaded()
        self._history = History(journey_map, most=_MOST_CHANGES)

    def _edit(self, edit: dict[str, Any]) -> None:
        self._history = self._history.changed(*edited(self.map, edit))

    def _show(self, message: str = "", answered: int | None = None) -> None:
        """Send the page what changed."""
        said = self._follow()
        before, slots = self.slots, self._slots(self.slots["revision"] + 1)
        changed = changed_rows(before["rows"], slots["rows"])
        with self.hold_sync():
            for name, value in self._state().items():
                setattr(self, name, value)
            if changed:
                self.patch = {"revision": slots["revision"], "rows": changed}
                self._keep(slots)
            if self._saving.file is not None:
                self.path = str(self._saving.file.path)
            self.message = message or said
            self.answered = self.answered if answered is None else answered

    def _follow(self) -> str:
        """Measure anew after an edit, where that is quick; return what stands against it."""
        if self._sources and self.map is not self._measured() and self._observed.is_quick:
            try:
                self._observed = self._sources.observe(self.map)
            except MapkitError as fault:
                return str(fault)
        return ""

    def _keep(self, slots: dict[str, Any]) -> None:
        self._patching = True
        try:
            self.slots = slots
        finally:
            self._patching = False

    def _state(self) -> dict[str, Any]:
        return {
            "head": head_of(self.map),
            "stages": stages_of(self.map),
            "lanes": [lane.name for lane in self.map.lanes],
            "measurable": bool(self._sources),
            "outdated": bool(self._sources) and self._measured() != self.map,
            "unclaimed": self._observed.unclaimed,
            "undoes": self._history.undoes,
            "redoes": self._history.redoes,
            "unsaved": self._saving.kept != self.map,
            "has_file": self._saving.file is not None,
            "file": {"outcome": self._saving.outcome, "text": self._saving.text},
        }

    def _slots(self, revision: int) -> dict[str, Any]:
        return {"revision": revision, "rows": rows_of(self.map, self._observed.cells)}

    def _measured(self) -> JourneyMap | None:
        return self._observed.result.map if self._observed.result is not None else None

    def _still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return {"text/html": still_of(self.map, self._observed.cells)}, {}
