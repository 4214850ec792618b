"""Attribution journeys: which channels met a customer before each purchase, and after the last one.

A journey is a customer's events up to and with a purchase; the next event begins another, and what is left at the end
is a journey without a purchase. Every event is a touch by its channel. The answer is the purchases by the last touch,
the journeys without a purchase, and the Markov removal effects.

The peers count which touch follows which; what those few counts mean for a Markov chain is worked out here for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from benchmarks.contestants.opened import chdb_numbers, duckdb_numbers, mapkit_events
from benchmarks.log import CHANNELS
from benchmarks.question import Contestant

PURCHASE = "purchase"
_NAMES = sorted(CHANNELS)
# Places among the states of the chain beside the channels' own: where a journey opens, and its two ends.
_OPEN, _BOUGHT, _LEFT = (len(_NAMES) + k for k in range(3))
# What stands before the first and after the last event; an event is its channel's number doubled, and 1 for a purchase.
_NOTHING = 255


def mapkit_journeys(log: Path) -> list[int]:
    """Two models, and what none of the others gives: intervals for all of it, exposure, paths."""
    import mapkit as mk

    found = mk.measure_attribution(mapkit_events(log), conversion=PURCHASE, touches="events", models=["last", "markov"])
    last, markov = (found.table[found.table["model"] == model].set_index("channel") for model in ("last", "markov"))
    counts = [round(last.loc[name, "conversions"]) for name in _NAMES]
    return [
        *counts,
        int(found.outcomes["null"].sum()),
        *_rounded(markov.loc[name, "removal_effect"] for name in _NAMES),
    ]


def duckdb_journeys(log: Path) -> list[int]:
    """Pack time and event into one integer; ``lag`` and ``lead`` over it see the neighbours."""
    cases = " ".join(f"WHEN '{channel}' THEN {2 * k}" for k, channel in enumerate(_NAMES))
    packed = f"SELECT user_id, (epoch_us(ts) << 8) | CASE channel {cases} END | (event = '{PURCHASE}')::INT AS touch"
    placed = (
        f"SELECT coalesce(lag(touch) OVER w & 255, {_NOTHING}) AS before, touch & 255 AS here, "
        f"lead(touch) OVER w IS NULL AS ends FROM ({packed} FROM '{log}') "
        "WINDOW w AS (PARTITION BY user_id ORDER BY touch)"
    )
    numbers = duckdb_numbers(f"SELECT before, here, ends::INT, count(*) FROM ({placed}) GROUP BY ALL")
    return _from_neighbours(zip(*[iter(numbers)] * 4, strict=True))


def chdb_journeys(log: Path) -> list[int]:
    """Each customer's packed events as a sorted array, paired with itself."""
    names = ", ".join(f"'{channel}'" for channel in _NAMES)
    touch = f"bitOr(bitShiftLeft(indexOf([{names}], channel) - 1, 1), event = '{PURCHASE}')"
    packed = f"arraySort(groupArray(bitOr(bitShiftLeft(toUnixTimestamp64Micro(ts), 8), {touch})))"
    each = f"SELECT arrayMap(x -> bitAnd(x, 255), {packed}) AS path FROM file('{log}', Parquet) GROUP BY user_id"
    pairs = f"arrayJoin(arrayZip(arrayPushFront(path, {_NOTHING}), arrayPushBack(path, {_NOTHING}))) AS pair"
    numbers = chdb_numbers(
        f"SELECT pair.1 AS x, pair.2 AS y, count() FROM (SELECT {pairs} FROM ({each})) GROUP BY x, y"
    )
    return _answer(zip(*[iter(numbers)] * 3, strict=True))


def polars_journeys(log: Path) -> list[int]:
    """The log is in time order, and a sort by customer that keeps it puts each event beside its neighbours."""
    import polars as pl

    channel = pl.col("channel").cast(pl.Enum(_NAMES)).to_physical().cast(pl.Int16)
    touch = channel * 2 + (pl.col("event") == PURCHASE).cast(pl.Int16)
    rows = pl.scan_parquet(log).select("user_id", touch=touch).sort("user_id", maintain_order=True)
    opens = (pl.col("user_id") != pl.col("user_id").shift(1)).fill_null(True)
    ends = (pl.col("user_id") != pl.col("user_id").shift(-1)).fill_null(True)
    before = pl.when(opens).then(pl.lit(_NOTHING, pl.Int16)).otherwise(pl.col("touch").shift(1))
    placed = rows.select(before=before, here="touch", ends=ends)
    counts = placed.group_by("before", "here", "ends").agg(pl.len()).collect(engine="streaming")
    return _from_neighbours(counts.rows())


def pandas_journeys(log: Path) -> list[int]:
    """The same: a stable sort by customer, then each row beside its neighbours."""
    import numpy as np
    import pandas as pd

    rows = pd.read_parquet(log, columns=["user_id", "event", "channel"])
    order = np.argsort(rows["user_id"].to_numpy(), kind="stable")
    who = rows["user_id"].to_numpy()[order]
    channel = pd.Categorical(rows["channel"], categories=_NAMES).codes.astype(np.int64)
    here = (2 * channel + (rows["event"] == PURCHASE).to_numpy())[order]
    new = np.append(True, who[1:] != who[:-1])
    before, ends = np.where(new, _NOTHING, np.append(0, here[:-1])), np.append(new[1:], True)
    counts = np.bincount(before * 512 + here * 2 + ends)
    found = np.flatnonzero(counts)
    return _from_neighbours(zip(found // 512, found // 2 % 256, found % 2, counts[found], strict=True))


def _from_neighbours(counts: Iterable[tuple[int, int, int, int]]) -> list[int]:
    """Return the answer from (event before, event, whether it is the last, how often)."""
    pairs = []
    for before, here, ends, times in counts:
        pairs.append((before, here, times))
        if ends:
            pairs.append((here, _NOTHING, times))
    return _answer(pairs)


def _answer(pairs: Iterable[tuple[int, int, int]]) -> list[int]:
    """Return the answer from (event, the event after it, how often)."""
    import numpy as np

    moves = np.zeros((_LEFT + 1, _LEFT + 1))
    for before, here, times in pairs:
        opens = before == _NOTHING or before % 2
        source = _OPEN if opens else before // 2
        if here != _NOTHING:
            moves[source, here // 2] += times
            if here % 2:
                moves[here // 2, _BOUGHT] += times
        elif not opens:
            moves[source, _LEFT] += times
    channels = range(len(_NAMES))
    base = _converting(moves)
    effects = []
    for gone in channels:
        without = moves.copy()
        without[:, _LEFT] += without[:, gone]
        without[:, gone] = 0
        effects.append(1 - _converting(without) / base)
    return [*(int(moves[k, _BOUGHT]) for k in channels), int(moves[:, _LEFT].sum()), *_rounded(effects)]


def _converting(moves: object) -> float:
    """Return the chance that a journey which opens ends in a purchase."""
    import numpy as np

    counts = np.asarray(moves)[: _OPEN + 1]
    shares = counts / counts.sum(axis=1, keepdims=True)
    return float(np.linalg.solve(np.eye(_OPEN + 1) - shares[:, : _OPEN + 1], shares[:, _BOUGHT])[_OPEN])


def _rounded(effects: Iterable[float]) -> list[int]:
    return [round(1e6 * effect) for effect in effects]


JOURNEYS: dict[str, Contestant] = {
    "mapkit": mapkit_journeys,
    "DuckDB windows": duckdb_journeys,
    "chdb arrays": chdb_journeys,
    "polars": polars_journeys,
    "pandas": pandas_journeys,
}
