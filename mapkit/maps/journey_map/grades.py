"""What a cell rests on, as a grade: A experiment, B observed, C reported, D asserted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mapkit.maps.journey_map.parts import Evidence, EvidenceKind

GRADES = {
    "A": "experiment",
    "B": "observed, n of 30 or more",
    "C": "reported in a survey or interview",
    "D": "asserted",
}
OBSERVED_FROM = 30
_REPORTED = ("survey", "interview", "observation")


def grade_of(evidence: Iterable[Evidence], methods: Mapping[str, EvidenceKind] | None = None) -> str:
    """Return the grade of the best evidence that a cell cites.

    A log counts from an n of 30 on, and only where its n is said. ``methods`` says what a bare reference is: the
    method of each research note, by its id. A reference that it does not have is no evidence.

    >>> grade_of([Evidence("interview", "P07"), Evidence("log", n=29)]), grade_of([]), grade_of([Evidence(ref="n1")])
    ('C', 'D', 'D')
    >>> grade_of([Evidence(ref="n1")], {"n1": "interview"})
    'C'
    """
    return min((_grade(each, methods or {}) for each in evidence), default="D")


def _grade(evidence: Evidence, methods: Mapping[str, EvidenceKind]) -> str:
    kind = evidence.kind or methods.get(evidence.ref)
    if kind == "experiment":
        return "A"
    if kind == "log":
        return "B" if (evidence.n or 0) >= OBSERVED_FROM else "D"
    return "C" if kind in _REPORTED else "D"
