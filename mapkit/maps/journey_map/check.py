"""`JourneyMap.check`: what is wrong with a map or missing from it, and how much of it is evidence."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mapkit.documents.parsing import dotted
from mapkit.maps.journey_map.findings import find_faults, notes_of, title_of
from mapkit.maps.journey_map.grades import GRADES
from mapkit.maps.journey_map.journey_map import JourneyMap
from mapkit.maps.journey_map.subject import Subject, subject_of
from mapkit.statistics import Estimate, Result

COLUMNS = ["severity", "code", "cell", "place", "line", "what", "to_do"]


@dataclass(frozen=True, eq=False)
class MapCheck(Result):
    """What a map was found to be.

    ``table`` has a row for each finding: severity (error, warning, info), code (which rule), cell (its key, None for
    another part), place (in the document), line (where the map was read from a file), what, to_do.
    ``grades`` has a row for each cell: cell, lane, stage, step, claimed, grade, evidence, line.
    """

    grades: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def errors(self) -> pd.DataFrame:
        """The findings that have to be mended."""
        return self.table[self.table["severity"] == "error"]

    @property
    def ok(self) -> bool:
        """Whether nothing has to be mended."""
        return self.errors.empty

    @property
    def evidence(self) -> pd.DataFrame:
        """``grade``, ``meaning``, ``cells``, ``of_cells``: what the cells of the map rest on."""
        cells = [int((self.grades["grade"] == grade).sum()) for grade in GRADES]
        shares = [n / max(len(self.grades), 1) for n in cells]
        return pd.DataFrame(
            {"grade": list(GRADES), "meaning": list(GRADES.values()), "cells": cells, "of_cells": shares}
        )

    @property
    def evidence_share(self) -> Estimate:
        """The share of cells that rest on more than words (grades A to C); no interval, for they are all there are."""
        n = len(self.grades)
        hits = int((self.grades["grade"] != "D").sum())
        return Estimate("cells with evidence", hits / n if n else math.nan, n=n)


def check_map(
    journey_map: JourneyMap, inventory: Any = None, notes: Any = None, events: Any = None, as_is: Any = None
) -> MapCheck:
    """Return what is wrong with a map. See :meth:`JourneyMap.check`."""
    subject = subject_of(journey_map, inventory, notes, events, as_is)
    findings = find_faults(subject)
    rows = [
        (each.severity, each.code, each.cell, dotted(each.path), subject.line(each.path), each.what, each.to_do)
        for each in findings
    ]
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"line": "Int64"})
    return MapCheck(title_of(subject, findings), table, tuple(notes_of(subject)), grades=_grades(subject))


def _grades(subject: Subject) -> pd.DataFrame:
    rows = [
        (each.key, each.lane, each.cell.stage, each.cell.step, each.cell.claimed, each.grade,
         "; ".join(one.ref or str(one.kind) for one in each.cell.evidence),
         subject.line(each.path))
        for each in subject.cells
    ]  # fmt: skip
    columns = ["cell", "lane", "stage", "step", "claimed", "grade", "evidence", "line"]
    return pd.DataFrame(rows, columns=columns).astype({"line": "Int64"})
