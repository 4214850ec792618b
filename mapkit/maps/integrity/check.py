"""`check_integrity`: everything that should be known about a log, or a study's results, before a number is quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.journeys.steps import Step, microseconds, moment
from mapkit.loaders import read_events
from mapkit.maps.integrity.findings import Finding, Integrity, in_order, table_of
from mapkit.maps.integrity.registry import LOG_CHECKS, RESULT_CHECKS
from mapkit.maps.integrity.subject import Log, guess_outcome
from mapkit.statistics import Result
from mapkit.tables.beside import frame_of

_LOG_ONLY = ("outcome", "columns", "customers", "funnel", "window", "exposure", "at")


def check_integrity(
    subject: Any,
    *,
    outcome: str | Step | None = None,
    columns: Sequence[str] | None = None,
    customers: Any = None,
    funnel: Sequence[str | Step] | None = None,
    window: str | timedelta | None = None,
    exposure: str | Step | Sequence[str | Step] | None = None,
    at: str | date | datetime | None = None,
) -> Integrity:
    """Return what should be known before a number is quoted: what, how bad, and how far it could move the number.

    ``table`` columns: ``check``, ``severity`` ("problem": do not quote before it is mended; "caution": quote it with
    this; "note": know it), ``where``, ``what``, ``moves`` and its parts ``before``, ``after``, ``unit``, ``estimated``,
    and ``n``. A log without faults gives no problems and no cautions; thresholds and their reasons are in
    ``mapkit/maps/integrity/thresholds.py``. That nothing was found does not mean that nothing is there.

    Parameters
    ----------
    subject
        An events table or anything ``read_events`` takes, a result, or a dict of names to any of these.
    outcome
        The event that matters. None takes the funnel's last step, else an event called purchase, order and the like.
    columns
        The columns of the events, or of ``customers``, that put customers into groups; None takes text with few values.
    customers
        A frame with ``customer`` and what else is known of each.
    funnel
        Steps whose order is to be checked.
    window
        What an entry needs to be judged; None takes the time in which nine in ten of those who convert have done so.
    exposure
        Events, or steps, whose effect on the outcome somebody means to quote.
    at
        The moment after which times are in the future; None is now.

    Raises
    ------
    OptionError
        An option names what is not there.
    TableError
        A column is missing.
    """
    parts = subject if isinstance(subject, Mapping) else {"": subject}
    options = (outcome, columns, customers, funnel, window, exposure, at)
    given = [name for name, value in zip(_LOG_ONLY, options, strict=True) if value is not None]
    if given and all(isinstance(part, Result) for part in parts.values()):
        raise OptionError(f"{listed(given)} is for a log, and there is none. Add it: {{'log': events, 'funnel': ...}}.")
    found, notes = list[Finding](), list[str]()
    for name, part in parts.items():
        if isinstance(part, Result):
            where = str(name) or part.title
            found += [each for check in RESULT_CHECKS.values() for each in check(part, where)]
            continue
        log = _log(part, str(name) or "the log", *options)
        found += [each for check in LOG_CHECKS.values() for each in check(log)]
        notes += _notes(log, outcome)
    ordered = in_order(found)
    checks = (*LOG_CHECKS, *RESULT_CHECKS)
    return Integrity(_title(ordered), table_of(ordered), (*notes, _ALWAYS), ordered, checks)


_ALWAYS = "That nothing is found does not mean that nothing is there: these are the faults that can be looked for."


def _log(
    source: Any,
    name: str,
    outcome: str | Step | None,
    columns: Sequence[str] | None,
    customers: Any,
    funnel: Sequence[str | Step] | None,
    window: str | timedelta | None,
    exposure: str | Step | Sequence[str | Step] | None,
    at: str | date | datetime | None,
) -> Log:
    events = read_events(source)
    events.need("customer", "event", "time", for_what="check_integrity")
    people = None if customers is None else frame_of(customers, "the frame of customers", "customer")
    if people is not None and people["customer"].duplicated().any():
        raise OptionError("the frame of customers has some more than once. Give one row a customer.")
    _check_columns(columns, [*events.columns, *(people.columns if people is not None else ())])
    if exposure is not None and not isinstance(exposure, str | Step | list | tuple):
        raise OptionError(
            f"exposure is a {type(exposure).__name__}. Name the event of the log that shows who was exposed, or a Step:"
            ' Step("k30", where={"influencer": "k30"}).'
        )
    exposures = [exposure] if isinstance(exposure, str | Step) else list(exposure or ())
    named = [outcome, *(funnel or ()), *exposures]
    for event in (each for each in named if isinstance(each, str)):
        if event not in events.event_names and event not in events.stages:
            there = events.event_names
            raise OptionError(f"The log has no event {event!r}. It has {listed(there)}.{nearest(event, there)}")
    return Log(
        events,
        moment(at, "at") or datetime.now(UTC).replace(tzinfo=None),
        outcome or (_last(funnel) if funnel else guess_outcome(events)),
        None if columns is None else tuple(columns),
        people,
        tuple(funnel or ()),
        microseconds(window),
        tuple(each if isinstance(each, Step) else Step(each, event=each) for each in exposures),
        name,
    )


def _last(funnel: Sequence[str | Step]) -> str | Step:
    return funnel[-1]


def _check_columns(columns: Sequence[str] | None, there: list[Any]) -> None:
    if isinstance(columns, str):
        raise OptionError(f"columns={columns!r} is one name. Give a list: columns=[{columns!r}].")
    for name in columns or ():
        if name not in there:
            raise TableError(
                f"There is no column {name!r} in the events or the customers. There is {listed(there, most=20)}."
                f"{nearest(name, map(str, there))}"
            )


def _notes(log: Log, asked: str | Step | None) -> list[str]:
    notes = []
    if log.outcome is None:
        notes.append(
            "No outcome is given and none is known by its name, so leakage, reversals and censoring are not looked for."
        )
    elif asked is None:
        notes.append(f"The outcome is taken to be {log.outcome_name}.")
    if log.groups:
        notes.append(f"Customers are grouped by {', '.join(log.groups)}.")
    if not log.exposures:
        notes.append("Confounded exposures are looked for when asked: exposure='ad_view'.")
    return notes


def _title(findings: tuple[Finding, ...]) -> str:
    counts = {
        severity: sum(each.severity == severity for each in findings) for severity in ("problem", "caution", "note")
    }
    said = [f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items() if count]
    return f"Integrity: {', '.join(said) or 'nothing found'}"
