"""Paths to play with: the moves between events as a graph or step by step, and how two segments differ in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import traitlets

from mapkit.errors import MapkitError, OptionError, listed, nearest, one_of
from mapkit.journeys.paths import StepMatrix, Transitions, measure_step_matrix, measure_transitions
from mapkit.loaders import read_events
from mapkit.plots import describe
from mapkit.plots.numbers import count, percent
from mapkit.statistics import Comparison, compare
from mapkit.tables import Table
from mapkit.widgets.canvas import check_keywords, page
from mapkit.widgets.explorer import Explorer, still_of
from mapkit.widgets.path_parts import one_segment, part_between
from mapkit.widgets.path_view import graph_view, steps_view
from mapkit.widgets.prepared import hold, prepare

_SETTINGS = ("form", "per", "collapse_loops", "start", "end", "by", "a", "b", "hide", "below", "edges")
_SHARES = (0.0, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75)
_EDGES = (5, 10, 15, 20, 30, 40, 60, 80, 120)
_STEPS = 6
# A list in a page; Python takes any name.
_MOST_LISTED = 1_000


class PathExplorer(Explorer):
    """The moves between events that follow the controls, and the code that makes the same ones.

    Click a node or a line for its numbers: how often, for how many customers, the share with its interval, the median
    time. With a split, lines are blue where the first segment makes a move surely more often than the second,
    vermilion where less often, and grey where the data cannot tell. The events are held in memory once, and a new
    threshold measures nothing anew. Every setting is a trait that Python can set as well.

    Parameters
    ----------
    events
        An events table, or anything ``read_events`` takes.
    form
        "graph": every move, wherever in a journey. "steps": the first steps one by one, as a Sankey diagram.
    per
        "customer", or "session" where the table has sessions.
    collapse_loops
        Whether an event that follows itself is one event.
    start, end
        Only the part of each journey from the first ``start`` to the next ``end``.
    by, a, b
        A column to split by, and the two of its values to compare; the two largest unless given.
    hide, below
        Hide moves below a threshold: of the "share" among the moves on from their source, or of the "count".
    edges
        How many of the strongest moves to keep.

    Raises
    ------
    OptionError
        An option the explorer does not have.
    """

    _settings = _SETTINGS
    _esm = page("path_explorer.js", "explorer.js")
    _css = page("path_explorer.css", "explorer.css")

    form = traitlets.Unicode("graph").tag(sync=True)
    per = traitlets.Unicode("customer").tag(sync=True)
    collapse_loops = traitlets.Bool(False).tag(sync=True)
    start = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    end = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    by = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    a = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    b = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    hide = traitlets.Unicode("share").tag(sync=True)
    below = traitlets.Float(0.0).tag(sync=True)
    edges = traitlets.Int(20).tag(sync=True)

    # What can be chosen; stops and numbers are [value, text] of the sliders.
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    units = traitlets.List(traitlets.Unicode()).tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    segments = traitlets.List(traitlets.Unicode()).tag(sync=True)
    stops = traitlets.List(traitlets.List()).tag(sync=True)
    numbers = traitlets.List(traitlets.List()).tag(sync=True)

    # What the page shows: the settings that the answer is for, and the answer.
    view = traitlets.Dict().tag(sync=True)

    def __init__(self, events: Any, **settings: Any) -> None:
        check_keywords("PathExplorer", settings, _SETTINGS)
        self._log = prepare(read_events(events))
        self._result: Transitions | MapkitError | None = None
        self._comparison: Comparison | None = None
        super().__init__(
            names=[name for name, _ in self._log.names[:_MOST_LISTED]],
            units=["customer", *(["session"] if "session" in self._log.events.columns else [])],
            columns=list(self._log.columns),
            numbers=[[number, f"{number} moves"] for number in _EDGES],
            **settings,
        )
        self._begin()

    @property
    def result(self) -> Transitions:
        """The transitions of the settings now, weak ones included. Raises the MapkitError shown in their place."""
        if isinstance(self._result, MapkitError):
            raise self._result
        assert self._result is not None
        return self._result

    @property
    def comparison(self) -> Comparison | None:
        """The two segments side by side, or None without a split."""
        return self._comparison

    def _follow(self) -> None:
        """Measure what is asked now, and show it or why it cannot be measured."""
        self._following = True
        try:
            self._check()
            moves = self._measured()
            view, notes = self._viewed(moves)
            self._result = moves
            self._show(view, notes, "")
        except MapkitError as fault:
            self._result, self._comparison = fault, None
            self._show({}, [], str(fault))
        finally:
            self._following = False

    def _check(self) -> None:
        one_of(self.form, ("graph", "steps"), "form")
        one_of(self.hide, ("share", "count"), "hide")
        one_of(self.per, tuple(self.units), "per")
        known = self._log.events.event_names
        for option in ("start", "end"):
            name = getattr(self, option)
            if name and name not in known:
                raise OptionError(f"{option}={name!r} is no event of this log.{nearest(name, known)}")

    def _measured(self) -> Transitions:
        """Return the moves asked for; what was measured last is measured again only for other questions."""
        where = (self.per, self.start or None, self.end or None)
        how: dict[str, Any] = {"per": self.per, "collapse_loops": self.collapse_loops}
        part = self._once("part", where, lambda: self._part(*where))
        moves: Transitions = self._once(
            "moves", (where, self.collapse_loops, self.by), lambda: measure_transitions(part, by=self.by or None, **how)
        )
        self._comparison = self._compared(moves)
        return moves

    def _part(self, per: str, start: str | None, end: str | None) -> Table:
        part = part_between(self._log.events, start, end, per=per)
        return part if part is self._log.events else hold(part, in_time_order=True)

    def _compared(self, moves: Transitions) -> Comparison | None:
        """Compare the two segments; where they are not given, or not there, the two largest are."""
        if not moves.is_split:
            self.segments, self.a, self.b = [], None, None
            return None
        sizes = moves.table.groupby("segment")["count"].sum().sort_values(ascending=False, kind="stable")
        self.segments = [str(name) for name in sizes.index]
        for side in ("a", "b"):
            asked, others = getattr(self, side), [name for name in self.segments if name not in (self.a, self.b)]
            if not asked and others:
                setattr(self, side, others[0])
        if self.a == self.b or not {self.a, self.b} <= set(self.segments):
            raise OptionError(
                f"{self.by} has {listed(self.segments)}, so a={self.a!r} and b={self.b!r} cannot be compared."
                " Choose two different ones of them."
            )
        return compare(
            one_segment(moves, str(self.a)), one_segment(moves, str(self.b)), names=(str(self.a), str(self.b))
        )

    def _viewed(self, moves: Transitions) -> tuple[dict[str, Any], list[str]]:
        both = moves
        if self._comparison is not None:
            both = replace(moves, table=moves.table[moves.table["segment"].isin([self.a, self.b])])
        self.stops = self._stops(both)
        if self.form == "steps":
            matrix: StepMatrix = self._once("matrix", self._known["moves"][0], self._matrix)
            note = ["Step by step all segments are shown together; the graph compares them."] if self.by else []
            return steps_view(matrix, _STEPS), [*matrix.notes, *note]
        strong, weakest = self.edges, None
        if self.hide == "share":
            weakest = self.below
        else:
            times = both.table.groupby(["source", "target"])["count"].sum()
            strong = max(1, min(strong, int((times >= self.below).sum())))
        notes = [*moves.notes, *(self._comparison.notes if self._comparison is not None else ())]
        return graph_view(both, strong, weakest, self._comparison), notes

    def _matrix(self) -> StepMatrix:
        part: Table = self._known["part"][1]
        return measure_step_matrix(part, steps=_STEPS, per=self.per, collapse_loops=self.collapse_loops)  # type: ignore[arg-type]

    def _stops(self, moves: Transitions) -> list[list[Any]]:
        if self.hide == "share":
            return [[share, percent(share) if share else "nothing"] for share in _SHARES]
        most = int(moves.table.groupby(["source", "target"])["count"].sum().max()) if len(moves.table) else 0
        steps = [digit * 10**power for power in range(12) for digit in (1, 2, 5) if digit * 10**power <= most]
        return [[0.0, "nothing"], *([float(step), count(step)] for step in steps if step > 1)]

    def _show(self, view: dict[str, Any], notes: list[str], message: str) -> None:
        result = self._result if isinstance(self._result, Transitions) else None
        with self.hold_sync():
            self.view = view
            self.alt = describe(result) if result is not None else ""
            self.notes = notes
            self.message = message
            self.code = path_code(self.options)
            self.shown = self._question

    def _still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        if not isinstance(self._result, Transitions):
            return {}, {}
        return still_of(self._result, edges=self.edges)


def path_code(options: dict[str, Any]) -> str:
    """Return the code of the paths over a variable ``events``.

    >>> print(path_code({"form": "graph", "per": "session", "start": "visit", "end": None, "by": None,
    ...                  "collapse_loops": False, "a": None, "b": None}))
    import mapkit as mk
    from mapkit.widgets.path_parts import part_between
    <BLANKLINE>
    part = part_between(mk.read_events(events), start='visit', per='session')
    paths = mk.measure_transitions(part, per='session')
    """
    ends = {name: options[name] for name in ("start", "end") if options[name]}
    asked: dict[str, Any] = {"per": options["per"]} if options["per"] != "customer" else {}
    lines = [f"part = part_between(mk.read_events(events), {_given({**ends, **asked})})"] if ends else []
    needed = ["part_between"] if ends else []
    asked |= {"collapse_loops": True} if options["collapse_loops"] else {}
    table = "part" if ends else "events"
    if options["form"] == "steps":
        lines.append(f"paths = mk.measure_step_matrix({table}, {_given({'steps': _STEPS, **asked})})")
    else:
        asked |= {"by": options["by"]} if options["by"] else {}
        lines.append(f"paths = mk.measure_transitions({', '.join(filter(None, [table, _given(asked)]))})")
        if options["by"]:
            names = (options["a"], options["b"])
            needed.insert(0, "one_segment")
            lines.append(f"one, other = (one_segment(paths, name) for name in {names!r})")
            lines.append(f"comparison = mk.compare(one, other, names={names!r})")
    imports = [f"from mapkit.widgets.path_parts import {', '.join(needed)}"] if needed else []
    return "\n".join(["import mapkit as mk", *imports, "", *lines])


def _given(options: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in options.items())
