"""Moves by definition, a unit at a time: slow, short, and independent of both engines."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import groupby, pairwise


@dataclass(frozen=True)
class Happened:
    unit: str
    seconds: int
    name: str | None
    segment: str | None = None


def moves(log, steps, *, ends=True, collapse=False, after=None, depth=0):
    """Return {(segment, place, source, target): (count, units, median seconds or None)}; rows as they happened.

    The place is None without a depth.
    """
    counts, units, gaps = Counter(), defaultdict(set), defaultdict(list)
    for unit, rows in groupby(sorted(log, key=lambda row: row.unit), key=lambda row: row.unit):
        rows = [row for row in sorted(rows, key=lambda row: row.seconds) if row.name in steps]
        walked = [(row.seconds, steps[row.name], row.segment) for row in rows]
        if collapse:
            walked = [row for k, row in enumerate(walked) if k == 0 or row[1] != walked[k - 1][1]]
        if after is not None:
            walked = walked[next((k for k, row in enumerate(walked) if row[1] == after), len(walked)) :]
        if walked:
            walked = [(None, "(start)", walked[0][2]), *walked, (None, "(end)", walked[-1][2])]
        for place, ((before, source, segment), (later, target, _)) in enumerate(pairwise(walked)):
            if (depth and place >= depth) or (not ends and (before is None or later is None)):
                continue
            move = (segment, place if depth else None, source, target)
            counts[move] += 1
            units[move].add(unit)
            if before is not None and later is not None and not depth:
                gaps[move].append(later - before)
    return {
        move: (n, len(units[move]), statistics.median(gaps[move]) if gaps[move] else None) for move, n in counts.items()
    }
