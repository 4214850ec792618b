"""An ecosystem to walk in: look, search, filter, follow the strongest path, take somebody out, try seeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import traitlets

from mapkit.ecosystems import Ecosystem
from mapkit.errors import MapkitError, OptionError, listed, nearest
from mapkit.plots import describe
from mapkit.widgets.canvas import check_keywords, page
from mapkit.widgets.ecosystem_answers import (
    answered,
    baseline_of,
    found_seeds,
    passable,
    path_answer,
    removal_answer,
    spread_answer,
)
from mapkit.widgets.ecosystem_code import ecosystem_code
from mapkit.widgets.ecosystem_view import check_size, explorer_scene, read_stages, view_of
from mapkit.widgets.explorer import Explorer, still_of

_FILTERS = ("types", "tie_types", "stages_shown", "until")
_QUESTIONS = ("path", "removed", "seeds", "find")
_SETTINGS = (*_FILTERS, "selected", *_QUESTIONS)
_LOOKS = ("communities", "position", "size", "colour", "model", "probability", "seed", "stages")
_MOST_SEEDS = 200


def _names() -> Any:
    return traitlets.List(traitlets.Unicode(), default_value=None, allow_none=True).tag(sync=True)


def _actors() -> Any:
    return traitlets.List(traitlets.Unicode()).tag(sync=True)


class EcosystemExplorer(Explorer):
    """A map of actors and their ties that is searched, filtered and asked, and the code that answers the same.

    Drag or use the arrows to move, the wheel or + and - to zoom, click an actor for its profile and its neighbours.
    What is asked is asked of the part shown: filters come first. Every setting is a trait that Python can set as well;
    ``selected`` holds the ids that a reader has chosen, ``selection`` their rows.

    Parameters
    ----------
    ecosystem
        An ecosystem, or anything ``Ecosystem.of`` takes, such as (actors, ties).
    communities
        As for the picture: a result, a frame, or a column. None: they are found.
    position
        What ``measure_position`` returned: its first measure becomes the size of the marks.
    size, colour
        As for the picture of an ecosystem.
    stages
        A column of the actors with their stage, or a table with columns actor and stage, to filter by.
    types, tie_types, stages_shown
        What is shown; None shows all. A tie is shown where both its ends are.
    until
        Only ties begun before this date; None shows all.
    path
        Two ids: the strongest path from the first to the second.
    removed
        Ids to take out, to see what falls apart.
    seeds, find
        Ids to begin with, or how many to find; what they are expected to reach, by ``model`` and ``probability``.
    model, probability
        The rule by which something spreads, as for ``find_seeds``; said beside every answer.
    selected
        Ids that are chosen.
    seed
        Of everything that draws at random.

    Raises
    ------
    OptionError
        An option the explorer does not have, more actors than a page can hold, or looks that cannot be drawn.
    """

    _settings = _SETTINGS
    _esm = page("ecosystem_explorer.js", "explorer.js")
    _css = page("ecosystem_explorer.css", "explorer.css")

    types = _names()
    tie_types = _names()
    stages_shown = _names()
    until = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    selected = _actors()
    path = _actors()
    removed = _actors()
    seeds = _actors()
    find = traitlets.Int(0).tag(sync=True)

    # The map, sent once. Bytes are rows: places of x, y, radius (float32); kinds of shape, colour, community, stage,
    # type (int16); tie_ends (uint32), tie_shares and tie_weights (float32), tie_kinds of type, stop, flags (uint16).
    ids = _actors()
    labels = _actors()
    places = traitlets.Bytes(b"").tag(sync=True)
    kinds = traitlets.Bytes(b"").tag(sync=True)
    tie_ends = traitlets.Bytes(b"").tag(sync=True)
    tie_shares = traitlets.Bytes(b"").tag(sync=True)
    tie_weights = traitlets.Bytes(b"").tag(sync=True)
    tie_kinds = traitlets.Bytes(b"").tag(sync=True)
    extent: traitlets.List[Any] = traitlets.List().tag(sync=True)
    hulls: traitlets.List[Any] = traitlets.List().tag(sync=True)
    shapes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    colours: traitlets.List[Any] = traitlets.List().tag(sync=True)
    coloured = traitlets.Unicode("").tag(sync=True)
    sized = traitlets.Unicode("").tag(sync=True)
    type_names: traitlets.List[Any] = traitlets.List().tag(sync=True)
    tie_type_names: traitlets.List[Any] = traitlets.List().tag(sync=True)
    stage_names: traitlets.List[Any] = traitlets.List().tag(sync=True)
    stops: traitlets.List[Any] = traitlets.List().tag(sync=True)
    columns = _actors()
    facts: traitlets.List[Any] = traitlets.List().tag(sync=True)

    # What Python answers.
    answer = traitlets.Dict().tag(sync=True)

    def __init__(self, ecosystem: Any, **settings: Any) -> None:
        check_keywords("EcosystemExplorer", settings, (*_LOOKS, *_SETTINGS))
        looks = {name: settings.pop(name) for name in _LOOKS if name in settings}
        self._ecosystem = Ecosystem.of(ecosystem)
        check_size(self._ecosystem)
        self._seed = int(looks.pop("seed", 0))
        self._rule = {"model": looks.pop("model", "ic")}
        self._rule["probability"] = looks.pop("probability", "weighted_cascade")
        self._stages = looks.pop("stages", None)
        self._stage_of = read_stages(self._ecosystem, self._stages)
        position = looks.pop("position", None)
        self._looks = {**looks, **({"size": position} if position is not None else {})}
        self._scene = explorer_scene(self._ecosystem, seed=self._seed, **self._looks)
        super().__init__(**view_of(self._scene, self._stage_of), **settings)
        self.alt = describe(self._ecosystem)
        self._begin()

    @property
    def part(self) -> Ecosystem:
        """The ecosystem that the filters leave. Raises OptionError where a filter names what is not there."""
        where = tuple(None if getattr(self, name) is None else str(getattr(self, name)) for name in _FILTERS)
        part: Ecosystem = self._once("part", where, self._filtered)
        return part

    @property
    def selection(self) -> pd.DataFrame:
        """The rows of the actors that are chosen, in the order of the choice."""
        rows = self._ecosystem.codes(self.selected)
        return self._ecosystem.actors.iloc[rows].reset_index(drop=True)

    def _filtered(self) -> Ecosystem:
        staged = None
        if self.stages_shown is not None:
            known = list(dict.fromkeys(self._stage_of.values()))
            for name in self.stages_shown:
                if name not in known:
                    raise OptionError(f"There is no stage {name!r}. There is {listed(known)}.{nearest(name, known)}")
            staged = [actor for actor, stage in self._stage_of.items() if stage in self.stages_shown]
            staged = [actor for actor in staged if actor in set(self.ids)]
        return self._ecosystem.subset(types=self.types, tie_types=self.tie_types, actors=staged, end=self.until)

    def _follow(self) -> None:
        """Answer what is asked now, or say why it cannot be answered."""
        self._following = True
        try:
            self._check()
            part, where = self.part, str([getattr(self, name) for name in _FILTERS])
            self._show(self._answers(part, where), "")
        except MapkitError as fault:
            self._show({}, str(fault))
        finally:
            self._following = False

    def _check(self) -> None:
        for name in ("selected", "removed", "seeds", "path"):
            self._ecosystem.codes(getattr(self, name))
        if len(self.path) not in (0, 2):
            raise OptionError(f"path={self.path!r} is no pair. Give two ids, from and to, or none.")
        if self.until is not None and pd.isna(pd.to_datetime(self.until, errors="coerce")):
            raise OptionError(f"until={self.until!r} is no date. Give one such as '2025-06-01', or None.")
        if not 0 <= self.find <= _MOST_SEEDS:
            raise OptionError(f"find={self.find!r} is no number of seeds. Give 0 to {_MOST_SEEDS}.")

    def _answers(self, part: Ecosystem, where: str) -> dict[str, Any]:
        answers: dict[str, Any] = {}
        if self.find:
            found = self._asked("found", (where, self.find), lambda: {"seeds": self._found(part)})
            self.seeds = found.get("seeds", [])
            answers["spread"] = found
        ends, gone, seeds = list(self.path), list(self.removed), list(self.seeds)
        if ends:
            answers["path"] = self._asked("path", (where, ends), lambda: path_answer(part, ends))
        if gone:
            answers["removal"] = self._asked("removal", (where, gone), lambda: removal_answer(part, gone, self._seed))
        if seeds:
            spread = self._asked("spread", (where, seeds), lambda: spread_answer(part, seeds, self._rule, self._seed))
            answers["spread"] = spread
        return answers

    def _found(self, part: Ecosystem) -> list[str]:
        return found_seeds(part, self.find, self._rule, self._seed)

    def _asked(self, name: str, key: Any, question: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        answer: dict[str, Any] = self._once(name, key, lambda: answered(question))
        return answer

    def _show(self, answer: dict[str, Any], message: str) -> None:
        with self.hold_sync():
            self.answer = answer
            self.message = message
            self.code = "" if message else ecosystem_code({**self.options, **self._about()})
            self.shown = self._question

    def _about(self) -> dict[str, Any]:
        """Return what the code needs beside the settings."""
        usable, scale = passable(self.part)
        looks = {name: self._looks.get(name) for name in ("size", "colour")}
        more = {"baseline": baseline_of(self.part), "stages": self._stages, "scale": scale}
        return {**looks, **self._rule, **more, "only_above_0": usable is not self.part}

    def _still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        # Looks that were measured once are measured on the whole, so the twin shows the whole.
        # A dot a pixel: thousands of fine lines at two would weigh a megabyte in every notebook.
        return still_of(self._ecosystem, dpi=96, seed=self._seed, **self._looks)
