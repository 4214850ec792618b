"""What is wrong with a journey map, or missing from it: each finding with its place and what to do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from mapkit.documents.parsing import Path
from mapkit.maps.journey_map.grades import GRADES
from mapkit.maps.journey_map.subject import Subject

Severity = Literal["error", "warning", "info"]

# Singular and plural, the worst first.
_IN_WORDS = {"error": ("error", "errors"), "warning": ("warning", "warnings"), "info": ("hint", "hints")}
# As a document has them: its stages stand before its lanes.
_PARTS = {"stages": 0}


@dataclass(frozen=True)
class Finding:
    """One finding: how bad, which rule, which cell or part, where in the document, what it is, and what to do."""

    severity: Severity
    code: str
    what: str
    to_do: str
    path: Path
    cell: str | None = None


def find_faults(subject: Subject) -> list[Finding]:
    """Return every finding, errors first, each kind in the order of the document."""
    # The rules make findings, so they import this module.
    from mapkit.maps.journey_map import rules_against, rules_within

    ranks = list(_IN_WORDS)
    found = [finding for rule in (*rules_within.RULES, *rules_against.RULES) for finding in rule(subject)]
    return sorted(found, key=lambda finding: (ranks.index(finding.severity), _order(finding.path)))


def title_of(subject: Subject, findings: list[Finding]) -> str:
    """Return the map's title and how much was found."""
    counts = Counter[str](finding.severity for finding in findings)
    said = [f"{counts[kind]:,} {words[counts[kind] > 1]}" for kind, words in _IN_WORDS.items() if counts[kind]]
    return f"{subject.map.title}: {', '.join(said) or 'nothing to mend'}"


def notes_of(subject: Subject) -> list[str]:
    """Return how much of the map is evidence, and what it was not checked against."""
    counts = Counter(each.grade for each in subject.cells)
    grades = ", ".join(f"{counts[grade]:,} {grade} ({meaning})" for grade, meaning in GRADES.items())
    told = f"Evidence of {len(subject.cells):,} cells: {grades}. A reference to a research note counts as its method."
    given: dict[str, Any] = {
        "inventory": subject.inventory,
        "research notes": subject.notes,
        "log": subject.events,
    }
    if subject.map.state == "to-be":
        given["as-is map"] = subject.as_is
    missing = [name for name, there in given.items() if there is None]
    return [told, f"Not checked against: {', '.join(missing)}."] if missing else [told]


def _order(path: Path) -> tuple[tuple[int, str | int], ...]:
    return tuple((0, part) if isinstance(part, int) else (_PARTS.get(part, 1), part) for part in path)
