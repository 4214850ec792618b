"""Customers counted by cohort and period, by whatever is quickest where the rows live.

A property test holds the ways equal, and equal to plain loops.
"""

from __future__ import annotations

from collections.abc import Sequence

from mapkit.journeys.retention.by_bits import MOST_BITS, count_cohorts_by_bits, count_lives_by_bits
from mapkit.journeys.retention.by_grouping import count_cohorts_by_grouping, count_lives_by_grouping
from mapkit.journeys.retention.observing import Observed
from mapkit.journeys.retention.periods import SPANS
from mapkit.journeys.retention.since_start import Anchor
from mapkit.journeys.retention.tallies import Bracket, CohortCounts, LifeCounts
from mapkit.tables.embedded import is_embedded


def count_cohorts(log: Observed, anchor: Anchor, brackets: Sequence[Bracket], *, onwards: bool) -> CohortCounts:
    """Return how many of each cohort came in each bracket of periods; with ``onwards`` a bracket has no last period."""
    by_bits = _fits(log) and (log.last - log.begin) // SPANS[log.calendar.period] < MOST_BITS
    count = count_cohorts_by_bits if by_bits else count_cohorts_by_grouping
    return count(log, anchor, brackets, onwards=onwards)


def count_lives(log: Observed) -> LifeCounts:
    """Return who was active in each period of the calendar, who of them was new, and who had been there just before."""
    return count_lives_by_bits(log) if _fits(log) else count_lives_by_grouping(log)


def _fits(log: Observed) -> bool:
    return 0 < log.periods <= MOST_BITS and is_embedded(log.rows)
