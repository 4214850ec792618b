"""Everything an ecosystem map shows, decided before anything is drawn: places, colours, shapes, sizes, ties, words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems import Ecosystem
from mapkit.errors import OptionError
from mapkit.plots.ecosystem.grouping import Groups, groups_of
from mapkit.plots.ecosystem.layout import Layout, lay_out
from mapkit.plots.ecosystem.looks import Kinds, column_of, kinds_of, measured, radii_of
from mapkit.plots.ecosystem.ties import Drawn, strongest
from mapkit.plots.numbers import counted, percent

COMMUNITY = "community"
_FEW = 100  # actors, among whom two are a community


@dataclass(frozen=True, eq=False)
class Scene:
    """What is drawn of an ecosystem. ``sized`` names the measure, and ``values`` are its numbers by actor."""

    ecosystem: Ecosystem
    groups: Groups
    layout: Layout
    shapes: Kinds
    colours: Kinds
    sized: str
    values: np.ndarray
    ties: Drawn
    named: tuple[int, ...]

    @property
    def smallest_community(self) -> int:
        """How many actors make a community that is counted, outlined and named."""
        return 2 if self.ecosystem.n <= _FEW else 3

    @property
    def communities(self) -> tuple[int, ...]:
        """The groups that are large enough to be counted."""
        sizes = np.bincount(self.groups.codes[self.groups.codes >= 0], minlength=self.groups.count)
        return tuple(int(group) for group in np.flatnonzero(sizes >= self.smallest_community))

    @property
    def by_community(self) -> bool:
        """Whether colours tell communities."""
        return self.colours.what == COMMUNITY


def scene_of(
    ecosystem: Ecosystem,
    *,
    size: Any = "strength",
    colour: Any = "type",
    communities: Any = None,
    labels: int | Sequence[str] = 12,
    ties: int = 500,
    page: tuple[float, float] = (516.0, 420.0),
    seed: int = 0,
) -> Scene:
    """Return what a map of the ecosystem shows. See ``draw_ecosystem`` for the options.

    Raises
    ------
    OptionError
        A measure, column, actor or number that cannot be drawn.
    """
    if not isinstance(ties, int) or isinstance(ties, bool) or ties < 1:
        raise OptionError(f"ties={ties!r} is not a number of ties to draw. Give a whole number from 1.")
    if communities is None and not isinstance(colour, str):
        communities = colour
    groups = groups_of(ecosystem, communities, seed)
    colours = _coloured(ecosystem, colour, groups)
    sized, values = measured(ecosystem, size)
    layout = lay_out(ecosystem, groups.codes, radii_of(values, *page), wide=page[0], high=page[1], seed=seed)
    shapes = kinds_of(ecosystem.types, "type")
    return Scene(
        ecosystem, groups, layout, shapes, colours, sized, values, strongest(ecosystem, ties),
        tuple(_named(ecosystem, values, labels)),
    )  # fmt: skip


def laid(scene: Scene, page: tuple[float, float], seed: int = 0) -> Scene:
    """Return the same scene on a page of another width and height in points."""
    radii = radii_of(scene.values, *page)
    return replace(
        scene, layout=lay_out(scene.ecosystem, scene.groups.codes, radii, wide=page[0], high=page[1], seed=seed)
    )


def page_high(actors: int) -> float:
    """Return how high, in points, a page for this many actors is."""
    return float(np.clip(250 + 30 * np.log2(max(actors, 2) / 8), 220.0, 470.0))


def _coloured(ecosystem: Ecosystem, colour: Any, groups: Groups) -> Kinds:
    untyped = colour == "type" and all(kind is None for kind in ecosystem.types) if isinstance(colour, str) else False
    if not isinstance(colour, str) or colour == COMMUNITY or untyped:
        names = np.array([*groups.names, None], dtype=object)
        return kinds_of(names[groups.codes], COMMUNITY)
    return kinds_of(column_of(ecosystem, colour, "colour", ("type", COMMUNITY)), colour)


def _named(ecosystem: Ecosystem, values: np.ndarray, labels: int | Sequence[str]) -> list[int]:
    """Return the actors whose names are written: those asked for, or those with most of the measure."""
    if isinstance(labels, str) or not isinstance(labels, int):
        return [int(code) for code in ecosystem.codes(labels)]
    if labels < 0:
        raise OptionError(f"labels={labels!r} is not a number of names to write. Give 0 or more, or ids of actors.")
    order = np.lexsort((np.arange(len(values)), -values))
    return [int(code) for code in order[:labels] if values[code] > 0 or ecosystem.n <= labels]


def community_name(scene: Scene, group: int) -> str:
    """Return what people would call a community: its own name, who is in it mostly, or whom it is around."""
    n, own = counted(int((scene.groups.codes == group).sum()), "actor"), scene.groups.names[group]
    if scene.groups.given and not own.isdigit():
        return f"{own}, {n}"
    kind, share = kinds_within(scene, group)
    return f"{n}, {percent(share)} {kind}" if share > 0.5 else f"{n} around {top_of(scene, group)}"


def kinds_within(scene: Scene, group: int) -> tuple[str, float]:
    """Return the most frequent type of a community's actors, and its share."""
    own = pd.Series(scene.ecosystem.types[scene.groups.codes == group], dtype=object).dropna()
    if own.empty:
        return "", 0.0
    counted = own.astype(str).value_counts()
    first = sorted(counted.index, key=lambda name: (-counted[name], name))[0]
    return first, float(counted[first] / (scene.groups.codes == group).sum())


def top_of(scene: Scene, group: int) -> str:
    """Return the name of the actor with most of the measure in a community."""
    members = np.flatnonzero(scene.groups.codes == group)
    return str(scene.ecosystem.labels[members[np.argmax(scene.values[members])]])
