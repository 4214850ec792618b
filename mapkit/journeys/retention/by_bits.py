"""Embedded rows counted in one pass: the periods in which a customer came are the bits of one number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mapkit.journeys.retention.observing import Observed
from mapkit.journeys.retention.since_start import Anchor, first_moments, since_start
from mapkit.journeys.retention.tallies import Bracket, CohortCounts, LifeCounts, segments_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

# Of a signed integer, the widest that every database has.
MOST_BITS = 63


def count_cohorts_by_bits(log: Observed, anchor: Anchor, brackets: Sequence[Bracket], *, onwards: bool) -> CohortCounts:
    """Return how many of each cohort came in each bracket of periods; with ``onwards`` a bracket has no last period."""
    people = _since_cohort(log, anchor)
    wanted = {
        f"in_{number}": _mask(low, MOST_BITS - 1 if onwards else min(high, MOST_BITS - 1))
        for number, (low, high) in enumerate(brackets)
        if low < MOST_BITS
    }
    having = {name: people["bits"] & mask for name, mask in wanted.items()}
    split = [name for name in log.keys if name == "segment"]
    found = people.group_by([*split, "cohort"]).agg(customers=people.count(), **_any_bit(having)).to_pandas()
    segments, segment = segments_of(found)
    cohort = found["cohort"].to_numpy(np.int64)
    sizes = np.zeros((len(segments), log.periods), dtype=np.int64)
    sizes[segment, cohort] = found["customers"]
    active = np.zeros((*sizes.shape, len(brackets)), dtype=np.int64)
    for number, name in enumerate(wanted):
        active[segment, cohort, number] = found[name]
    return CohortCounts(segments, sizes, active)


def count_lives_by_bits(log: Observed) -> LifeCounts:
    """Return who was active in each period of the calendar, who of them was new, and who had been there just before."""
    rows = log.rows.filter(log.rows["is_target"]).drop("is_target") if "is_target" in log.rows.columns else log.rows
    people = _in_calendar(log, rows)
    # Bit k: there in period k, and in the one after it.
    people = people.mutate(stayed=people["bits"] & (people["bits"] >> 1))
    having: dict[str, Any] = {f"active_{k}": people["bits"] & _mask(k, k) for k in range(log.periods)}
    having |= {f"returning_{k}": people["stayed"] & _mask(k - 1, k - 1) for k in range(1, log.periods)}
    split = [name for name in log.keys if name == "segment"]
    found = people.group_by([*split, "cohort"]).agg(customers=people.count(), **_any_bit(having)).to_pandas()
    segments, segment = segments_of(found)
    active, new, returning = np.zeros((3, len(segments), log.periods), dtype=np.int64)
    np.add.at(new, (segment, found["cohort"].to_numpy(np.int64)), found["customers"].to_numpy(np.int64))
    for name in having:
        counts, k = (active if name.startswith("active") else returning), int(name.partition("_")[2])
        np.add.at(counts[:, k], segment, found[name].to_numpy(np.int64))
    return LifeCounts(segments, active, new, returning)


def _since_cohort(log: Observed, anchor: Anchor) -> ir.Table:
    """Return a row per customer in a cohort: ``cohort``, and ``bits``, of which bit k is the k-th period since."""
    if anchor == "calendar" and "is_first" not in log.rows.columns:
        people = _in_calendar(log, log.rows)
        return people.mutate(bits=people["bits"] >> people["cohort"])
    each = since_start(log, first_moments(log), anchor)
    return each.group_by([*log.keys, "cohort"]).agg(bits=_bits(each))


def _in_calendar(log: Observed, rows: ir.Table) -> ir.Table:
    """Return a row per customer: ``cohort``, the period of the first event, and ``bits``, one a calendar period."""
    each = rows.mutate(k=log.calendar.number(rows["time"]))
    if "is_target" in rows.columns:
        return each.group_by(list(log.keys)).agg(cohort=each["k"].min(), bits=_bits(each))
    people = each.group_by(list(log.keys)).agg(bits=_bits(each))
    # Everybody came in the period of their first event, so its number is in the bits and need not be kept for each.
    lowest = people["bits"] & -people["bits"]
    return people.mutate(cohort=lowest.cast("float64").log2().round().cast("int64"))


def _bits(each: ir.Table) -> ir.Value:
    import ibis

    bit: Any = ibis.literal(1, type="int64") << each["k"]
    if "is_target" in each.columns:
        bit = each["is_target"].ifelse(bit, ibis.literal(0, type="int64"))
    bits: ir.Value = bit.bit_or()
    return bits


def _mask(low: int, high: int) -> int:
    """Return a number whose bits from ``low`` to ``high`` are set.

    >>> bin(_mask(1, 3))
    '0b1110'
    """
    return (1 << high + 1) - (1 << low)


def _any_bit(having: Mapping[str, Any]) -> dict[str, Any]:
    return {name: (bits != 0).ifelse(1, 0).sum() for name, bits in having.items()}
