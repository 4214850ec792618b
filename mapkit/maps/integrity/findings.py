"""What a check found, how bad it is, and how far it could move a number."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, fields
from typing import Literal

import pandas as pd

from mapkit.errors import one_of
from mapkit.statistics import Result
from mapkit.statistics.estimates import written

Severity = Literal["problem", "caution", "note"]
SEVERITIES: tuple[Severity, ...] = ("problem", "caution", "note")


@dataclass(frozen=True)
class Finding:
    """One thing to know before a number is quoted.

    ``before`` and ``after`` are the number as it stands and as it would be, in ``unit``, and ``estimated`` says how
    that was found out; NaN where it cannot be. ``n`` counts what ``what`` speaks of: rows or customers.
    """

    check: str
    severity: Severity
    where: str
    what: str
    n: int = 0
    before: float = math.nan
    after: float = math.nan
    unit: str = "share"
    estimated: str = ""

    @property
    def moves(self) -> str:
        """How far the number moves, in words; empty where that is not known."""
        if math.isnan(self.before) or math.isnan(self.after):
            return self.estimated
        change = self.after - self.before
        if self.unit in ("share", "points"):
            by = written(change, "points")
        else:
            by = f"{change / self.before:+.1%}" if self.before else written(change, self.unit)
        said = f"{written(self.before, self.unit)} → {written(self.after, self.unit)} ({by})"
        return f"{said}: {self.estimated}" if self.estimated else said


@dataclass(frozen=True, eq=False)
class Integrity(Result):
    """What to know before the numbers are quoted, the worst first.

    ``table`` columns: ``check``, ``severity`` (problem, caution, note), ``where``, ``what``, ``moves`` (in words),
    ``before``, ``after``, ``unit`` (the number as it stands and as it would be), ``n``, ``estimated``.
    """

    findings: tuple[Finding, ...] = ()
    checks: tuple[str, ...] = ()

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings of one severity."""
        one_of(severity, SEVERITIES, "severity")
        return tuple(each for each in self.findings if each.severity == severity)

    def found(self, check: str) -> tuple[Finding, ...]:
        """Return the findings of one check."""
        one_of(check, self.checks, "check")
        return tuple(each for each in self.findings if each.check == check)

    @property
    def is_sound(self) -> bool:
        """Whether there are only notes, or nothing."""
        return all(each.severity == "note" for each in self.findings)


def table_of(findings: tuple[Finding, ...]) -> pd.DataFrame:
    """Return findings as a tidy table."""
    names = [each.name for each in fields(Finding)]
    table = pd.DataFrame([astuple(each) for each in findings], columns=names)
    table.insert(4, "moves", [each.moves for each in findings])
    return table[["check", "severity", "where", "what", "moves", "before", "after", "unit", "n", "estimated"]]


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """Return findings with the worst first; within a severity as the checks come."""
    return tuple(sorted(findings, key=lambda each: SEVERITIES.index(each.severity)))
