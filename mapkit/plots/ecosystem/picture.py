"""Who is there, who stands with whom, and who joins the communities: the map of an ecosystem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from mapkit.ecosystems import Ecosystem
from mapkit.plots.ecosystem.drawing import draw_actors, draw_communities, draw_names, draw_ties
from mapkit.plots.ecosystem.grouping import joining
from mapkit.plots.ecosystem.keys import draw_key, key_height
from mapkit.plots.ecosystem.scene import Scene, laid, page_high, scene_of, top_of
from mapkit.plots.ecosystem.ties import negative
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, counted, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_high, points_wide
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import MARGIN, PAGE_WIDTH

_WIDE = PAGE_WIDTH - 2 * MARGIN
_FEW = 0.1  # of the ties between communities, below which nobody stands out


@drawing.register
def draw_ecosystem(
    ecosystem: Ecosystem,
    ax: Axes | None = None,
    *,
    size: Any = "strength",
    colour: Any = "type",
    communities: Any = None,
    labels: int | Sequence[str] = 12,
    ties: int = 500,
    seed: int = 0,
) -> Axes:
    """Draw the ecosystem: communities first, actors within them, shapes by type, the top actors named.

    Parameters
    ----------
    size
        What the area of a mark shows: "strength", a measure of ``measure_position``, a numeric column of the actors,
        or a result with a column ``actor`` and a measure.
    colour
        "type", "community", a column of the actors, or what ``find_communities`` returned.
    communities
        What ``find_communities`` returned, a frame with ``actor`` and ``community``, or a column of the actors. None:
        they are found, with ``seed``.
    labels
        How many names to write, those with most of ``size``; or the ids of the actors to name.
    ties
        The most ties to draw; of more, each actor's strongest.
    seed
        Of the communities that are found, and of the places from which the actors set out.
    """
    if not ecosystem.n:
        return nothing_to_draw(ax, "An ecosystem without actors", "there are no actors")
    page = (_WIDE, page_high(ecosystem.n))
    scene = scene_of(
        ecosystem, size=size, colour=colour, communities=communities, labels=labels, ties=ties, page=page, seed=seed
    )
    below = key_height(scene, _WIDE)
    ax = open_page(ax, heading(scene), height=page[1] + below)
    if abs(points_wide(ax) - page[0]) > 1 or abs(points_high(ax) - page[1] - below) > 1:
        below = key_height(scene, points_wide(ax))
        page = (points_wide(ax), max(points_high(ax) - below, 40.0))
        scene = laid(scene, page, seed)
    ax.set_xlim(0, page[0])
    ax.set_ylim(page[1] + below, 0)
    draw_communities(ax, scene)
    draw_ties(ax, scene)
    draw_actors(ax, scene)
    draw_names(ax, scene)
    draw_key(ax, scene, page)
    return ax


def heading(scene: Scene) -> Heading:
    """Return what the page says: who joins how many communities, what was drawn, and what to be careful about."""
    ecosystem, drawn = scene.ecosystem, scene.ties
    subtitle = f"{counted(ecosystem.n, 'actor')}, "
    if len(drawn.rows) < drawn.found:
        subtitle += f"{count(len(drawn.rows))} of {counted(drawn.found, 'tie')} drawn: each actor's strongest"
    else:
        subtitle += counted(drawn.found, "tie")
    subtitle += f" · size: {fitted(scene.sized, 120)} · colour: {fitted(scene.colours.what, 120)}"
    return Heading(_finding(scene), subtitle, _note(scene))


def _finding(scene: Scene) -> str:
    groups, ecosystem = scene.groups, scene.ecosystem
    if not groups.count:
        return f"{counted(ecosystem.n, 'actor')}, and no tie between any two"
    large = len(scene.communities)
    what = "community" if groups.count == 1 else "communities"
    if groups.count == 1:
        return f"One {what}; the strongest in it is {fitted(top_of(scene, 0), 200)}"
    found = joining(ecosystem, groups)
    said = f"{count(large or groups.count)} {what}"
    if found is None:
        return f"{said}, and no tie joins any two"
    actor, share = found
    if share < _FEW:
        return f"{said}; no actor has more than {percent(share)} of the ties between them"
    name = fitted(ecosystem.labels[actor], 190)
    return f"{said}; {f'actor {name}' if name.isdigit() else name} has {percent(share)} of the ties between them"


def _note(scene: Scene) -> str:
    ecosystem, notes = scene.ecosystem, []
    if len(scene.ties.share) and np.ptp(scene.ties.share) > 0:
        notes.append("Wider: stronger.")
    if negative(ecosystem)[scene.ties.rows].any():
        notes.append("Dashed: against.")
    alone = int((scene.layout.groups < 0).sum())
    if alone and scene.groups.count:
        notes.append(f"Below: {counted(alone, 'actor')} without ties to others.")
    if scene.ties.to_themselves:
        notes.append(f"Not drawn: {counted(scene.ties.to_themselves, 'tie')} of actors to themselves.")
    small = scene.groups.count - len(scene.communities)
    if small and scene.communities:
        notes.append(f"Not counted: {counted(small, 'group')} of fewer than {scene.smallest_community}.")
    notes.append("Shares of ties are by strength. Distances mean nothing.")
    return " ".join(notes)


@sentence.register
def say_ecosystem(ecosystem: Ecosystem) -> str:
    """Say who is in the ecosystem, and how tied they are, in one sentence."""
    kinds: dict[str, int] = {}
    for kind in ecosystem.types:
        if kind is not None:
            kinds[str(kind)] = kinds.get(str(kind), 0) + 1
    order = sorted(kinds, key=lambda name: (-kinds[name], name))[:8]
    who = f" ({', '.join(f'{count(kinds[name])} {shown(name)}' for name in order)})" if order else ""
    from mapkit.plots.ecosystem.looks import strength

    values = strength(ecosystem)
    top = [shown(ecosystem.labels[k]) for k in np.argsort(-values, kind="stable")[:3] if values[k] > 0]
    said = f"; the strongest tied are {', '.join(top)}" if top else ""
    return f"Map of {counted(ecosystem.n, 'actor')}{who} and {counted(ecosystem.m, 'tie')}{said}."
