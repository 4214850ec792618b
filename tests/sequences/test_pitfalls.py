"""One log with every trap that has been met: what each measure counts on it is what a plain walk over its rows counts.

Times are equal within a customer, or a microsecond apart at a window's edge; rows stand in no order; some have no
customer or no event; names are quoted, alike but for case or a space, or in another script; there are more than 64
names and more than 64 weeks; customers are numbers beyond 2**53 and multiples of 2**32. Every measure is asked twice:
where rows are streamed, and where the work is done in a warehouse.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import pandas as pd
import pytest

import mapkit as mk
from mapkit.stages import StageModel, map_stages
from mapkit.tables import Table
from tests.services.warehouse import stand_in

VISIT, LOOK, BUY = "visit", 'it\'s "look"; DROP TABLE events --', "buy"
HOSTILE = [VISIT, LOOK, BUY, "Buy", "buy ", "NULL?", "<script>alert(1)</script>", "%_*?", "مرحبا", "日本", "a\nb\t\\"]
NAMES = [*HOSTILE, *(f"event {k}" for k in range(60))]
CHANNELS = ["email", "", None, "o'hara", "(none)", "other", "Ünïcödé"]
CUSTOMERS = [*(2**53 + k for k in range(6)), *(k << 32 for k in range(1, 7)), 0, -1, -(2**53), 2**62, *range(7, 15)]
MICROSECOND, HALF_HOUR = timedelta(microseconds=1), timedelta(minutes=30)
GAPS = [timedelta(0), MICROSECOND, timedelta(seconds=1), HALF_HOUR, HALF_HOUR + MICROSECOND, timedelta(days=1)]
START = datetime(2024, 1, 1)  # noqa: DTZ001 - times in a table are UTC, without a zone attached


@dataclass(frozen=True)
class Row:
    customer: int
    event: str
    time: datetime
    channel: str | None
    row: int


def pitfalls() -> list[Row]:
    """The rows of known customers, in the order in which things happened to each of them."""
    dice = random.Random(11)
    rows: list[Row] = []
    for customer in CUSTOMERS:
        time = START + timedelta(days=dice.randrange(200))
        for _ in range(dice.randrange(1, 60)):
            event = dice.choice(NAMES if dice.random() < 0.4 else [VISIT, LOOK, BUY])
            rows.append(Row(customer, event, time, dice.choice(CHANNELS), len(rows)))
            time += dice.choice(GAPS) + timedelta(days=dice.choice([0, 0, 0, 9, 30]))
    return rows


ROWS = pitfalls()


@pytest.fixture(scope="module", params=["streamed", "in a warehouse"])
def log(request) -> Table:
    """The rows out of order, and among them rows of nobody and rows of nothing."""
    frame = pd.DataFrame([vars(row) for row in ROWS]).astype({"time": "datetime64[us]", "customer": "Int64"})
    nobody = frame.iloc[::7].assign(customer=pd.array([None] * len(frame.iloc[::7]), "Int64"))
    nothing = frame.iloc[::9].assign(event="")
    shuffled = pd.concat([frame, nobody, nothing]).sample(frac=1, random_state=3, ignore_index=True)
    read = mk.read_events(shuffled, timezone="UTC") if request.param == "streamed" else stand_in(shuffled)[0]
    assert read.intake is not None
    assert read.intake.rows_kept == len(ROWS)
    return read


def by_customer() -> dict[int, list[Row]]:
    each = defaultdict(list)
    for row in sorted(ROWS, key=lambda row: (row.time, row.row)):
        each[row.customer].append(row)
    return each


def test_the_log_has_what_it_promises():
    each = by_customer()
    assert any(a.time == b.time and a.event != b.event for rows in each.values() for a, b in pairwise(rows))
    assert any(b.time - a.time == HALF_HOUR + MICROSECOND for rows in each.values() for a, b in pairwise(rows))
    assert len({row.event for row in ROWS}) > 64
    assert max(row.time for row in ROWS) - START > timedelta(weeks=64)
    assert {float(customer) for customer in each} != {*each}


def reached(rows: list[Row], steps: list[str], window: timedelta | None) -> int:
    """How far the best chain goes: from every opening, each step at the first chance after the one before."""
    best = 0
    for start, opening in enumerate(rows):
        done = 0
        for row in rows[start:]:
            if window is not None and row.time - opening.time > window:
                break
            if done < len(steps) and row.event == steps[done]:
                done += 1
            elif done == 0:
                break
        best = max(best, done)
    return best


@pytest.mark.parametrize("window", [None, HALF_HOUR, 2 * HALF_HOUR, timedelta(days=9)], ids=str)
@pytest.mark.parametrize("steps", [[VISIT, LOOK, BUY], [BUY, "Buy", VISIT], [VISIT, VISIT, "buy "]], ids=str)
def test_funnel(log, steps, window):
    levels = [reached(rows, steps, window) for rows in by_customer().values()]
    expected = [sum(level >= k for level in levels) for k in range(1, len(steps) + 1)]
    names = [f"{k}: {event}" for k, event in enumerate(steps)]
    asked = [mk.Step(name, event=event) for name, event in zip(names, steps, strict=True)]
    assert mk.measure_funnel(log, asked, window=window).counts == expected


def test_stages(log):
    model = StageModel("thirds", {"first": NAMES[:24], "second": NAMES[24:48], "third": NAMES[48:]})
    stage = {event: ("first", "second", "third")[min(k // 24, 2)] for k, event in enumerate(NAMES)}
    there = Counter((row.customer, stage[row.event]) for row in ROWS)
    table = mk.measure_stages(map_stages(log, model)).table.set_index("stage")
    for name in ("first", "second", "third"):
        assert table.loc[name, "customers"] == sum(key[1] == name for key in there)
        assert table.loc[name, "events"] == sum(count for key, count in there.items() if key[1] == name)
    assert set(table["all_customers"]) == {len(CUSTOMERS)}


@pytest.mark.parametrize("collapse", [False, True], ids=["each event", "loops collapsed"])
def test_transitions(log, collapse):
    counts: Counter[tuple[str, str]] = Counter()
    who: dict[tuple[str, str], set[int]] = defaultdict(set)
    for customer, rows in by_customer().items():
        names = [row.event for row in rows]
        if collapse:
            names = [name for k, name in enumerate(names) if k == 0 or names[k - 1] != name]
        for move in pairwise(["(start)", *names, "(end)"]):
            counts[move] += 1
            who[move].add(customer)
    table = mk.measure_transitions(log, collapse_loops=collapse).table
    moves = list(zip(table["source"], table["target"], strict=True))
    assert dict(zip(moves, table["count"], strict=True)) == dict(counts)
    assert dict(zip(moves, table["customers"], strict=True)) == {move: len(each) for move, each in who.items()}


def test_the_median_time_of_a_move_keeps_its_microseconds(log):
    gaps: dict[tuple[str, str], list[float]] = defaultdict(list)
    for rows in by_customer().values():
        for a, b in pairwise(rows):
            gaps[a.event, b.event].append((b.time - a.time).total_seconds())
    table = mk.measure_transitions(log, start_end=False).table
    found = {(a, b): s for a, b, s in zip(table["source"], table["target"], table["median_seconds"], strict=True)}
    assert found == pytest.approx({move: pd.Series(each).median() for move, each in gaps.items()}, abs=1e-7)


def monday(time: datetime) -> datetime:
    return datetime(time.year, time.month, time.day) - timedelta(days=time.weekday())  # noqa: DTZ001


def test_weekly_retention_over_more_weeks_than_an_integer_has_bits(log):
    came: dict[tuple[datetime, int], set[int]] = defaultdict(set)
    for customer, rows in by_customer().items():
        cohort = monday(rows[0].time)
        for row in rows:
            came[cohort, (monday(row.time) - cohort).days // 7].add(customer)
    table = mk.measure_retention(log, period="week", end="2030-01-07").table
    seen = table[table["customers"] > 0]
    found = {(c, k): n for c, k, n in zip(seen["cohort"], seen["period"], seen["customers"], strict=True)}
    assert max(k for _, k in found) > 64
    assert found == {key: len(each) for key, each in came.items()}


def test_weekly_lifecycle(log):
    weeks = {customer: {monday(row.time) for row in rows} for customer, rows in by_customer().items()}
    table = mk.measure_lifecycle(log, period="week", end="2030-01-07").table.set_index("period")
    week = timedelta(weeks=1)
    for start, found in table.iterrows():
        new = sum(min(each) == start for each in weeks.values())
        returning = sum(start in each and start - week in each for each in weeks.values())
        there = sum(start in each for each in weeks.values())
        dormant = sum(start - week in each and start not in each for each in weeks.values())
        expected = (new, returning, there - new - returning, dormant)
        assert (found["new"], found["returning"], found["resurrecting"], found["dormant"]) == expected


def test_sessions_end_only_where_the_gap_is_longer_than_asked(log):
    expected = sum(1 + sum(b.time - a.time > HALF_HOUR for a, b in pairwise(rows)) for rows in by_customer().values())
    sessions = mk.map_sessions(log, gap="30min").data
    found = sessions.select("customer", "session").distinct().count().execute()
    assert found == expected == sessions.select("session").distinct().count().execute()


def test_steps_one_by_one(log):
    expected: Counter[tuple[int, str]] = Counter()
    for rows in by_customer().values():
        for step in range(1, 6):
            expected[step, rows[step - 1].event if len(rows) >= step else "(end)"] += 1
    table = mk.measure_step_matrix(log, steps=5).table
    found = zip(zip(table["step"], table["event"], strict=True), table["customers"], strict=True)
    assert dict(found) == dict(expected)


def test_attribution_to_the_first_and_last_touch(log):
    first: Counter[str] = Counter()
    last: Counter[str] = Counter()
    for rows in by_customer().values():
        touches: list[str] = []
        for row in rows:
            # An empty text names no channel.
            touches += [row.channel] if row.channel else []
            if row.event == BUY:
                if touches:
                    first[touches[0]] += 1
                    last[touches[-1]] += 1
                touches = []
    table = mk.measure_attribution(log, conversion=BUY, touches="events", models=["first", "last"]).table
    for model, expected in (("first", first), ("last", last)):
        rows = table[table["model"] == model]
        assert dict(zip(rows["channel"], rows["conversions"], strict=True)) == pytest.approx(dict(expected))
