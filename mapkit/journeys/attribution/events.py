"""Attribution from an event log: journeys of touches, cut at every conversion, and what models give each channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, one_of
from mapkit.journeys.attribution.answer import Wanted, answer
from mapkit.journeys.attribution.credits import MODELS
from mapkit.journeys.attribution.result import Attribution
from mapkit.journeys.attribution.tally import MOST_TOUCHES, Kept, Tally, path_names
from mapkit.journeys.attribution.warehouse import tally_there
from mapkit.journeys.customer_segments import with_customer_segment
from mapkit.journeys.steps import Step, check_names, condition, microseconds, steps_of
from mapkit.loaders import read_events
from mapkit.sequences import gathered_touches
from mapkit.sequences.touches import TOUCHES, Touches
from mapkit.stages.order import with_row
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_CHANNELS = 64
OTHER = "other"


def measure_attribution(
    events: Any,
    *,
    conversion: str | Step,
    touch: str = "channel",
    touches: Touches = "changes",
    models: Sequence[str] = MODELS,
    window: str | timedelta | None = None,
    half_life: str | timedelta = "7d",
    markov_order: int = 1,
    direct: Sequence[str] = ("direct",),
    value: str = "value",
    spend: Any = None,
    by: str | None = None,
    confidence: float = 0.95,
) -> Attribution:
    """Return what each model gives each channel, side by side and with intervals. Association, not cause.

    A journey is a customer's touches up to a conversion, which ends it; the next touch begins another. So every
    conversion is shared out once. Touches after the last conversion are a journey that ended in nothing (so far: who
    was touched shortly before the log ends may still convert). A conversion's own channel counts as its touch where
    there is no other within the window; without one the conversion is unattributed, counted and shown.

    Parameters
    ----------
    events
        An events table, or anything ``read_events`` takes.
    conversion
        The name of an event or a stage, or a :class:`Step`.
    touch
        The column that says where a customer was touched; an event without a value there is no touch. Beyond the 64
        most frequent values they are put together as "other".
    touches
        What one touch is. "changes": an event whose channel differs from that of the event before, or that begins a
        session (of a log without sessions, changes alone); what goes on by the same channel is the same touch.
        "sessions": the first event with a channel of every session; one without a session counts by itself. "events":
        every event with a channel, repeats and all.
    models
        Some of "first", "last", "last_non_direct" (the last touch that is not in ``direct``, else the last), "linear",
        "time_decay" (a touch weighs half as much as one ``half_life`` later), "position" (40% first, 40% last, 20%
        shared between), "markov" (removal effects), "shapley" (the channels of a journey share it equally).
    window
        How far a journey reaches back from its conversion, or from its last touch where there was none; None: no
        limit. What lies before is in no journey.
    markov_order
        How many touches back the Markov chain looks: 1, 2 or 3.
    value
        The column with a conversion's worth.
    spend
        A frame with channel and spend (its rows added up, such as months): adds cost per conversion and return.
    by
        A column to split by: every customer is in the segment of their first value that is not empty.
    confidence
        Of the intervals, 0 to 1.

    Raises
    ------
    OptionError
        An unknown option, or a conversion that no event in the log can be.
    TableError
        A column is missing, or ties of time cannot be ordered (remote tables without ``row``).

    Source: Anderl, Becker, von Wangenheim and Schumann (2016), International Journal of Research in Marketing 33,
    457-474, for the Markov model; Zhao, Mahboobi and Bagheri (2018), arXiv:1804.05327, for the Shapley value.
    """
    one_of(touches, TOUCHES, "touches")
    wanted = Wanted.of(models, markov_order, confidence, spend)
    if by is not None and spend is not None:
        raise OptionError("spend is not known by segment. Measure with by or with spend, one at a time.")
    asked = _Asked.of(read_events(events), conversion, touch, touches, value, microseconds(window))
    rows, segments, split = _rows(asked, by)
    tally, found = _tallied(asked, rows, segments, wanted, frozenset(direct), _seconds(half_life))
    converted = int(tally.outcomes[:, :, (0, 2)].sum())
    slips = () if converted else check_names(asked.events, (asked.step,), ())
    definition = {
        "conversion": asked.step, "touch": touch, "touches": touches, "models": wanted.models, "window": window,
        "direct": tuple(direct), "half_life": half_life, "markov_order": markov_order,
    }  # fmt: skip
    return answer(
        tally,
        wanted,
        path_names(tally),
        title=f"Attribution of {converted:,} times {asked.step.name} to {touch}{f' by {by}' if by else ''}",
        notes=(*_notes(asked, window), *found, *_model_notes(wanted, direct, half_life), *split, *slips),
        valued=asked.value is not None,
        by=by,
        definition=definition,
    )


@dataclass(frozen=True, eq=False)
class _Asked:
    """The question, checked against the log's columns."""

    events: Table
    step: Step
    converts: ir.BooleanValue
    touch: str
    touches: Touches
    value: str | None
    window: int | None

    @classmethod
    def of(
        cls, events: Table, conversion: str | Step, touch: str, touches: Touches, value: str, window: int | None
    ) -> _Asked:
        events.need("customer", "time", for_what="attribution")
        events.need(touch, for_what="touch")
        if touches == "sessions":
            events.need("session", for_what='touches="sessions"')
        if value != "value":
            events.need(value, for_what="value")
        events = with_row(events)
        step = steps_of(events, [conversion])[0][0]
        worth = value if value in events.columns else None
        return cls(events, step, condition(events, step).fill_null(False), touch, touches, worth, window)


def _rows(asked: _Asked, by: str | None) -> tuple[ir.Table, tuple[str, ...], tuple[str, ...]]:
    """Return customer, time, row, channel, converts, session, value and a segment's number; and the segments' names."""
    import ibis

    data, notes = with_customer_segment(asked.events.with_data(asked.events.data.mutate(converts=asked.converts)), by)
    columns: dict[str, Any] = {name: data[name] for name in ("customer", "time", "row") if name in data.columns}
    # An empty text names no channel.
    columns |= {"channel": data[asked.touch].cast("string").nullif(""), "converts": data["converts"]}
    if asked.touches != "events" and "session" in data.columns:
        columns["session"] = data["session"].cast("string")
    if asked.value is not None:
        columns["value"] = data[asked.value].cast("float64")
    names: tuple[str, ...] = ("",)
    if by is not None:
        sizes = data.filter(data["customer"].notnull()).group_by("segment").agg(rows=lambda t: t.count()).to_pandas()
        names = tuple(sizes.sort_values(["rows", "segment"], ascending=[False, True])["segment"]) or ("",)
        columns["segment"] = ibis.cases(
            *((data["segment"] == name, code) for code, name in enumerate(names)), else_=0
        ).cast("int16")
    return data.select(**columns), names, notes


def _tallied(
    asked: _Asked,
    rows: ir.Table,
    segments: tuple[str, ...],
    wanted: Wanted,
    direct: frozenset[str],
    half_life: float,
) -> tuple[Tally, list[str]]:
    """Return the sums over all journeys, and notes on what was found on the way."""

    def kept(channels: tuple[str, ...]) -> Kept:
        return Kept(channels, segments, wanted.rules, wanted.markov_order, direct, half_life)

    if not asked.events.is_embedded:
        counted = rows.group_by("channel").agg(rows=lambda t: t.count()).to_pandas().dropna(subset="channel")
        channels, recode, folded = fold(tuple(counted["channel"].astype(str)), counted["rows"].to_numpy())
        tally = Tally(kept(channels))
        codes = dict(zip(counted["channel"].astype(str), recode, strict=False))
        tally_there(tally, rows, codes, asked.touches, asked.window)
        return tally, folded
    with gathered_touches(rows) as log:
        channels, recode, folded = fold(log.channels, log.rows)
        tally = Tally(kept(channels))
        for journeys in log.journeys(asked.touches, asked.window, recode):
            tally.add(journeys)
        if log.left_out:
            folded.append(f"{log.left_out:,} touches lie before the window of their journey, and are in none.")
    return tally, folded


def fold(names: tuple[str, ...], rows: np.ndarray) -> tuple[tuple[str, ...], np.ndarray, list[str]]:
    """Return the channels from frequent to rare, the code of each name among them, and a note on those put together."""
    frame = pd.DataFrame({"name": list(names), "rows": rows}).sort_values(["rows", "name"], ascending=[False, True])
    ranked = frame["name"].tolist()
    rare = set(ranked[MOST_CHANNELS - 1 :]) if len(ranked) > MOST_CHANNELS else set()
    channels = [name for name in ranked if name not in rare]
    if rare and OTHER not in channels:
        channels.append(OTHER)
    code = {name: number for number, name in enumerate(channels)}
    recode = np.array([code[OTHER] if name in rare else code[name] for name in names] or [0], dtype=np.int64)
    note = [f"{len(rare):,} rare channels are put together as {OTHER!r}."] if rare else []
    return tuple(channels), recode, note


def _seconds(half_life: str | timedelta) -> float:
    span = microseconds(half_life)
    if not span:
        raise OptionError(f"half_life={half_life!r} is no span of time. Write one such as '7d'.")
    return span / 1_000_000


def _notes(asked: _Asked, window: str | timedelta | None) -> list[str]:
    what = {
        "changes": f"an event whose {asked.touch} differs from the one before, or that begins a session",
        "sessions": f"the first event with a {asked.touch} of a session",
        "events": f"every event with a {asked.touch}",
    }
    notes = [
        f"A touch is {what[asked.touches]}. A journey ends with {asked.step.name}, and the next touch begins another;"
        " touches after the last one are a journey that ended in nothing, so far.",
        "No window: a journey reaches back without limit."
        if window is None
        else f"Journeys reach back {window} from the conversion, or from the last touch.",
        f"paths lists those of at most {MOST_TOUCHES} touches one by one.",
    ]
    if asked.value is None:
        notes.append("The events have no column 'value', so conversions are counted and not weighed.")
    return notes


def _model_notes(wanted: Wanted, direct: Sequence[str], half_life: str | timedelta) -> list[str]:
    notes = []
    if "last_non_direct" in wanted.models:
        notes.append(f"Last non-direct passes over {', '.join(direct)}, unless a journey has nothing else.")
    if "time_decay" in wanted.models:
        notes.append(f"Time decay: a touch weighs half as much as one {half_life} later.")
    return notes
