"""Steps that the interface forces before the outcome: a lift that is no behaviour."""

from __future__ import annotations

from collections.abc import Iterator

from mapkit.journeys.steps import Step
from mapkit.maps.integrity.findings import Finding
from mapkit.maps.integrity.registry import log_check
from mapkit.maps.integrity.subject import Log

_MOST = 8


@log_check("structural lift")
def check_structural(log: Log) -> Iterator[Finding]:
    """Name the events without which nobody reaches the outcome; a caution where one of them is asked about."""
    if log.outcome is None or not log.converted:
        return
    steps = {step.name if isinstance(step, Step) else step for step in log.funnel}
    needed = [event for event in log.followed.needed("event") if event not in steps]
    asked = [step.name for step in log.exposures if step.name in needed]
    for name in asked:
        what = f"nobody reaches {log.outcome_name} without {name}: its lift is the order of things, not behaviour"
        yield Finding("structural lift", "caution", f"event {name}", what, log.converted)
    others = [event for event in needed if event not in asked]
    if others:
        named = ", ".join(others[:_MOST]) + (f" and {len(others) - _MOST} more" if len(others) > _MOST else "")
        what = f"nobody reaches {log.outcome_name} without {named}: compare other things, or among those who had these"
        yield Finding("structural lift", "note", log.name, what, log.converted)
