"""Inventory: a heat map of stage x channel in which holes are seen, each cell with its touchpoints."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.experience.touchpoints import Inventory
from mapkit.plots.names import fitted, shown, width_of, wrapped
from mapkit.plots.numbers import count, counted, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BLUE, INK, LEADING, LIGHT, NOTE, PAPER, QUIET, SMALL

_HEAD, _NAMES, _MOST, _LINES = 20.0, 110.0, 12, 4
_PALE, _DARK = 0.12, 0.55


@drawing.register
def draw_inventory(inventory: Inventory, ax: Axes | None = None) -> Axes:
    """Draw a cell for each stage and channel, darker with more touchpoints; a hole is hatched."""
    cells = inventory.coverage
    if cells.empty:
        return nothing_to_draw(ax, inventory.title, "the inventory lists no touchpoint")
    channels = _largest(inventory, "channel")
    stages = _largest(inventory, "stage")
    left = min(max(width_of(fitted(name, _NAMES), SMALL, True) for name in channels), _NAMES) + 12
    cells = cells[cells["stage"].isin(stages) & cells["channel"].isin(channels)]
    high = 14 + NOTE * LEADING * min(int(cells["touchpoints"].max()), _LINES)
    ax = open_page(ax, _heading(inventory, len(stages), len(channels)), height=_HEAD + high * len(channels), left=left)
    ax.set_xlim(0, len(stages))
    ax.set_ylim(_HEAD + high * len(channels), 0)
    room = points_wide(ax) / len(stages) - 12
    for x, stage in enumerate(stages):
        size = SMALL if width_of(shown(stage), SMALL, True) <= room + 8 else NOTE
        say(ax, x + 0.5, _HEAD / 2, fitted(stage, room + 8, size, True), size=size, bold=True, align="center")
    for y, channel in enumerate(channels):
        middle = _HEAD + high * (y + 0.5)
        say(ax, 0, middle, fitted(channel, _NAMES, SMALL, True), dx=-10, size=SMALL, bold=True, align="right")
    most = int(cells["touchpoints"].max())
    witnessed = inventory.table.set_index("name")["witnessed"].to_dict()
    for row in cells.to_dict("records"):
        at = (stages.index(row["stage"]), _HEAD + high * channels.index(row["channel"]))
        _cell(ax, at, high, row["touchpoints"] / most)
        names = row["named"].split("; ") if row["touchpoints"] else []
        _names(ax, at, high, room, [(name, bool(witnessed.get(name, True))) for name in names])
    return ax


def _cell(ax: Axes, at: tuple[int, float], high: float, share: float) -> None:
    x, y = at
    box = {"xy": (x + 0.02, y + 2), "width": 0.96, "height": high - 4}
    if share == 0:
        ax.add_patch(Rectangle(**box, facecolor=PAPER, edgecolor=LIGHT, hatch="////", lw=0.8, zorder=1))  # type: ignore[arg-type]
        return
    alpha = _PALE + (_DARK - _PALE) * math.sqrt(share)
    ax.add_patch(Rectangle(**box, facecolor=BLUE, alpha=alpha, edgecolor="none", zorder=1))  # type: ignore[arg-type]


def _names(ax: Axes, at: tuple[int, float], high: float, room: float, names: list[tuple[str, bool]]) -> None:
    marked = [name if seen else f"{name} *" for name, seen in names]
    drawn = marked if len(marked) <= _LINES else marked[: _LINES - 1]
    # A single name may break; of several each keeps to its line.
    each = _LINES - 1 if len(drawn) == 1 and high > 3 * NOTE * LEADING else 1
    lines = [(line, INK) for name in drawn for line in wrapped(name, room, NOTE, most=each)]
    if len(drawn) < len(names):
        lines.append((f"and {len(names) - len(drawn)} more", QUIET))
    for k, (text, colour) in enumerate(lines):
        y = at[1] + high / 2 + (k - (len(lines) - 1) / 2) * NOTE * LEADING
        say(ax, at[0] + 0.5, y, text, size=NOTE, colour=colour, align="center")


def _largest(inventory: Inventory, key: str) -> list[str]:
    """Return stages or channels in the inventory's order; beyond 12 (6 stages and more get narrow) the largest."""
    sizes = inventory.coverage.groupby(key, sort=False)["touchpoints"].sum()
    most = _MOST if key == "channel" else 8
    kept = set(sizes.sort_values(ascending=False, kind="stable").index[:most])
    return [str(name) for name in sizes.index if name in kept]


def _heading(inventory: Inventory, stages: int, channels: int) -> Heading:
    holes, cells, n = len(inventory.holes), len(inventory.coverage), len(inventory.table)
    title = f"{counted(n, 'touchpoint')}: {holes} of {cells} cells of stage and channel are empty"
    if not holes:
        title = f"{counted(n, 'touchpoint')}: every channel is used in every stage"
    unseen = len(inventory.unwitnessed)
    subtitle = f"rows: channel, columns: stage · n = {count(n)}, {count(n - unseen)} of them in the log"
    subtitle += f" · {percent(inventory.share_listed.value)} of {count(inventory.events)} events listed"
    note = "Hatched: no touchpoint; not every hole needs one."
    note += " *: nothing in the log shows it." if unseen else ""
    if len(inventory.unlisted):
        named = [fitted(name, 90) for name in inventory.unlisted["event"].head(4)]
        more = f" and {len(inventory.unlisted) - 4} more" if len(inventory.unlisted) > 4 else ""
        note += f" In the log and in no touchpoint: {', '.join(named)}{more}."
    if inventory.orphans:
        named = [fitted(name, 90) for name in inventory.orphans[:4]]
        note += f" Without an owner: {', '.join(named)}{' and more' if len(inventory.orphans) > 4 else ''}."
    hidden = cells - stages * channels
    note += f" Not drawn: {hidden} cells of smaller stages or channels." if hidden else ""
    return Heading(title, subtitle, note)


@sentence.register
def say_inventory(inventory: Inventory) -> str:
    """Say coverage and what is missing on either side, in one sentence."""
    parts = [f"Heat map of {len(inventory.table)} touchpoints by stage and channel: {len(inventory.holes)} empty cells"]
    for what, names in (("unwitnessed", inventory.unwitnessed), ("without owner", inventory.orphans)):
        if names:
            parts.append(f"{what} {', '.join(map(shown, names[:8]))}")
    if len(inventory.unlisted):
        parts.append(f"events in no touchpoint {', '.join(map(shown, inventory.unlisted['event'].head(8)))}")
    return "; ".join(parts) + "."
