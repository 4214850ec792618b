"""A board on which every event of a log gets its stage, and the stage model that comes of it."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import traitlets

from mapkit.errors import MapkitError, StageError
from mapkit.loaders import read_events
from mapkit.stages import Coverage, StageModel, measure_coverage
from mapkit.stages.built_in import built_in
from mapkit.widgets.canvas import Canvas, check_keywords, page
from mapkit.widgets.drafting import with_events, without_events
from mapkit.widgets.history import History
from mapkit.widgets.prepared import hold

_STILL_ROWS = 40


class StageMapper(Canvas):
    """Every event name of a log with its stage or a proposal; move events by mouse, keyboard or Python.

    ``.model`` is the stage model as it stands, ``.coverage`` what it covers. No proposal is applied by itself.

    Parameters
    ----------
    events
        An events table, or anything ``read_events`` takes.
    model
        The model to begin with, or the name of a built-in one; AARRR when nothing is said. It is not changed.

    Raises
    ------
    OptionError
        An option the mapper does not have, or an unknown built-in model.
    StageError
        Two stages of the model claim an event equally closely.
    """

    _esm = page("stage_mapper.js")
    _css = page("stage_mapper.css", "editor.css")

    name = traitlets.Unicode("").tag(sync=True)
    stages = traitlets.List(traitlets.Unicode()).tag(sync=True)
    # [event, rows, customers, stage, rule, proposal, reason]; several for an event that conditions split.
    rows = traitlets.List(traitlets.List()).tag(sync=True)
    # Counts and shares: events, events_mapped, events_share, names, names_mapped, names_share, of each of the stages
    # its names and events, and a sentence.
    covered = traitlets.Dict().tag(sync=True)
    undoes = traitlets.Unicode("").tag(sync=True)
    redoes = traitlets.Unicode("").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)
    # The last attempt to save: path, outcome ("saved", "exists", "failed"), text.
    saved = traitlets.Dict().tag(sync=True)
    path = traitlets.Unicode("").tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)

    def __init__(self, events: Any, model: StageModel | str | None = None, **more: Any) -> None:
        check_keywords("StageMapper", more, ("model",))
        # In time order, so that which of equal times comes first is what the log says.
        self._events = hold(read_events(events), in_time_order=True)
        begun = model if isinstance(model, StageModel) else built_in(model or "AARRR")
        self._draft = History(begun)
        super().__init__(path=f"{_file_name(begun.name)}.yaml", **more)
        self._show()
        self.on_msg(self._obey)

    @property
    def model(self) -> StageModel:
        """The stage model as it stands."""
        return self._draft.now

    @property
    def coverage(self) -> Coverage:
        """What the model covers of the log: the result of ``measure_coverage``."""
        return self._coverage

    def assign(self, events: str | Sequence[str], stage: str | None) -> None:
        """Put events into a stage by their exact names; ``None`` takes their own rules away."""
        self._change(*self._assigned(events, stage))

    def accept(self, events: str | Sequence[str]) -> None:
        """Put events into the stages proposed for them. Raises StageError where there is no proposal."""
        self._change(*self._accepted(events))

    def undo(self) -> None:
        """Take back the last change."""
        self._draft = self._draft.undone()
        self._show()

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._draft = self._draft.redone()
        self._show()

    def save(self, path: str | Path, *, existing: Literal["refuse", "replace"] = "refuse") -> Path:
        """Write the model as YAML (or JSON, by the ending) and return the path; a file that exists is refused."""
        written = self.model.write(path, existing=existing)
        self.saved = {"path": str(path), "outcome": "saved", "text": f"Saved with {len(self.model.rules):,} rules."}
        return written

    def _assigned(self, events: str | Sequence[str], stage: str | None) -> tuple[str, StageModel]:
        names = self._known(events)
        what = f"{_several(names)} to {stage or 'no stage'}"
        if stage is None:
            return what, without_events(self.model, names)
        return what, with_events(self.model, dict.fromkeys(names, stage))

    def _accepted(self, events: str | Sequence[str]) -> tuple[str, StageModel]:
        names = self._known(events)
        offered = self._coverage.table.dropna(subset=["proposal"])
        proposals = dict(zip(offered["event"], offered["proposal"], strict=True))
        for name in names:
            if name not in proposals:
                raise StageError(f"There is no proposal for {name!r}. Put it into a stage with assign(events, stage).")
        return f"{_several(names)} as proposed", with_events(self.model, {name: proposals[name] for name in names})

    def _known(self, events: str | Sequence[str]) -> list[str]:
        return [events] if isinstance(events, str) else list(events)

    def _change(self, what: str, model: StageModel) -> None:
        self._draft = self._draft.changed(what, model)
        self._show()

    def _obey(self, _: Any, content: dict[str, Any], buffers: Any) -> None:
        """Do what the page asks, all of one message, then measure once."""
        before, message = self._draft, ""
        for command in content.get("commands", ()):
            try:
                self._do(command)
            except MapkitError as fault:
                message = str(fault)
        if self._draft is not before:
            self._show()
        with self.hold_sync():
            self.message = message
            self.answered = int(content.get("number", 0))

    def _do(self, command: dict[str, Any]) -> None:
        match command:
            case {"do": "assign", "events": list(events), "stage": stage}:
                self._draft = self._draft.changed(*self._assigned(events, stage))
            case {"do": "accept", "events": list(events)}:
                self._draft = self._draft.changed(*self._accepted(events))
            case {"do": "undo"}:
                self._draft = self._draft.undone()
            case {"do": "redo"}:
                self._draft = self._draft.redone()
            case {"do": "save", "path": str(path), "replace": replace}:
                self._save_from_page(path.strip(), replace=bool(replace))

    def _save_from_page(self, path: str, *, replace: bool) -> None:
        self.path = path
        # Replacing takes a second word, about the same file: what the page showed when it asked.
        sure = replace and self.saved.get("outcome") == "exists" and self.saved.get("path") == path
        try:
            self.save(path, existing="replace" if sure else "refuse")
        except MapkitError as fault:
            there = bool(path) and Path(path).is_file() and not sure
            self.saved = {"path": path, "outcome": "exists" if there else "failed", "text": str(fault)}

    def _show(self) -> None:
        self._coverage = measure_coverage(self._events, self.model)
        with self.hold_sync():
            self.name = self.model.name
            self.stages = list(self.model.stages)
            self.rows = _plain(self._coverage.table)
            self.covered = _covered(self._coverage, self.stages)
            self.undoes, self.redoes = self._draft.undoes, self._draft.redoes
            self.message = ""

    def _still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        heads = ("Event", "Events", "Customers", "Stage", "Rule", "Proposal", "Reason")
        head = "".join(f"<th>{name}</th>" for name in heads)
        body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in self.rows[:_STILL_ROWS])
        more = f"<p>and {len(self.rows) - _STILL_ROWS:,} more</p>" if len(self.rows) > _STILL_ROWS else ""
        said = f"<p><b>{html.escape(self.name)}</b>: {html.escape(str(self.covered['text']))}</p>"
        return {"text/html": f"{said}<table><tr>{head}</tr>{body}</table>{more}"}, {}


def _plain(table: pd.DataFrame) -> list[list[Any]]:
    columns = [table[name] for name in ("event", "events", "customers", "stage", "rule", "proposal", "reason")]
    values = ([None if each != each else each for each in column.tolist()] for column in columns)
    return [list(row) for row in zip(*values, strict=True)]


def _covered(coverage: Coverage, stages: list[str]) -> dict[str, Any]:
    share, table = coverage.share_mapped, coverage.table
    of_stage = [table[table["stage"] == stage] for stage in stages]
    names = int(table["event"].nunique(dropna=False))
    mapped = names - int(coverage.unmapped["event"].nunique(dropna=False))
    events, events_mapped = int(table["events"].sum()), int(table.loc[table["stage"].notna(), "events"].sum())
    return {
        "events": events,
        "events_mapped": events_mapped,
        "events_share": share.value if events else 0.0,
        "names": names,
        "names_mapped": mapped,
        "names_share": mapped / names if names else 0.0,
        "stages": [{"names": len(rows), "events": int(rows["events"].sum())} for rows in of_stage],
        "text": f"{events_mapped:,} of {events:,} events and {mapped:,} of {names:,} event names have a stage.",
    }


def _cell(value: Any) -> str:
    shown = "" if value is None else f"{value:,}" if isinstance(value, int) else html.escape(str(value))
    return f"<td>{shown}</td>"


def _several(events: Sequence[str]) -> str:
    return f"{events[0]!r}" if len(events) == 1 else f"{len(events):,} events"


def _file_name(name: str) -> str:
    return re.sub(r"[^\w-]+", "_", name).strip("_").lower()[:60] or "stage_model"
