"""Mermaid's journey diagram: sections of tasks, each with a score from 1 to 5 and its actors.

Source: the documentation of Mermaid, "User Journey Diagram".
"""

from __future__ import annotations

import html
import math
import re
from typing import Any

from mapkit.documents.scalars import plain_value
from mapkit.errors import DocumentError
from mapkit.maps.formats.form import Format, Names, Read, decoded, lanes_of, step_values
from mapkit.maps.formats.losses import Keeps, Loss
from mapkit.maps.journey_map import JourneyMap

TABLE = (
    ("title", "title"),
    ("stage", "section"),
    ("step: name", "the task's name"),
    ("step: id, where it is not the name", "a comment '%% step: id' before the task"),
    ("a step's cell in the lane emotion, a number from -2 to 2", "score 1 to 5: the number plus 3, rounded"),
    ("a step without one", "score 3, after a comment '%% no emotion'"),
    ("a step's cell in the lane actors, else the persona's name", "the task's actors"),
)  # fmt: skip

_LANES = {"emotion": "claimed", "actors": "says"}
_NEUTRAL, _LOWEST, _HIGHEST = 3, 1, 5
# What would end a name early or begin something else; a comma ends an actor.
_SPECIAL = re.compile(r"[#:;%<>`&,\"\\]|[^\x20-\x7e\xa0-\U0010ffff]|^\s|\s$")
_KEYWORD = re.compile(r"(?:section|title|acctitle|accdescr|journey|---)", re.IGNORECASE)
_ENTITY = re.compile(r"#(\w+);")
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*mermaid[^\n]*\n(.*?)^[ \t]*\1", re.DOTALL | re.MULTILINE)
_STEP, _NO_EMOTION = "%% step: ", "%% no emotion"


def _keeps(journey_map: JourneyMap) -> Keeps:
    scale = "Mermaid's scores are whole, 1 to 5: an emotion is rounded, and cut at -2 and 2."
    return Keeps("Mermaid", _LANES, scale, "Mermaid holds a list of actors, without blanks around the commas.")


def _write(journey_map: JourneyMap, name: str) -> bytes:
    held = step_values(journey_map, _LANES)
    user = _quoted(journey_map.persona.name) if journey_map.persona else ""
    lines = ["journey", f"    title {_quoted(journey_map.title)}"]
    for stage in journey_map.stages:
        lines.append(f"    section {_quoted(stage.name)}")
        for step in stage.steps:
            emotion, actors = held[step.id].get("emotion"), held[step.id].get("actors")
            if step.name != step.id:
                lines.append(f"      {_STEP}{_quoted(step.id)}")
            if emotion is None:
                lines.append(f"      {_NO_EMOTION}")
            people = ", ".join(_quoted(each) for each in actors.split(", ")) if actors else user
            lines.append(f"      {_quoted(step.name)}: {_score(emotion)}" + (f": {people}" if people else ""))
    text = "\n".join(lines) + "\n"
    return (f"```mermaid\n{text}```\n" if name.lower().endswith(".md") else text).encode()


def _score(emotion: float | None) -> int:
    if emotion is None:
        return _NEUTRAL
    return min(_HIGHEST, max(_LOWEST, math.floor(min(max(emotion, -9), 9) + _NEUTRAL + 0.5)))


def _quoted(text: str) -> str:
    safe = _SPECIAL.sub(lambda found: f"#{ord(found[0])};", text)
    return f"#{ord(text[0])};{safe[1:]}" if _KEYWORD.match(safe) else safe


def _plain(text: str) -> str:
    return _ENTITY.sub(_character, text.strip())


def _character(found: re.Match[str]) -> str:
    word = found[1]
    if word.isdecimal() and int(word) <= 0x10FFFF:
        return chr(int(word))
    return html.unescape(f"&{word};")


def _read(content: bytes, name: str) -> Read:
    text = decoded(content, name)
    diagram, outside = _diagram(text)
    lines = [line.strip() for line in diagram.splitlines()]
    if not any(re.fullmatch(r"journey\b.*", line) for line in lines):
        raise DocumentError(f"{name} has no line 'journey', so it is not Mermaid's journey diagram.")
    losses = [Loss("file", "text", outside, None, "Only the diagram is read.")] if outside else []
    found = _Tasks(name, losses)
    for number, line in enumerate(lines, start=1):
        found.take(line, number)
    return found.document()


def _diagram(text: str) -> tuple[str, str]:
    fences = [each for each in _FENCE.finditer(text) if re.search(r"^\s*journey\b", each[2], re.MULTILINE)]
    if not fences:
        return text, ""
    return fences[0][2], " ".join((text[: fences[0].start()] + text[fences[0].end() :]).split())


class _Tasks:
    """The diagram as its lines are read, one after the other."""

    def __init__(self, name: str, losses: list[Loss]) -> None:
        self.name, self.losses, self.title = name, losses, ""
        self.stages: list[dict[str, Any]] = []
        self.cells: list[tuple[str, dict[str, Any]]] = []
        self.actors: list[tuple[dict[str, Any], str]] = []
        self._sections, self._ids = Names("stage"), Names("step")
        self._id, self._felt = "", True
        self._begun = False

    def take(self, line: str, number: int) -> None:
        if line.startswith("%%"):
            self._comment(line)
        elif not self._begun:
            self._begun = line == "journey" or line.startswith("journey ")
        elif re.match(r"title\s", line, re.IGNORECASE):
            self.title = _plain(line[6:])
        elif re.match(r"section\s", line, re.IGNORECASE):
            self.stages.append({"name": self._sections.own(_plain(line[8:]) or "section"), "steps": []})
        elif re.match(r"acc(title|descr)\b", line, re.IGNORECASE):
            self.losses.append(Loss("map", line.split(":")[0], line.partition(":")[2].strip(), None, _NO_PLACE))
        elif line:
            self._task(line, number)

    def _comment(self, line: str) -> None:
        if line.startswith(_STEP.strip()):
            self._id = _plain(line[len(_STEP) :])
        elif line == _NO_EMOTION:
            self._felt = False
        elif said := line.strip("% "):
            self.losses.append(Loss("file", "comment", said, None, _NO_PLACE))

    def _task(self, line: str, number: int) -> None:
        task, *rest = [part.strip() for part in line.split(":", 2)]
        score = plain_value(rest[0]) if rest else None
        if not isinstance(score, int | float) or isinstance(score, bool):
            raise DocumentError(
                f"{self.name}, line {number}: {line[:60]!r} is not a task. Write 'name: score: actors'."
            )
        if not self.stages:
            self.stages.append({"name": self._sections.own("journey"), "steps": []})
        label = _plain(task) or "task"
        step = self._ids.own(self._id or label)
        self.stages[-1]["steps"].append({"id": step, "name": label})
        place = {"stage": self.stages[-1]["name"], "step": step}
        if self._felt:
            self._emotion(place, float(score))
        people = rest[1].split(",") if len(rest) > 1 else []
        self.actors.append((place, ", ".join(_plain(each) for each in people if each.strip())))
        self._id, self._felt = "", True

    def _emotion(self, place: dict[str, Any], score: float) -> None:
        kept = min(max(score, float(_LOWEST)), float(_HIGHEST))
        if kept != score:
            self.losses.append(Loss(f"step {place['step']}", "score", score, kept - 3, "An emotion is from -2 to 2."))
        self.cells.append(("emotion", place | {"claimed": int(kept - 3) if kept.is_integer() else kept - 3}))

    def document(self) -> Read:
        if not self.stages:
            raise DocumentError(f"{self.name} has no section and no task, so there is no journey in it.")
        people = {said for _, said in self.actors}
        persona = next(iter(people)) if len(people) == 1 and not any("," in said for said in people) else ""
        actors = [] if persona else [("actors", place | {"says": said}) for place, said in self.actors if said]
        document: dict[str, Any] = {"title": self.title or self.name, **({"persona": persona} if persona else {})}
        document |= {"stages": self.stages, "lanes": lanes_of([*self.cells, *actors])}
        return Read(document, [*self.losses, *self._sections.losses, *self._ids.losses])


_NO_PLACE = "A journey map has no place for it."

FORMAT = Format("mermaid", "Mermaid journey", (".mmd", ".mermaid", ".md"), TABLE, _read, _write, _keeps)
