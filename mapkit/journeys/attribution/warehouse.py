"""The same tally made by window functions and group-bys, where the events live: only sums travel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mapkit.errors import TableError
from mapkit.journeys.attribution.tally import MOST_TOUCHES, Tally, added_up
from mapkit.sequences.touches import GROUPS, Touches

if TYPE_CHECKING:
    import ibis.expr.types as ir


def tally_there(tally: Tally, rows: ir.Table, codes: Mapping[str, int], touches: Touches, window: int | None) -> None:
    """Fill a tally from the rows of ``events._rows``; ``codes`` are those of the channels' names.

    Raises
    ------
    TableError
        The rows have no ``row``, and events of a customer at one time differ, so that their order is unknown.
    """
    ends = _journey_rows(_prepared(rows, codes, tally), touches, window)
    placed = _placed(ends, tally)
    _add_outcomes(tally, placed, ends)
    _add_credits(tally, placed)
    _add_met(tally, placed, ends)
    _add_moves(tally, placed)
    _add_paths(tally, placed)


def _prepared(rows: ir.Table, codes: Mapping[str, int], tally: Tally) -> ir.Table:
    """Return unit, time, place, code (null for none), session, converts, worth, segment and group."""
    import ibis

    rows = rows.filter(rows["customer"].notnull() & rows["time"].notnull())
    rows = rows.filter(rows["channel"].notnull() | rows["converts"])
    named = [(rows["channel"] == name, int(code)) for name, code in codes.items()]
    columns: dict[str, Any] = {
        "unit": rows["customer"],
        "time": rows["time"],
        "code": ibis.cases(*named, else_=None).cast("int64") if named else ibis.null("int64"),
        "converts": rows["converts"].ifelse(1, 0).cast("int64"),
        "session": rows["session"] if "session" in rows.columns else ibis.null("string"),
        "worth": rows["value"].fill_null(0.0) if "value" in rows.columns else ibis.literal(0.0),
        "segment": rows["segment"].cast("int64") if "segment" in rows.columns else ibis.literal(0, "int64"),
        "group": _group(rows),
    }
    if "row" in rows.columns:
        columns["row"] = rows["row"]
    prepared = rows.select(**columns)
    if "row" not in prepared.columns:
        _refuse_ties(prepared)
    order = [name for name in ("time", "row") if name in prepared.columns]
    return prepared.mutate(place=ibis.row_number().over(group_by="unit", order_by=order))


def _group(rows: ir.Table) -> ir.IntegerValue:
    import ibis
    import ibis.expr.operations as ops

    if not rows.get_backend().has_operation(ops.Hash):
        return ibis.literal(0, "int64")  # one group: no intervals, and everything else
    # A hash may be negative, and so may be what is left of it.
    return ((rows["customer"].cast("string").hash() % GROUPS + GROUPS) % GROUPS).cast("int64")


def _refuse_ties(rows: ir.Table) -> None:
    kinds = rows.group_by("unit", "time").agg(
        low=rows.code.fill_null(-1).min(), high=rows.code.fill_null(-1).max(),
        few=rows.converts.min(), many=rows.converts.max(), rows=rows.count(),
    )  # fmt: skip
    tied = int(
        kinds.filter((kinds.low != kinds.high) | (kinds.few != kinds.many) | ((kinds.many == 1) & (kinds["rows"] > 1)))
        .count()
        .execute()
    )
    if tied:
        raise TableError(
            f"The events table has no column 'row', and at {tied:,} moments a customer has several different touches or"
            " conversions at the same time, so their order is unknown. Give the table a 'row' column: a number that"
            ' rises in the order things happened, such as an insert id: read_events(..., columns={"id": "row"}).'
        )


def _journey_rows(rows: ir.Table, touches: Touches, window: int | None) -> ir.Table:
    """Return the rows with the number of their journey, its end, and ``kept``: 1 for its touches."""
    import ibis

    named = rows["code"].notnull()
    with_session = named & rows["session"].notnull()
    before = {"order_by": "place", "group_by": ["unit", named.ifelse(1, 0)]}
    session_before = {"order_by": "place", "group_by": ["unit", with_session.ifelse(1, 0)]}
    rows = rows.mutate(
        new_channel=((ibis.row_number().over(**before) == 0) | (rows["code"] != rows["code"].lag().over(**before))),
        fresh=(
            (ibis.row_number().over(**session_before) == 0)
            | (rows["session"] != rows["session"].lag().over(**session_before))
        )
        & with_session,
    )
    is_touch = {
        "events": named,
        "changes": named & (rows.fresh.fill_null(False) | rows.new_channel.fill_null(False)),
        "sessions": named & (rows.fresh.fill_null(False) | rows["session"].isnull()),
    }[touches]
    so_far = rows.converts.sum().over(group_by="unit", order_by="place", rows=(None, 0))
    rows = rows.mutate(touch=is_touch.ifelse(1, 0), journey=(so_far - rows.converts).cast("int64"))
    own = {"group_by": ["unit", "journey"]}
    rows = rows.mutate(
        converted=rows.converts.max().over(**own),
        amount=(rows.converts == 1).ifelse(rows.worth, None).max().over(**own),
        conversion=(rows.converts == 1).ifelse(rows.time, None).max().over(**own),
        last=(rows.touch == 1).ifelse(rows.time, None).max().over(**own),
    )
    rows = rows.mutate(end=ibis.coalesce(rows.conversion, rows["last"]))
    inside = rows.touch if window is None else ((rows.touch == 1) & _reaches(rows, window)).ifelse(1, 0)
    rows = rows.mutate(inside=inside)
    rows = rows.mutate(many=rows.inside.sum().over(**own))
    alone = (rows.converts == 1) & rows["code"].notnull() & (rows.many == 0)
    return rows.mutate(kept=((rows.inside == 1) | alone).ifelse(1, 0), alone=alone.ifelse(1, 0))


def _reaches(rows: ir.Table, window: int) -> ir.BooleanValue:
    import ibis

    seconds, rest = divmod(window, 1_000_000)
    limit = rows["time"] + ibis.interval(seconds=seconds)
    if rest:
        limit = limit + ibis.interval(microseconds=rest)
    return (limit >= rows["end"]).fill_null(False)


def _placed(ends: ir.Table, tally: Tally) -> ir.Table:
    """Return the touches with their place in the journey, its length, and a weight by each rule."""
    import ibis

    rows = ends.filter(ends.kept == 1)
    own = {"group_by": ["unit", "journey"]}
    rows = rows.mutate(
        at=ibis.row_number().over(**own, order_by="place"),
        met=(ibis.row_number().over(group_by=["unit", "journey", "code"], order_by="place") == 0).ifelse(1, 0),
        length=rows.kept.sum().over(**own),
        final=rows.time.max().over(**own),
    )
    direct = [code for code, name in enumerate(tally.kept.channels) if name in tally.kept.direct]
    is_named = ~rows["code"].isin(direct) if direct else ibis.literal(True)
    since = rows.final.delta(rows.time, unit="microsecond").cast("float64") / 1_000_000
    rows = rows.mutate(
        named=is_named.ifelse(rows["at"], None).max().over(**own),
        decayed=(since * (-np.log(2) / tally.kept.half_life)).exp(),
        channels=rows.met.sum().over(**own),
    )
    rows = rows.mutate(decayed=rows.decayed / rows.decayed.sum().over(**own))
    return rows.mutate(**{f"by_{rule}": _weight(rows, rule) for rule in tally.kept.rules})


def _weight(rows: ir.Table, rule: str) -> ir.Value:
    import ibis

    at, length = rows["at"], rows["length"]
    first, last = at == 0, at == length - 1
    if rule == "first":
        return first.ifelse(1.0, 0.0)
    if rule == "last":
        return last.ifelse(1.0, 0.0)
    if rule == "last_non_direct":
        return (at == ibis.coalesce(rows.named, length - 1)).ifelse(1.0, 0.0)
    if rule == "linear":
        return 1.0 / length.cast("float64")
    if rule == "time_decay":
        return rows.decayed
    if rule == "shapley":
        return rows.met.cast("float64") / rows.channels.cast("float64")
    between = ibis.literal(0.2) / ibis.greatest(length - 2, ibis.literal(1)).cast("float64")
    return ibis.cases((length == 1, 1.0), (length == 2, 0.5), (first | last, 0.4), else_=between)


def _add_outcomes(tally: Tally, placed: ir.Table, ends: ir.Table) -> None:
    openings = placed.filter(placed["at"] == 0)
    counted = openings.group_by("segment", "group").agg(
        converted=openings.converted.sum(),
        null=(1 - openings.converted).sum(),
        value=openings.amount.fill_null(0.0).sum(),
    )
    lonely = ends.filter((ends.converts == 1) & (ends.many == 0) & (ends.alone == 0))
    missed = lonely.group_by("segment", "group").agg(count=lonely.count(), value=lonely.worth.sum())
    for row in counted.to_pandas().to_dict("records"):
        tally.outcomes[int(row["segment"]), int(row["group"]), [0, 1, 3]] += (
            row["converted"],
            row["null"],
            row["value"],
        )
    for row in missed.to_pandas().to_dict("records"):
        tally.outcomes[int(row["segment"]), int(row["group"]), [2, 4]] += (row["count"], row["value"])


def _add_credits(tally: Tally, placed: ir.Table) -> None:
    if not tally.kept.rules:
        return
    done = placed.filter(placed.converted == 1)
    sums: dict[str, Any] = {}
    for rule in tally.kept.rules:
        sums |= {f"c_{rule}": done[f"by_{rule}"].sum(), f"v_{rule}": (done[f"by_{rule}"] * done.amount).sum()}
    frame = done.group_by("segment", "group", "code").agg(**sums).to_pandas()
    cells = tuple(frame[name].to_numpy(np.int64) for name in ("segment", "group", "code"))
    for r, rule in enumerate(tally.kept.rules):
        for k, what in enumerate(("c", "v")):
            tally.credits[cells[0], cells[1], r, cells[2], k] += frame[f"{what}_{rule}"].to_numpy(float)


def _add_met(tally: Tally, placed: ir.Table, ends: ir.Table) -> None:
    # A customer's journeys are numbered from 0, and there is none without the first.
    met = placed.filter((placed.journey == 0) & (placed.met == 1))
    frame = met.group_by("segment", "code").agg(customers=met.count(), converted=met.converted.sum()).to_pandas()
    cells = tuple(frame[name].to_numpy(np.int64) for name in ("segment", "code"))
    tally.met[(*cells, 0)] += frame["customers"].to_numpy(float)
    tally.met[(*cells, 1)] += frame["converted"].to_numpy(float)
    whole = ends.filter((ends.journey == 0) & ((ends.converted == 1) | (ends.many > 0)))
    people = whole.group_by("segment", "unit").agg(converted=whole.converted.max())
    counts = people.group_by("segment").agg(customers=people.count(), converted=people.converted.sum()).to_pandas()
    for row in counts.to_dict("records"):
        tally.customers[int(row["segment"])] += (row["customers"], row["converted"])


def _add_moves(tally: Tally, placed: ir.Table) -> None:
    """Count what followed each state: a group-by over the codes of the last touches."""
    kept, channels = tally.kept, len(tally.kept.channels)
    own = {"group_by": ["unit", "journey"], "order_by": "place"}
    lags = {
        f"lag_{k}": (placed["at"] >= k).ifelse(placed["code"].lag(k).over(**own) + 1, 0)
        for k in range(1, kept.markov_order + 1)
    }
    rows = placed.mutate(lag_0=placed["code"] + 1, **lags)
    before = [f"lag_{k}" for k in range(1, kept.markov_order + 1)]
    entered = rows.group_by("segment", "group", *before, "lag_0").agg(count=rows.count()).to_pandas()
    ends = rows.filter(rows["at"] == rows["length"] - 1)
    after = [f"lag_{k}" for k in range(kept.markov_order)]
    ended = (
        ends.group_by("segment", "group", *after, "converted")
        .agg(count=ends.count(), value=ends.amount.fill_null(0.0).sum())
        .to_pandas()
    )
    parts = [
        (entered, before, entered["lag_0"], pd.Series(0.0, entered.index)),
        (ended, after, channels + 2 - ended["converted"], ended["value"]),
    ]
    for frame, digits, following, value in parts:
        state = sum(frame[name].to_numpy(np.int64) * kept.base**k for k, name in enumerate(digits))
        whose = frame["segment"].to_numpy(np.int64) * GROUPS + frame["group"].to_numpy(np.int64)
        keys = (whose * kept.base**kept.markov_order + state) * (channels + 3) + following.to_numpy(np.int64)
        counts = {"count": frame["count"].to_numpy(float), "value": value.to_numpy(float)}
        tally.moves.append(added_up(keys, **counts))


def _add_paths(tally: Tally, placed: ir.Table) -> None:
    base = tally.kept.base
    digits = {f"p{k}": (placed["at"] == k).ifelse(placed["code"] + 1, 0).max() for k in range(MOST_TOUCHES)}
    each = placed.group_by("unit", "journey", "segment").agg(
        **digits, length=placed["length"].max(), converted=placed.converted.max(), amount=placed.amount.max()
    )
    is_long = (each["length"] > MOST_TOUCHES).ifelse(1, 0)
    names = {f"p{k}": (each["length"] > MOST_TOUCHES).ifelse(0, each[f"p{k}"]) for k in range(MOST_TOUCHES)}
    each = each.mutate(long=is_long, **names)
    counted = (
        each.group_by("segment", "long", *names)
        .agg(
            conversions=each.converted.sum(),
            value=each.amount.fill_null(0.0).sum(),
            nulls=(1 - each.converted).sum(),
        )
        .to_pandas()
    )
    path = np.zeros(len(counted), dtype=np.int64)
    for name in names:
        digit = counted[name].to_numpy(np.int64)
        path = np.where(digit > 0, path * base + digit, path)
    segment = counted["segment"].to_numpy(np.int64)
    keys = np.where(counted["long"].to_numpy() == 1, -1 - segment, segment * base**MOST_TOUCHES + path)
    amounts = {name: counted[name].to_numpy(float) for name in ("conversions", "value", "nulls")}
    tally.paths = [added_up(keys, **amounts)]
