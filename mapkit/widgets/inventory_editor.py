"""A sheet on which a touchpoint inventory is filled in: every cell checked, every step undone, no file overwritten."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import traitlets

from mapkit.errors import MapkitError, OptionError, listed, nearest
from mapkit.maps.touchpoint_inventory import TouchpointInventory
from mapkit.widgets.canvas import Canvas, check_keywords, page
from mapkit.widgets.inventory_cells import COLUMNS, EMPTY, NAMES, Row, faults_of, inventory_of, rows_of

_STILL_ROWS = 60
_MOST_LETTERS = 10_000
Rows = tuple[Row, ...]


@dataclass(frozen=True)
class _Sheet:
    """Rows as they stand, those before and those undone, each with what was done in words."""

    rows: Rows
    past: tuple[tuple[str, Rows], ...] = ()
    future: tuple[tuple[str, Rows], ...] = ()

    def changed(self, what: str, rows: Rows) -> _Sheet:
        return self if rows == self.rows else _Sheet(rows, (*self.past, (what, self.rows)))

    def undone(self) -> _Sheet:
        if not self.past:
            return self
        (what, rows), past = self.past[-1], self.past[:-1]
        return replace(self, rows=rows, past=past, future=(*self.future, (what, self.rows)))

    def redone(self) -> _Sheet:
        if not self.future:
            return self
        (what, rows), future = self.future[-1], self.future[:-1]
        return replace(self, rows=rows, past=(*self.past, (what, self.rows)), future=future)


class InventoryEditor(Canvas):
    """A touchpoint inventory as a sheet: cells are edited by mouse, keyboard or Python, and faults stand at the cell.

    ``.inventory`` is the inventory as it stands. Saving writes YAML, JSON, CSV or Excel by the file's ending, whole or
    not at all; a file that somebody else has changed since it was read is replaced on a second word only.

    Parameters
    ----------
    touchpoints
        A path to an inventory, a ``TouchpointInventory``, or anything ``read_touchpoints`` takes; an empty sheet when
        nothing is given.

    Raises
    ------
    OptionError
        An option the editor does not have.
    DocumentError
        The file is no inventory.
    """

    _esm = page("inventory_editor.js")
    _css = page("inventory_editor.css", "editor.css")

    # [name, label, element, the words it may hold]
    columns = traitlets.List(traitlets.List()).tag(sync=True)
    rows = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)
    # [row, column, what is wrong]
    faults = traitlets.List(traitlets.List()).tag(sync=True)
    undoes = traitlets.Unicode("").tag(sync=True)
    redoes = traitlets.Unicode("").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)
    # The last attempt to save: path, outcome ("saved", "exists", "failed"), text.
    saved = traitlets.Dict().tag(sync=True)
    path = traitlets.Unicode("").tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)

    def __init__(self, touchpoints: Any = None, **more: Any) -> None:
        check_keywords("InventoryEditor", more, ("touchpoints",))
        path = Path(touchpoints) if isinstance(touchpoints, str | Path) else None
        self._sheet = _Sheet(rows_of(_read(touchpoints)))
        # What each file held when it was last read or written here.
        self._known: dict[Path, bytes] = {path.resolve(): path.read_bytes()} if path else {}
        columns = [[each.name, each.label, each.element, list(each.words)] for each in COLUMNS]
        super().__init__(columns=columns, path=str(path or "touchpoints.yaml"), **more)
        self._show()
        self.on_msg(self._obey)

    @property
    def inventory(self) -> TouchpointInventory:
        """The inventory as it stands. Raises DocumentError, naming the first cell that is wrong."""
        return inventory_of(self._sheet.rows)

    def set(self, touchpoint: str, column: str, text: str) -> None:
        """Write a text into the cell of a touchpoint."""
        named = [row[0] for row in self._sheet.rows]
        if touchpoint not in named:
            raise OptionError(f"No touchpoint is {touchpoint!r}. There is {listed(named)}.{nearest(touchpoint, named)}")
        if column not in NAMES:
            raise OptionError(f"There is no column {column!r}. There is {listed(NAMES)}.{nearest(column, NAMES)}")
        self._become(self._written(named.index(touchpoint), NAMES.index(column), text))

    def add(self, touchpoint: str = "", **facts: str) -> None:
        """Add a row at the end, with its id and what is given of its columns."""
        unknown = [name for name in facts if name not in NAMES]
        if unknown:
            raise OptionError(
                f"There is no column {unknown[0]!r}. There is {listed(NAMES)}.{nearest(unknown[0], NAMES)}"
            )
        row = tuple({"touchpoint": touchpoint, **facts}.get(name, "") for name in NAMES)
        self._become(self._sheet.changed("a new row", (*self._sheet.rows, row)))

    def delete(self, touchpoint: str) -> None:
        """Take a touchpoint out."""
        named = [row[0] for row in self._sheet.rows]
        if touchpoint not in named:
            raise OptionError(f"No touchpoint is {touchpoint!r}. There is {listed(named)}.{nearest(touchpoint, named)}")
        self._become(self._without(named.index(touchpoint)))

    def undo(self) -> None:
        """Take back the last change."""
        self._become(self._sheet.undone())

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._become(self._sheet.redone())

    def save(self, path: str | Path | None = None, *, existing: Literal["refuse", "replace"] = "refuse") -> Path:
        """Write the inventory and return the path; a file not known to hold what was read here is refused.

        Raises
        ------
        DocumentError
            A cell is wrong, the file exists or was changed by somebody else, or it cannot be written.
        """
        target = Path(path if path is not None else self.path)
        inventory = self.inventory
        ours = target.is_file() and self._known.get(target.resolve()) == target.read_bytes()
        written = inventory.write(target, existing="replace" if ours else existing)
        self._known[target.resolve()] = written.read_bytes()
        self.path = str(path) if path is not None else self.path
        text = f"Saved with {len(inventory.touchpoints):,} touchpoints."
        self.saved = {"path": str(target), "outcome": "saved", "text": text}
        return written

    def _written(self, at: int, place: int, text: str) -> _Sheet:
        rows, text = list(self._sheet.rows), text[:_MOST_LETTERS]
        row = list(rows[at])
        row[place] = text
        rows[at] = tuple(row)
        return self._sheet.changed(f"{COLUMNS[place].label} of {rows[at][0] or f'row {at + 1}'}", tuple(rows))

    def _without(self, at: int) -> _Sheet:
        rows = self._sheet.rows
        return self._sheet.changed(f"{rows[at][0] or f'row {at + 1}'} deleted", (*rows[:at], *rows[at + 1 :]))

    def _become(self, sheet: _Sheet) -> None:
        self._sheet = sheet
        self._show()

    def _obey(self, _: Any, content: dict[str, Any], buffers: Any) -> None:
        """Do what the page asks, all of one message, then check once."""
        message = ""
        for command in content.get("commands", ()):
            try:
                self._do(command)
            except MapkitError as fault:
                message = str(fault)
        with self.hold_sync():
            self._show()
            self.message = message
            self.answered = int(content.get("number", 0))

    def _do(self, command: dict[str, Any]) -> None:
        rows = self._sheet.rows
        match command:
            case {"do": "set", "row": int(at), "column": int(place), "text": str(text)}:
                if 0 <= at < len(rows) and 0 <= place < len(COLUMNS):
                    self._sheet = self._written(at, place, text)
            case {"do": "add"}:
                self._sheet = self._sheet.changed("a new row", (*rows, EMPTY))
            case {"do": "delete", "row": int(at)}:
                if 0 <= at < len(rows):
                    self._sheet = self._without(at)
            case {"do": "undo"}:
                self._sheet = self._sheet.undone()
            case {"do": "redo"}:
                self._sheet = self._sheet.redone()
            case {"do": "save", "path": str(path), "replace": again}:
                self._save_from_page(path.strip(), again=bool(again))

    def _save_from_page(self, path: str, *, again: bool) -> None:
        self.path = path
        # Replacing takes a second word, about the same file: what the page showed when it asked.
        sure = again and self.saved.get("outcome") == "exists" and self.saved.get("path") == path
        try:
            self.save(path, existing="replace" if sure else "refuse")
        except MapkitError as fault:
            there = bool(path) and Path(path).is_file() and not sure and not faults_of(self._sheet.rows)
            self.saved = {"path": path, "outcome": "exists" if there else "failed", "text": str(fault)}

    def _show(self) -> None:
        past, future = self._sheet.past, self._sheet.future
        with self.hold_sync():
            self.rows = [list(row) for row in self._sheet.rows]
            self.faults = [list(fault) for fault in faults_of(self._sheet.rows)]
            self.undoes, self.redoes = past[-1][0] if past else "", future[-1][0] if future else ""
            self.message = ""

    def _still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        head = "".join(f"<th>{html.escape(column.label)}</th>" for column in COLUMNS)
        cells = ("".join(f"<td>{html.escape(text)}</td>" for text in row) for row in self.rows[:_STILL_ROWS])
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        more = f"<p>and {len(self.rows) - _STILL_ROWS:,} more</p>" if len(self.rows) > _STILL_ROWS else ""
        return {"text/html": f"<table><tr>{head}</tr>{body}</table>{more}"}, {}


def _read(touchpoints: Any) -> TouchpointInventory:
    if touchpoints is None:
        return TouchpointInventory()
    if isinstance(touchpoints, TouchpointInventory):
        return touchpoints
    if isinstance(touchpoints, str | Path):
        return TouchpointInventory.read(touchpoints)
    return TouchpointInventory.of(touchpoints)
