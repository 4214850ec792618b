"""The tally as a warehouse makes it, held equal to the one made here and to a slow definition, on random logs."""

from __future__ import annotations

import math

import ibis
import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.journeys.attribution.credits import RULES
from mapkit.journeys.attribution.tally import Kept, Tally, path_names
from mapkit.journeys.attribution.warehouse import tally_there
from mapkit.sequences import gathered_touches
from mapkit.tables.embedded import embedded
from tests.sequences.test_touches import frame_of, logs
from tests.sequences.touch_oracle import Journey, journeys_of

CHANNELS = ("ads", "mail", "web")
SEGMENTS = ("x", "y")
HALF_LIFE = 4.0


def rows_of(log) -> pd.DataFrame:
    frame = frame_of(log).assign(segment=0, row=range(len(log)))
    return frame.assign(segment=(frame["customer"] == "bob").astype("int16"))


def tallied(log, touches: str, window: int | None, order: int, *, engine: str) -> Tally:
    table = embedded().create_table("touches_there", ibis.memtable(rows_of(log)), temp=True, overwrite=True)
    kept = Kept(CHANNELS, SEGMENTS, RULES, order, frozenset({"web"}), HALF_LIFE)
    tally = Tally(kept)
    if engine == "warehouse":
        tally_there(tally, table, {name: code for code, name in enumerate(CHANNELS)}, touches, window)
        return tally
    with gathered_touches(table) as found:
        recode = np.array([CHANNELS.index(name) for name in found.channels] or [0])
        for journeys in found.journeys(touches, window, recode):
            tally.add(journeys)
    return tally


def moves(tally: Tally) -> list[tuple[int, ...]]:
    """Moves without their groups, which the engines deal differently."""
    frame = pd.concat(tally.moves)
    frame = frame[frame["count"] > 0]
    size = tally.kept.base**tally.kept.markov_order * (len(CHANNELS) + 3)
    frame = frame.assign(segment=frame["key"] // size // 64, rest=frame["key"] % size)
    summed = frame.groupby(["segment", "rest"], as_index=False)[["count", "value"]].sum()
    return sorted(summed.astype(float).round(6).itertuples(index=False, name=None))


@settings(max_examples=10, deadline=None)
@given(logs, st.sampled_from(["changes", "events", "sessions"]), st.sampled_from([None, 3_000_000]), st.integers(1, 3))
def test_a_warehouse_and_this_process_give_the_same_sums(log, touches, window, order):
    here, there = (tallied(log, touches, window, order, engine=engine) for engine in ("here", "warehouse"))
    for name in ("credits", "outcomes"):
        one, other = (getattr(each, name).sum(axis=1) for each in (here, there))
        np.testing.assert_allclose(one, other, atol=1e-9, err_msg=name)
    np.testing.assert_array_equal(here.met, there.met)
    np.testing.assert_array_equal(here.customers, there.customers)
    assert moves(here) == moves(there)
    order_by = ["segment", "path"]
    one, other = (path_names(each).sort_values(order_by, ignore_index=True) for each in (here, there))
    pd.testing.assert_frame_equal(one, other, check_dtype=False)


def credit(journey: Journey, rule: str) -> dict[str, float]:
    """What one journey gives each channel, said as the rule is said."""
    names = [name for name, _ in journey.touches]
    n = len(names)
    if rule == "first":
        weights = [1.0, *[0.0] * (n - 1)]
    elif rule in ("last", "last_non_direct"):
        others = [k for k in range(n) if names[k] != "web"] if rule == "last_non_direct" else []
        weights = [float(k == (others or [n - 1])[-1]) for k in range(n)]
    elif rule == "linear":
        weights = [1 / n] * n
    elif rule == "time_decay":
        weights = [0.5 ** (before / HALF_LIFE) for _, before in journey.touches]
    elif rule == "position":
        weights = {1: [1.0], 2: [0.5, 0.5]}.get(n, [0.4, *[0.2 / max(n - 2, 1)] * (n - 2), 0.4])
    else:
        weights = [1 / len(set(names)) / names.count(name) for name in names]
    return {
        name: sum(w for w, each in zip(weights, names, strict=True) if each == name) / sum(weights) for name in names
    }


@settings(max_examples=10, deadline=None)
@given(logs, st.sampled_from([None, 3]))
def test_credits_are_what_the_rules_say_of_each_journey(log, window):
    here = tallied(log, "changes", None if window is None else window * 1_000_000, 1, engine="here")
    done = [each for each in journeys_of(log, "changes", window) if each.converted and each.touches]
    for r, rule in enumerate(RULES):
        for code, name in enumerate(CHANNELS):
            given_to = math.fsum(credit(each, rule).get(name, 0.0) for each in done)
            worth = math.fsum(credit(each, rule).get(name, 0.0) * each.value for each in done)
            np.testing.assert_allclose(here.credits[:, :, r, code].sum(axis=(0, 1)), (given_to, worth), atol=1e-9)
