"""What can be wrong with a journey map by itself: places left empty, claims out of range, pain that nobody owns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from mapkit.documents.faults import cut
from mapkit.errors import nearest
from mapkit.maps.journey_map.findings import Finding
from mapkit.maps.journey_map.subject import Subject, steps_of

Rule = Callable[[Subject], Iterator[Finding]]


def _stages(subject: Subject) -> Iterator[Finding]:
    touched = {each.cell.stage for each in subject.cells if each.lane == "touchpoints" or each.cell.touchpoint}
    touched_steps = {each.cell.step for each in subject.cells if each.lane == "touchpoints" or each.cell.touchpoint}
    for path, stage in subject.stages:
        bare = [step for step in stage.steps if not subject.touchpoints(step) and step.id not in touched_steps]
        if not stage.steps and all(each.cell.stage != stage.name for each in subject.cells):
            yield Finding("warning", "empty_stage", f"The stage {stage.name!r} has no step and no cell.",
                          "Add its steps, or take the stage out.", path)  # fmt: skip
        elif len(bare) == len(stage.steps) and stage.name not in touched:
            yield Finding("warning", "stage_without_touchpoint", f"The stage {stage.name!r} has no touchpoint.",
                          "Say at its steps which touchpoints carry them.", path)  # fmt: skip
        else:
            for number, step in enumerate(stage.steps):
                if step in bare:
                    yield Finding("warning", "step_without_touchpoint", f"The step {step.id!r} has no touchpoint.",
                                  "Say at the step which touchpoints carry it.", (*path, "steps", number))  # fmt: skip


def _steps(subject: Subject) -> Iterator[Finding]:
    told = {each.cell.step for each in subject.cells}
    told |= {step for each in subject.cells for step in (each.cell.of, each.cell.to) if step}
    told |= {step for each in subject.cells if isinstance(each.cell.claimed, tuple) for step in each.cell.claimed}
    named: dict[str, str] = {}
    witnessed: dict[str, str] = {}
    for path, _, step in steps_of(subject):
        if step.id not in told:
            yield Finding("warning", "step_without_cell", f"No cell says anything about the step {step.id!r}.",
                          "Fill in a lane for it, or take the step out.", path)  # fmt: skip
        if not step.events:
            yield Finding("info", "step_without_event", f"No event of a log witnesses the step {step.id!r}.",
                          "Name the events that show it; without one it cannot be measured.", path)  # fmt: skip
        if step.name and step.name in named:
            yield Finding("warning", "same_name", f"The steps {named[step.name]!r} and {step.id!r} are both called "
                          f"{cut(step.name)!r}.", "Rename one.", path)  # fmt: skip
        named[step.name] = step.id
        for event in step.events:
            if event in witnessed:
                yield Finding("warning", "event_of_two_steps", f"The event {cut(event)!r} witnesses two steps, "
                              f"{witnessed[event]!r} and {step.id!r}.", "Give it to one of them.", path)  # fmt: skip
            witnessed[event] = step.id


def _lanes(subject: Subject) -> Iterator[Finding]:
    for at, lane in enumerate(subject.map.lanes):
        if not lane.cells:
            yield Finding("info", "empty_lane", f"The lane {lane.name!r} has no cell.", "Fill it in, or take it out.",
                          ("lanes", at))  # fmt: skip
    said: dict[tuple[str, str, str | None, str], str] = {}
    for each in subject.cells:
        cell = each.cell
        if not (cell.says or cell.touchpoint or cell.owner) and cell.claimed is None:
            yield Finding("warning", "empty_cell", "The cell says and claims nothing.", "Fill it in, or take it out.",
                          each.path, each.key)  # fmt: skip
        place = (each.lane, cell.stage, cell.step, cell.says)
        if cell.says and place in said:
            yield Finding("warning", "said_twice", f"The cell says what {said[place]!r} says in the same place.",
                          "Take one of them out.", each.path, each.key)  # fmt: skip
        said.setdefault(place, each.key)


def _claims(subject: Subject) -> Iterator[Finding]:
    known = [step.id for step in subject.map.steps]
    for each in subject.cells:
        cell, about = each.cell, each.cell.is_about(each.lane)
        order = cell.claimed if isinstance(cell.claimed, tuple) else ()
        for field, step in (("of", cell.of), ("to", cell.to), *(("claimed", step) for step in order)):
            if step is not None and step not in known:
                yield Finding("error", "unknown_step", f"The cell names the step {cut(step)!r}, which the map does not "
                              f"have.{nearest(step, known)}", "Name a step of the map.", (*each.path, field),
                              each.key)  # fmt: skip
        if len(set(order)) < len(order):
            yield Finding("error", "repeated_step", "The order claimed names a step twice.", "Name each step once.",
                          (*each.path, "claimed"), each.key)  # fmt: skip
        low, high = (-2, 2) if about == "emotion" else (0, 1)
        number = cell.claimed if isinstance(cell.claimed, int | float) else None
        if number is not None and not low <= number <= high:
            yield Finding("error", f"{about}_out_of_range", f"The {about} claimed is {number:g}.",
                          f"Claim a number from {low} to {high}.", (*each.path, "claimed"), each.key)  # fmt: skip
        if about == "emotion" and isinstance(cell.claimed, str):
            yield Finding("error", "emotion_not_a_number", f"The emotion claimed is {cut(cell.claimed)!r}.",
                          "Claim a number from -2 to 2.", (*each.path, "claimed"), each.key)  # fmt: skip


def _pain(subject: Subject) -> Iterator[Finding]:
    owned: dict[str, set[str | None]] = defaultdict(set)
    for each in subject.cells:
        if each.lane == "owner" or each.cell.owner:
            owned[each.cell.stage].add(each.cell.step)
    carried = {step.id: subject.touchpoints(step) for step in subject.map.steps}
    owners = {name: touchpoint.owner for name, touchpoint in (subject.inventory or {}).items()}
    for each in (each for each in subject.cells if each.is_pain):
        here = {each.cell.touchpoint, *carried.get(each.cell.step or "", ())} - {None}
        answers = any(owners.get(touchpoint or "") for touchpoint in here)
        if not each.cell.owner and not answers and not owned[each.cell.stage] & {None, each.cell.step}:
            yield Finding("warning", "pain_without_owner", "Nobody answers for this pain point.",
                          "Give the cell an owner.", each.path, each.key)  # fmt: skip
        if each.cell.severity is None:
            yield Finding("info", "pain_without_severity", "The pain point does not say how bad it is.",
                          "Give it a severity from 0 to 1, so that it can be ranked.", each.path, each.key)  # fmt: skip


def _evidence(subject: Subject) -> Iterator[Finding]:
    for each in subject.cells:
        if each.cell.claimed is not None and each.grade == "D":
            yield Finding("warning", "claim_without_evidence", "The cell makes a claim and rests on nothing but words.",
                          "Cite what it rests on, or measure it with observe_map.", each.path, each.key)  # fmt: skip
        for number, evidence in enumerate(each.cell.evidence):
            if evidence.kind in ("log", "experiment", "survey") and evidence.n is None:
                yield Finding("warning", "evidence_without_n", f"The {evidence.kind} it rests on gives no n.",
                              "Say how many it rests on.", (*each.path, "evidence", number), each.key)  # fmt: skip


RULES: tuple[Rule, ...] = (_stages, _steps, _lanes, _claims, _pain, _evidence)
