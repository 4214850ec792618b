"""The numbers that describe sessions, with their intervals; sums and ranks are asked of the database."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.journeys.paths.ranks import quantiles
from mapkit.statistics import wilson_interval
from mapkit.statistics.intervals import normal_quantile

if TYPE_CHECKING:
    import ibis.expr.types as ir

QUANTITIES = (
    "sessions", "customers", "mean_per_customer", "median_per_customer", "median_duration_seconds",
    "mean_duration_seconds", "p90_duration_seconds", "median_events", "mean_events", "single_event_share",
)  # fmt: skip


def each_session(data: ir.Table, split: bool) -> ir.Table:
    """Return segment, customer, events, seconds of every session."""
    import ibis

    known = data.filter(data["session"].notnull() & data["customer"].notnull())
    known = known if split else known.mutate(segment=ibis.literal(""))
    each = known.group_by(["segment", "customer", "session"]).agg(
        events=known.count(), began=known["time"].min(), ended=known["time"].max()
    )
    seconds = each["ended"].delta(each["began"], unit="microsecond").cast("float64") / 1_000_000
    return each.select("segment", "customer", events=each["events"].cast("float64"), seconds=seconds)


def session_numbers(each: ir.Table, confidence: float) -> pd.DataFrame:
    """Return segment, quantity, unit, value, low, high, n: the largest segment first, quantities in their order."""
    rows = [row for _, sums in _sums(each).iterrows() for row in _means(sums, confidence)]
    sizes = {str(row["segment"]): int(row["n"]) for row in rows if row["quantity"] == "sessions"}
    rows += _quantile_rows(each, sizes, confidence)
    numbers = pd.DataFrame(rows, columns=["segment", "quantity", "unit", "value", "low", "high", "n"])
    place = {name: k for k, name in enumerate(QUANTITIES)}
    ranked = numbers.assign(size=numbers["segment"].map(sizes), place=numbers["quantity"].map(place))
    ranked = ranked.sort_values(["size", "segment", "place"], ascending=[False, True, True], ignore_index=True)
    return ranked.drop(columns=["size", "place"]).astype({"value": float, "low": float, "high": float, "n": "int64"})


def _sums(each: ir.Table) -> pd.DataFrame:
    """Return each segment's sums over customers: of sessions m, events e, seconds s, and their products."""
    people = each.group_by(["segment", "customer"]).agg(
        m=each.count().cast("float64"),
        e=each["events"].sum(),
        s=each["seconds"].sum(),
        one=(each["events"] == 1).ifelse(1, 0).sum(),
    )
    products = {f"{a}{b}": (people[a] * people[b]).sum() for a, b in ("mm", "ee", "ss", "em", "sm")}
    totals = {name: people[name].sum() for name in ("m", "e", "s", "one")}
    return people.group_by("segment").agg(customers=people.count(), **totals, **products).to_pandas()


def _means(sums: pd.Series, confidence: float) -> Iterator[dict[str, Any]]:
    sessions, customers = int(sums["m"]), int(sums["customers"])

    def row(quantity: str, unit: str, value: float, half: float, n: int) -> dict[str, Any]:
        low, high = (value - half, value + half) if customers > 1 else (math.nan, math.nan)
        return {
            "segment": sums["segment"], "quantity": quantity, "unit": unit, "value": value,
            "low": low if math.isnan(low) else max(low, 0.0), "high": high, "n": n,
        }  # fmt: skip

    yield row("sessions", "sessions", sessions, math.nan, sessions)
    yield row("customers", "customers", customers, math.nan, customers)
    z = normal_quantile(confidence)
    mean = sessions / customers
    spread = max(float(sums["mm"]) - customers * mean**2, 0.0) / max(customers - 1, 1)
    yield row("mean_per_customer", "sessions", mean, z * math.sqrt(spread / customers), customers)
    for name, letter, unit in (("mean_duration_seconds", "s", "seconds"), ("mean_events", "e", "events")):
        ratio = float(sums[letter]) / sessions
        residual = float(sums[letter * 2]) - 2 * ratio * float(sums[f"{letter}m"]) + ratio**2 * float(sums["mm"])
        scale = customers / max(customers - 1, 1)
        yield row(name, unit, ratio, z * math.sqrt(max(residual, 0.0) * scale) / sessions, sessions)
    share = row("single_event_share", "share", int(sums["one"]) / sessions, math.nan, sessions)
    low, high = wilson_interval(int(sums["one"]), sessions, confidence)
    yield share | {"low": float(low), "high": float(high)}


def _quantile_rows(each: ir.Table, sessions: dict[str, int], confidence: float) -> Iterator[dict[str, Any]]:
    people = each.group_by(["segment", "customer"]).agg(value=each.count().cast("float64")).select("segment", "value")
    sizes = people.group_by("segment").agg(n=people.count()).to_pandas()
    customers = {str(segment): int(n) for segment, n in sizes[["segment", "n"]].itertuples(index=False)}
    asked = (
        (people, customers, {0.5: "median_per_customer"}, "sessions"),
        (each.select("segment", value=each["seconds"]), sessions,
         {0.5: "median_duration_seconds", 0.9: "p90_duration_seconds"}, "seconds"),
        (each.select("segment", value=each["events"]), sessions, {0.5: "median_events"}, "events"),
    )  # fmt: skip
    for values, n, named, unit in asked:
        found = quantiles(values, n, tuple(named), confidence)
        for (segment, share), (value, low, high) in found.items():
            yield {
                "segment": segment, "quantity": named[share], "unit": unit, "value": value, "low": low, "high": high,
                "n": n[segment],
            }  # fmt: skip
