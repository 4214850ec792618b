"""Changes as text: plain for a terminal, Markdown for a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from mapkit.maps.journey_map.changes import Change
from mapkit.maps.journey_map.journey_map import JourneyMap

_SIGNS = {"added": "+", "removed": "-", "moved": ">", "renamed": "=", "changed": "~"}
# Text of a map is never markup: a table, a link or a mention in a cell stays the characters that it is.
_MARKUP = re.compile(r"[\\`*\[\]<>#|~@&]|(?<!\w)_|_(?!\w)")
_LONGEST = 300


def as_text(title: str, changes: list[Change]) -> str:
    """Return one line a change, below a line that counts them."""
    return "\n".join([f"{title}: {count(changes)}", *(f"  {_SIGNS[each.change]} {_line(each)}" for each in changes)])


def as_markdown(title: str, changes: list[Change]) -> str:
    """Return the changes as a list under a heading for the map, its stages and steps, and each lane."""
    parts = [f"### {_escaped(title)}: {count(changes)}"]
    for heading, held in _grouped(changes):
        parts.append(f"**{_escaped(heading)}**\n\n" + "\n".join(f"- {_marked(each)}" for each in held))
    return "\n\n".join(parts) + "\n"


def title_of(before: JourneyMap, after: JourneyMap) -> str:
    """Return which maps are compared, in words."""
    return after.title if before.title == after.title else f"{before.title} to {after.title}"


def count(changes: list[Change]) -> str:
    """Return how many changes there are, in words."""
    return "no change" if not changes else f"{len(changes):,} change{'s' if len(changes) > 1 else ''}"


def _grouped(changes: list[Change]) -> Iterable[tuple[str, list[Change]]]:
    groups: dict[str, list[Change]] = {}
    for each in changes:
        heading = {"map": "Map", "stage": "Stages and steps", "step": "Stages and steps", "lane": "Lanes"}
        groups.setdefault(heading.get(each.part, f"Lane {each.lane}"), []).append(each)
    return groups.items()


def _line(change: Change) -> str:
    what = f"{change.part} {change.key}" if change.part != "map" else "map"
    return f"{what}: {_said(change)}"


def _said(change: Change) -> str:
    if change.change in ("added", "removed"):
        detail = change.after if change.change == "added" else change.before
        return change.change + (f" ({shown(detail)})" if detail else "")
    field = f"{change.field} " if _told(change) else ""
    verb = "" if change.change == "changed" else f"{change.change}: "
    return f"{verb}{field}{shown(change.before)} -> {shown(change.after)}"


def _marked(change: Change) -> str:
    if change.change in ("added", "removed"):
        detail = change.after if change.change == "added" else change.before
        return f"{change.change} {_name(change)}" + (f": {_escaped(shown(detail))}" if detail else "")
    field = f"{_escaped(change.field)} " if _told(change) else ""
    verb = "" if change.change == "changed" else f"{change.change}, "
    return f"{_name(change)}: {verb}{field}**{_escaped(shown(change.before))}** → **{_escaped(shown(change.after))}**"


def _told(change: Change) -> bool:
    """Say whether the field is worth naming: that what is renamed has another name goes without saying."""
    return change.change == "changed" or change.field in ("stage", "lane")


def _name(change: Change) -> str:
    return "map" if change.part == "map" else f"{change.part} **{_escaped(shown(change.key))}**"


def shown(value: Any) -> str:
    """Return a value on one line, cut where it is long."""
    if value is None:
        return "nothing"
    text = " ".join(f"{value:g}".split() if isinstance(value, float) else str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _escaped(text: str) -> str:
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", text)
