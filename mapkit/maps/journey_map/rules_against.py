"""What can be wrong between a journey map and what it refers to: inventory, research notes, log, as-is map."""

from __future__ import annotations

from collections.abc import Iterator

from mapkit.documents.faults import cut
from mapkit.documents.parsing import Path
from mapkit.errors import listed, nearest
from mapkit.maps.journey_map.findings import Finding
from mapkit.maps.journey_map.rules_within import Rule
from mapkit.maps.journey_map.subject import Subject, steps_of


def _inventory(subject: Subject) -> Iterator[Finding]:
    if subject.inventory is None:
        return
    known = subject.inventory
    named: list[tuple[Path, str | None, str]] = [
        ((*path, "touchpoints", number), None, touchpoint)
        for path, _, step in steps_of(subject)
        for number, touchpoint in enumerate(step.touchpoints)
    ]
    named += [((*c.path, "touchpoint"), c.key, c.cell.touchpoint) for c in subject.cells if c.cell.touchpoint]
    for path, key, touchpoint in named:
        if touchpoint not in known:
            yield Finding("error", "unknown_touchpoint", f"The touchpoint {cut(touchpoint)!r} is not in the inventory."
                          f"{nearest(touchpoint, known)}", "Correct the name, or add it to the inventory.", path,
                          key)  # fmt: skip
    met = {touchpoint for step in subject.map.steps for touchpoint in subject.touchpoints(step)}
    met |= {touchpoint for _, _, touchpoint in named}
    if left := [each for each in known if each not in met]:
        yield Finding("info", "touchpoints_not_on_map", f"{len(left):,} of {len(known):,} touchpoints of the inventory "
                      f"are not on the map: {listed(left)}.", "Add those that this persona meets.", ())  # fmt: skip


def _notes(subject: Subject) -> Iterator[Finding]:
    cited = [
        (each, number, evidence)
        for each in subject.cells
        for number, evidence in enumerate(each.cell.evidence)
        if evidence.ref and evidence.kind in (None, "interview", "observation")
    ]
    bare = [evidence for _, _, evidence in cited if evidence.kind is None]
    if subject.notes is None:
        if bare:
            yield Finding("info", "notes_not_given", f"{len(bare):,} references cite research notes, which were not "
                          "given: they count for nothing.", "Check the map together with its notes.", ())  # fmt: skip
        return
    for each, number, evidence in cited:
        if evidence.ref not in subject.methods:
            yield Finding("error", "unknown_note", f"There is no research note {cut(evidence.ref)!r}."
                          f"{nearest(evidence.ref, subject.methods)}", "Correct the reference, or add the note.",
                          (*each.path, "evidence", number), each.key)  # fmt: skip
    unused = sorted(set(subject.methods) - {evidence.ref for _, _, evidence in cited})
    if unused:
        yield Finding("info", "notes_not_cited", f"{len(unused):,} of {len(subject.methods):,} research notes are "
                      f"cited by no cell: {listed(unused)}.", "Cite them where they bear on a cell.", ())  # fmt: skip


def _events(subject: Subject) -> Iterator[Finding]:
    if subject.events is None:
        return
    for path, _, step in steps_of(subject):
        for event in step.events:
            # A step may be called by its touchpoint, whose events witness it.
            if event not in subject.events and event not in (subject.inventory or {}):
                yield Finding("error", "unknown_event", f"The event {cut(event)!r} of the step {cut(step.id)!r} is not "
                              f"in the log.{nearest(event, subject.events)}", "Name the events that witness the step.",
                              path)  # fmt: skip


def _as_is(subject: Subject) -> Iterator[Finding]:
    if subject.map.state != "to-be":
        return
    if subject.as_is is None:
        yield Finding("info", "as_is_not_given", "The map says what shall be; what is was not given.",
                      "Check it together with its as-is map.", ())  # fmt: skip
        return
    steps = {step.id for step in subject.as_is.steps}
    for path, _, step in steps_of(subject):
        if step.id not in steps:
            yield Finding("info", "new_step", f"The step {step.id!r} is not on the as-is map.",
                          "Say in an opportunity what brings it about.", path)  # fmt: skip
    placed = {(each.lane, each.cell.stage, each.cell.step) for each in subject.as_is.cells}
    for each in subject.cells:
        here = (each.lane, each.cell.stage, each.cell.step)
        if each.cell.claimed is not None and here not in placed:
            yield Finding("warning", "without_as_is", "The as-is map says nothing in this place, so that nobody can "
                          "tell whether it got better.", "Claim or measure the same on the as-is map.", each.path,
                          each.key)  # fmt: skip


RULES: tuple[Rule, ...] = (_inventory, _notes, _events, _as_is)
