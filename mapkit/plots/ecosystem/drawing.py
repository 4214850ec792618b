"""The map put on an axes: outlines, lines with their heads, marks, and names with halos."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.patches import Polygon
from matplotlib.patheffects import AbstractPathEffect, withStroke

from mapkit.plots.ecosystem.labels import Placed, Space, place_labels
from mapkit.plots.ecosystem.scene import Scene, community_name
from mapkit.plots.ecosystem.ties import curves, heads, negative
from mapkit.plots.names import fitted, width_of
from mapkit.plots.page import say
from mapkit.plots.style import BAD, INK, LEADING, MID, NOTE, OTHER, PAPER, QUIET, SMALL, readable

_HALO = 2.4
_LONGEST_NAME = 120.0
_NAMED_COMMUNITIES = 8
_THINNEST, _THICKEST = 0.45, 2.6


def tint(colour: str, share: float = 0.13) -> tuple[float, float, float]:
    """Return a colour mixed with paper: ``share`` of it is left."""
    red, green, blue = (
        share * own + (1 - share) * paper for own, paper in zip(to_rgb(colour), to_rgb(PAPER), strict=True)
    )
    return (red, green, blue)


def colours_of(scene: Scene) -> np.ndarray:
    """Return each actor's colour as red, green, blue."""
    table = np.array([to_rgb(colour) for colour in scene.colours.colours])
    return np.asarray(table[scene.colours.codes])


def _community_colour(scene: Scene, group: int) -> str:
    if not scene.by_community:
        return OTHER
    code = int(scene.colours.codes[np.flatnonzero(scene.groups.codes == group)[0]])
    return scene.colours.colours[code]


def draw_communities(ax: Axes, scene: Scene) -> None:
    """Draw a tinted outline around every community."""
    for group in scene.communities:
        face = tint(_community_colour(scene, group), 0.11)
        ax.add_patch(Polygon(scene.layout.hull(group), closed=True, facecolor=face, edgecolor="none", zorder=0))


def draw_ties(ax: Axes, scene: Scene) -> None:
    """Draw the ties: within a community light, between communities darker, against rather than for dashed."""
    rows = scene.ties.rows
    if not len(rows):
        return
    ecosystem, groups = scene.ecosystem, scene.groups.codes
    lines = curves(ecosystem, scene.layout, rows)
    thin = float(np.clip(1.2 - 0.25 * np.log10(max(len(rows), 10) / 30), 0.45, 1.0))
    wide = thin * (_THINNEST + (_THICKEST - _THINNEST) * scene.ties.share**1.5)
    across = groups[ecosystem.ties.sources[rows]] != groups[ecosystem.ties.targets[rows]]
    against = negative(ecosystem)[rows]
    ink = np.array([to_rgb(MID)] * len(rows))
    ink[across] = to_rgb(QUIET)
    ink[against] = to_rgb(BAD)
    alpha = np.where(across, 0.6, 0.5)
    colour = np.column_stack([ink, alpha])
    for mask, dashes, z in (
        (~across & ~against, "solid", 1.0),
        (across & ~against, "solid", 1.2),
        (against, (0, (3, 1.6)), 1.4),
    ):
        if mask.any():
            ax.add_collection(
                LineCollection(lines[mask], colors=colour[mask], linewidths=wide[mask], linestyles=dashes, zorder=z)
            )
    pointed = ~ecosystem.ties.two_way[rows]
    if pointed.any():
        most = np.minimum(
            0.55 * np.hypot(*(lines[:, -1] - lines[:, 0]).T),
            0.8 + 1.8 * scene.layout.radii[ecosystem.ties.targets[rows]],
        )
        sizes = np.minimum(2.6 + 1.7 * wide, most)[pointed]
        corners = heads(lines[pointed], sizes)
        full = np.column_stack([ink[pointed], np.minimum(alpha[pointed] + 0.2, 1)])
        ax.add_collection(PolyCollection(list(corners), facecolors=full, edgecolors="none", zorder=1.6))


def draw_actors(ax: Axes, scene: Scene) -> None:
    """Draw a mark for every actor: the shape of its type, the area of its measure, small ones on top."""
    layout, faces = scene.layout, colours_of(scene)
    rim = 0.7 if scene.ecosystem.n <= 1000 else 0.25
    for code, marker in enumerate(scene.shapes.markers):
        members = np.flatnonzero(scene.shapes.codes == code)
        members = members[np.argsort(-layout.radii[members], kind="stable")]
        ax.scatter(
            layout.at[members, 0],
            layout.at[members, 1],
            s=(2 * layout.radii[members]) ** 2 * shape_share(marker),
            marker=marker,
            c=faces[members],
            edgecolors=PAPER,
            linewidths=rim,
            zorder=3,
        )


def shape_share(marker: str) -> float:
    """Return by how much a shape's area must change so that no corner leaves its circle, and none looks small."""
    return {"o": 1.0, "s": 0.72, "^": 0.95, "D": 0.55, "v": 0.95, "P": 0.9, "X": 0.9, "p": 1.0}.get(marker, 1.0)


def draw_names(ax: Axes, scene: Scene) -> None:
    """Write the communities' names and the top actors', none on another."""
    layout = scene.layout
    space = Space(layout.at, layout.radii, (layout.wide, layout.strip or layout.high))
    _draw_community_names(ax, scene, space)
    texts = {actor: fitted(scene.ecosystem.labels[actor], _LONGEST_NAME, SMALL) for actor in scene.named}
    wides = [width_of(text, SMALL) + 3 for text in texts.values()]
    halo: list[AbstractPathEffect] = [withStroke(linewidth=_HALO, foreground=PAPER)]
    for placed in place_labels(space, list(texts), wides, SMALL * LEADING):
        if placed.led:
            _lead(ax, scene, placed, SMALL * LEADING)
        said = say(ax, placed.x, placed.y, texts[placed.actor], size=SMALL, align="center", colour=INK)
        said.set_path_effects(halo)
        said.set_zorder(6)


def _lead(ax: Axes, scene: Scene, placed: Placed, high: float) -> None:
    """Draw a thin line from an actor's rim to the rim of its label."""
    label, actor = np.array([placed.x, placed.y]), scene.layout.at[placed.actor]
    way = actor - label
    share = min(placed.wide / 2 / max(abs(way[0]), 1e-9), high / 2 / max(abs(way[1]), 1e-9), 1.0)
    rim = scene.layout.radii[placed.actor] / max(float(np.hypot(*way)), 1e-9)
    ends = np.array([actor - way * min(rim, 1.0), label + way * share])
    ax.plot(ends[:, 0], ends[:, 1], color=INK, lw=0.6, zorder=3.5)


def _draw_community_names(ax: Axes, scene: Scene, space: Space) -> None:
    """Write at each community's rim whom it is around and who is in it mostly."""
    layout = scene.layout
    halo: list[AbstractPathEffect] = [withStroke(linewidth=_HALO, foreground=PAPER)]
    for group in scene.communities[:_NAMED_COMMUNITIES]:
        hull = layout.hull(group)
        text = fitted(community_name(scene, group), 170, NOTE, True)
        wide, high = width_of(text, NOTE, True) + 4, NOTE * LEADING
        middle = float(hull[:, 0].min() + hull[:, 0].max()) / 2
        spots = [(middle, float(hull[:, 1].max()) + high / 2), (middle, float(hull[:, 1].min()) - high / 2)]
        spots += [(middle, float(hull[:, 1].max()) - high / 2), (middle, float(hull[:, 1].min()) + high / 2)]
        inside = [(float(np.clip(x, wide / 2, layout.wide - wide / 2)), y) for x, y in spots]
        x, y = min(inside, key=lambda spot: space.cost(spot[0], spot[1], wide, high))
        if space.cost(x, y, wide, high) == float("inf"):
            continue
        space.take(x, y, wide, high)
        said = say(
            ax, x, y, text, size=NOTE, bold=True, align="center", colour=readable(_community_colour(scene, group))
        )
        said.set_path_effects(halo)
        said.set_zorder(5)
