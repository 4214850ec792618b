"""A map held against the data: which cells agree, which do not, and what the map does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mapkit.errors import OptionError, listed, nearest
from mapkit.journeys.steps import microseconds
from mapkit.loaders import read_events
from mapkit.maps.journey_map import JourneyMap
from mapkit.maps.two_sources.asking import ENOUGH, TOLERANCE, Asked, Sources, ask_all
from mapkit.maps.two_sources.judging import judged
from mapkit.maps.two_sources.observed_map import ObservedMap
from mapkit.maps.two_sources.persona_log import persona_log
from mapkit.maps.two_sources.questions import questions_of
from mapkit.maps.two_sources.unclaimed import find_unclaimed
from mapkit.maps.two_sources.valences import valences_of
from mapkit.maps.two_sources.witnesses import what_is_known


def observe_map(
    map: JourneyMap | str | Path,
    events: Any,
    feedback: Any = None,
    *,
    touchpoints: Any = None,
    segment: str | None = None,
    segment_column: str = "segment",
    window: str | None = None,
    tolerance: float | Mapping[str, float] | None = None,
    stage_values: Mapping[str, float] | None = None,
    floor: float = 0.05,
    confidence: float = 0.95,
) -> ObservedMap:
    """Return the two-source map: every cell as claimed and as observed, and what the map does not have.

    What a cell is held against depends on what it is about:

    - **content**: the share of the persona's customers who take the step, against the share claimed; a cell of the
      lanes actions and touchpoints that claims no number says that the step happens, and only nobody contradicts it
    - **sequence**: of the customers who took both steps, the share who first took the one that is claimed first;
      contradicted when fewer than half did. Of a longer order the neighbours with the lowest share count
    - **rate**: of the customers at ``of``, the share who take ``to`` after it (``within`` a span, where one is given);
      without ``of`` it is the step before, without ``to`` the cell's own
    - **timing**: for a number, the share who take the step in the session of the step before (of those who take it in
      a session); for a duration such as "3d", the median time since the latest step before
    - **emotion**: the mean valence, -2 to 2, of the customers' answers about the step's touchpoint where 30 answered,
      else about its stage
    - in the lane channel: the share who take the step by the channel named, against the most frequent one; in the
      lane owner: the owner in the inventory

    A claim agrees unless it lies outside the interval by more than the tolerance, and a test of that (exact binomial,
    sign or Student's) is significant after Benjamini and Hochberg over all cells. Below 30 nothing is judged.

    ``table`` has a row a cell, disagreements first, then what is unclaimed, each by weight:

    - ``cell`` (its key), ``lane``, ``stage``, ``step``, ``about``
    - ``claimed``, ``observed``, ``low``, ``high``: in ``unit`` (share 0..1, valence -2..2, seconds; NaN for names and
      orders, which are in ``claimed_text`` and ``observed_text``); ``n``: the denominator, ``hits``: how many of it
    - ``state``: agree, disagree, unmeasured, unclaimed; ``kind`` of disagreement: content, sequence, timing, rate,
      emotion
    - ``weight`` = ``beyond`` (how far the claim lies outside interval and tolerance, 0..1 of its scale) x
      ``of_customers`` (the share of the persona's customers whom it concerns) x ``stage_value``; of what is unclaimed
      the low end of its share x ``stage_value``
    - ``grade``: the best that is known about the cell, this measurement included (A experiment, B observed with n of
      30 or more, C reported in a survey or interview, D asserted); ``cited``: of the evidence that the map cites. In
      a cell that disagrees the evidence speaks against the claim
    - ``p_adjusted``, ``sentence``

    Parameters
    ----------
    map
        A journey map, or the path of one.
    events, feedback, touchpoints
        The log, the survey and the inventory, or anything that ``read_events`` and its kin take.
    segment, segment_column
        The customers to hold the map against: those whose first value of the column is this. Without ``segment`` it
        is that of the map's persona, and without any everybody.
    window
        For rates that do not say ``within``: the span in which ``to`` must follow ``of``.
    tolerance
        How far a claim may be off before it counts as wrong. A number is for all shares; a mapping names content,
        sequence, rate, timing (points of a share), emotion (of -2..2) or duration (a part of the claimed one). The
        rest keep the usual 0.05, of an emotion and of a duration 0.25, of a sequence 0.
    stage_values
        What a stage is worth against the others; 1 where it is not named.
    floor
        What more than this share of customers use and the map does not have is unclaimed.
    confidence
        Of the intervals; 1 - ``confidence`` is the false discovery rate of the disagreements.

    Raises
    ------
    OptionError
        Nobody is in the segment, or an option has a value that is not known.
    TableError
        A column is missing.
    """
    document = map if isinstance(map, JourneyMap) else JourneyMap.read(map)
    microseconds(window)
    table = read_events(events)
    table.need("customer", "event", "time", for_what="observe_map")
    persona = document.persona.segment if document.persona else None
    chosen = segment if segment is not None else persona
    log, known = persona_log(table, chosen, segment_column), what_is_known(table, touchpoints)
    allowed = _tolerance(tolerance)
    survey = valences_of(feedback, chosen)
    sources = Sources(log, survey, known, allowed, window, confidence)
    asked = ask_all(list(questions_of(document, known)), sources)
    unclaimed = find_unclaimed(document, log, known, floor, confidence)
    return ObservedMap(
        f"{document.title}: claimed and observed",
        judged(asked, unclaimed, _values(document, stage_values), confidence),
        (*_notes(sources, asked, floor), *survey.notes, *_value_note(stage_values)),
        document,
        chosen,
        log.customers,
        window,
        allowed,
        confidence,
    )


def _tolerance(given: float | Mapping[str, float] | None) -> dict[str, float]:
    if isinstance(given, Mapping):
        for name in given:
            if name not in TOLERANCE:
                raise OptionError(f"tolerance has no {name!r}. It has {listed(TOLERANCE)}.{nearest(name, TOLERANCE)}")
        chosen = TOLERANCE | {name: float(value) for name, value in given.items()}
    else:
        shares = {} if given is None else dict.fromkeys(("content", "timing", "rate"), float(given))
        chosen = TOLERANCE | shares
    wrong = [name for name, value in chosen.items() if not 0 <= value < 1]
    if wrong:
        raise OptionError(f"tolerance of {wrong[0]} is {chosen[wrong[0]]!r}. Use 0 or more, and less than 1.")
    return chosen


def _values(map_: JourneyMap, given: Mapping[str, float] | None) -> dict[str, float]:
    stages = [stage.name for stage in map_.stages]
    for name, value in (given or {}).items():
        if name not in stages:
            raise OptionError(f"stage_values has {name!r}. The map has {listed(stages)}.{nearest(name, stages)}")
        if not value >= 0:
            raise OptionError(f"stage_values[{name!r}] is {value!r}. A stage is worth 0 or more.")
    return dict(given or {})


def _notes(sources: Sources, asked: list[Asked], floor: float) -> Iterator[str]:
    log, off = sources.log, sources.tolerance
    who = f"of the segment {log.segment!r}" if log.segment is not None else "of the log, for no segment is named"
    yield f"Held against the {log.customers:,} customers {who}; shares without another denominator are of them."
    yield (
        f"A claim may be off by {off['content']:g} (content), {off['rate']:g} (rate) and {off['timing']:g}"
        f" (same session) of a share, {off['emotion']:g} of an emotion and {off['duration']:.0%} of a duration,"
        f" beyond chance: {100 * sources.confidence:.4g}% intervals, and Benjamini-Hochberg over"
        f" {sum(each.answer is not None and each.answer.n >= ENOUGH for each in asked):,} measured cells."
    )
    yield (
        "weight = how far the claim lies outside interval and tolerance (0..1 of its scale) x share of customers"
        " concerned x value of the stage."
    )
    yield f"Below {ENOUGH} customers or answers a cell is unmeasured. Unclaimed is what more than {floor:.0%} use."
    yield "Grades are of what is known about a cell, the data included; 'cited' is of what the map itself cites."
    defaulted = [each.question for each in asked if each.question.kind in ("reach", "session", "median")]
    before = [q.placed.key for q in defaulted if q.placed.cell.of is None and q.steps[0].name != q.placed.cell.step]
    if before:
        yield f"Where a cell does not say 'of', it is held against the step before it in the map: {listed(before)}."


def _value_note(given: Mapping[str, float] | None) -> tuple[str, ...]:
    if not given:
        return ("Every stage is worth 1.",)
    return ("Stages are worth " + ", ".join(f"{name} {value:g}" for name, value in given.items()) + ", others 1.",)
