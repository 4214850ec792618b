"""A first map from data alone: stages, steps and lanes as the log and the survey show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from mapkit.errors import OptionError
from mapkit.loaders import read_events
from mapkit.maps.journey_map import Cell, Evidence, JourneyMap, Lane, MapStage, Persona
from mapkit.maps.two_sources.asking import ENOUGH, TOLERANCE, Asked, Sources, ask_all
from mapkit.maps.two_sources.drafted_steps import drafted_stages
from mapkit.maps.two_sources.persona_log import PersonaLog, persona_log
from mapkit.maps.two_sources.questions import questions_of
from mapkit.maps.two_sources.valences import valences_of
from mapkit.maps.two_sources.witnesses import Known, what_is_known
from mapkit.maps.two_sources.wording import said
from mapkit.stages import StageModel
from mapkit.stages.built_in import built_in

_UNITS = ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s"))


def draft_map(
    events: Any,
    touchpoints: Any = None,
    feedback: Any = None,
    *,
    model: StageModel | None = None,
    persona: str | Persona | None = None,
    segment: str | None = None,
    segment_column: str = "segment",
    most_steps: int = 6,
    floor: float = 0.05,
    confidence: float = 0.95,
) -> JourneyMap:
    """Return a first map in which every cell is observed: a beginning for people to correct, not a finished map.

    Stages are the model's. The steps of a stage are its events that most customers do, in the order of the median
    place at which customers first do them. Lanes:

    - **actions**: the share of customers who take the step
    - **touchpoints**: of the inventory, or of the log
    - **channel**: the one by which most take the step
    - **rate**: the share of those at the step before who take this one after it; **timing**: the median time between.
      Steps beside each other need not follow each other: the rate says how many do
    - **emotion**: the mean valence of a stage, and of a touchpoint where enough answered; **pain_points**: where that
      is below 0 beyond chance, its severity the distance from 0 as a part of the scale
    - **owner**: of the inventory, where it names one

    Every cell claims what was measured, cites the log or the survey with its n, and has "observed" as its source. What
    rests on fewer than 30 is left out. Thoughts, backstage and opportunities are not in data and are left to people.

    Parameters
    ----------
    events, touchpoints, feedback
        The log, the inventory and the survey, or anything that ``read_events`` and its kin take.
    model
        The stage model; ``JOURNEY`` when None. Events that it does not map are no steps.
    persona, segment, segment_column
        Who travels. The customers are those whose first value of the column is ``segment`` (else the persona's); None
        takes everybody.
    most_steps, floor
        The most steps of a stage, and the share of customers that a step must have.
    confidence
        Of the intervals behind pain points.

    Raises
    ------
    OptionError
        No event of the log has a stage and enough customers, or nobody is in the segment.
    """
    who = _persona(persona, segment)
    table = read_events(events)
    table.need("customer", "event", "time", for_what="draft_map")
    chosen = who.segment if who else None
    log, known = persona_log(table, chosen, segment_column), what_is_known(table, touchpoints)
    used = model or built_in("JOURNEY")
    stages = drafted_stages(log, used, known, most_steps=most_steps, floor=floor)
    if not any(stage.steps for stage in stages):
        raise OptionError(
            f"No event with a stage of {used.name} has {ENOUGH} customers and {floor:.0%} of the {log.customers:,}."
            " Map the log's events to the model first (measure_coverage shows which are not), or lower the floor."
        )
    sources = Sources(log, valences_of(feedback, chosen), known, TOLERANCE, None, confidence)
    title = f"{who.name if who else 'All customers'}: drafted from data"
    bare = JourneyMap(title, stages, tuple(_asking(stages, known, sources)), who, description=_told(log, used))
    return _filled(bare, known, sources)


def _persona(persona: str | Persona | None, segment: str | None) -> Persona | None:
    if persona is None:
        return None if segment is None else Persona(segment, segment)
    given = Persona(persona) if isinstance(persona, str) else persona
    return given if segment is None else replace(given, segment=segment)


def _told(log: PersonaLog, model: StageModel) -> str:
    return (
        f"Drafted from the events of {log.customers:,} customers, stages by {model.name}. Every cell is observed; what"
        " people think, do behind the stage and could do better is not in the data."
    )


def _asking(stages: tuple[MapStage, ...], known: Known, sources: Sources) -> Iterator[Lane]:
    """Yield the lanes with cells that ask; what they claim is filled in with the answers."""
    placed = [(stage.name, step) for stage in stages for step in stage.steps]
    here = [Cell(stage, step.id) for stage, step in placed]
    moves = [replace(cell, of=before.step, to=cell.step) for before, cell in pairwise(here)]
    yield Lane("actions", tuple(replace(cell, claimed=0.0) for cell in here))
    touched = [
        Cell(stage, step.id, says=name, touchpoint=name)
        for stage, step in placed
        for name in known.touchpoints_of(step)
    ]
    yield Lane("touchpoints", tuple(touched))
    if "channel" in sources.log.events.columns:
        yield Lane("channel", tuple(replace(cell, claimed="?") for cell in here))
    yield Lane("rate", tuple(replace(cell, claimed=0.0) for cell in moves))
    yield Lane("timing", tuple(replace(cell, claimed="0s") for cell in moves))
    of_stages = [Cell(stage.name) for stage in stages if stage.steps]
    yield Lane("emotion", tuple(replace(cell, claimed=0.0) for cell in (*of_stages, *here)))
    yield Lane("pain_points", tuple(replace(cell, claimed=0.0, about="emotion") for cell in (*of_stages, *here)))
    yield Lane("owner", tuple(replace(cell, claimed="?") for cell in here))


def _filled(bare: JourneyMap, known: Known, sources: Sources) -> JourneyMap:
    found: dict[str, list[Cell]] = {lane.name: [] for lane in bare.lanes}
    for asked in ask_all(list(questions_of(bare, known)), sources):
        cell = _cell(asked)
        if cell is not None:
            found[asked.question.placed.lane].append(cell)
    return replace(bare, lanes=tuple(Lane(name, tuple(cells)) for name, cells in found.items() if cells))


def _cell(asked: Asked) -> Cell | None:
    """Return the cell with what was observed as its claim; None where too little was."""
    question, answer = asked.question, asked.answer
    cell, kind = question.placed.cell, question.kind
    if answer is None or (answer.n < ENOUGH and kind != "owner"):
        return None
    rested = replace(cell, evidence=(Evidence("log", n=answer.n),), source="observed")
    if kind == "happens":
        return rested
    if kind in ("channel", "owner"):
        if answer.name in ("", "nobody") or ", " in answer.name:  # several owners are for people to settle
            return None
        return replace(rested, claimed=answer.name, evidence=rested.evidence if kind == "channel" else ())
    if kind == "valence":
        return _emotion(asked, rested)
    if kind == "median":
        text = span_text(answer.value)
        return replace(rested, claimed=text, says=f"Half of them within {text} of {_named(asked)}.")
    says = {"share": "do it", "reach": f"of those at {_named(asked)} take it"}[kind]
    return replace(rested, claimed=round(answer.value, 4), says=f"{said(answer.value, 'share')} {says}.")


def _named(asked: Asked) -> str:
    return asked.question.steps[0].name


def _emotion(asked: Asked, rested: Cell) -> Cell | None:
    """Return a stage's cell, or a step's where the answers are about its own touchpoint; a pain only below 0."""
    answer, lane = asked.answer, asked.question.placed.lane
    if answer is None or (asked.about == "stage") != (rested.step is None):
        return None
    mean = round(answer.value, 2)
    surveyed = replace(rested, claimed=mean, evidence=(Evidence("survey", n=answer.n),))
    if lane == "emotion":
        return replace(surveyed, says=f"{said(answer.value, 'valence')} on -2 to 2.")
    if not answer.high < 0:
        return None
    where = f"at {rested.step}" if rested.step else f"in {rested.stage}"
    says = f"Customers are unhappy {where}: {said(answer.value, 'valence')} on -2 to 2."
    return replace(surveyed, says=says, severity=round(-answer.value / 2, 2))


def span_text(seconds: float) -> str:
    """Return a duration as a map writes it, in a unit that keeps three digits.

    >>> span_text(216_000), span_text(95), span_text(0.2)
    ('2.5d', '1.58min', '0.2s')
    """
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    number = seconds / size
    return f"{number:.0f}{unit}" if number >= 100 else f"{float(f'{number:.3g}'):.10f}".rstrip("0").rstrip(".") + unit
