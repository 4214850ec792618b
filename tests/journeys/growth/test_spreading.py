"""Growth, cascades and downlines: what follows from who brought whom."""

from __future__ import annotations

import time

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.errors import OptionError, TableError
from mapkit.journeys.growth import measure_cascades, measure_downline, simulate_growth
from mapkit.statistics import Estimate


def edges(*pairs: str) -> list[dict[str, str]]:
    """Edges as "a>b" or "a>b@3" (the day of January)."""
    rows = []
    for pair in pairs:
        names, _, day = pair.partition("@")
        source, target = names.split(">")
        rows.append({"source": source, "target": target, **({"time": f"2025-01-{int(day):02d}"} if day else {})})
    return rows


def grow(**options):
    return simulate_growth(
        **{"start": 10, "invites": 10, "conversion": 0.2, "cycle": "2d", "duration": "20d", **options}
    )


@pytest.mark.parametrize(("cycle", "customers"), [("2d", 20_470), ("1d", 20_971_510)])
def test_ten_customers_become_what_was_published(cycle, customers):
    assert grow(cycle=cycle).final.value == pytest.approx(customers, abs=1e-6)


def test_at_k_of_one_as_many_come_in_every_cycle():
    assert grow(conversion=0.1, duration="6d").final.value == pytest.approx(10 * 4)
    near = grow(conversion=0.1 + 1e-12, duration="6d").final.value
    assert near == pytest.approx(40, rel=1e-6)


def test_below_one_growth_ends():
    assert grow(conversion=0.05, duration="400d").final.value == pytest.approx(10 / (1 - 0.5))


def test_the_sum_over_generations_is_the_formula():
    table = grow(cycle="2d", duration="10d").table
    whole = table[np.isclose(table["cycles"] % 1, 0)]
    assert whole["customers"].round(6).tolist() == [10 * (2 ** (n + 1) - 1) for n in range(6)]


def test_a_market_is_never_exceeded():
    limited = grow(market=500, duration="60d")
    assert limited.table["customers"].max() <= 500
    assert limited.table["customers"].is_monotonic_increasing
    assert grow(market=1e12).final.value == pytest.approx(20_470, rel=1e-6)


def test_estimates_make_a_band_around_the_curve():
    k = Estimate("K", 0.5, 0.4, 0.6, 1_000, "per customer")
    growth = simulate_growth(start=100, invites=k, cycle="2d", duration="200d")
    assert (growth.final.low, growth.final.high) == pytest.approx((100 / 0.6, 100 / 0.4), rel=0.03)
    again = simulate_growth(start=100, invites=k, cycle="2d", duration="200d")
    assert growth.table.equals(again.table)
    assert any("seed 2025" in note for note in growth.notes)


def test_growth_from_nothing_is_refused():
    for options in ({"start": 0}, {"conversion": 1.2}, {"invites": 0}, {"cycle": "soon"}, {"market": 3}):
        with pytest.raises(OptionError):
            grow(**options)


def test_a_star_and_a_chain_have_the_published_virality():
    star = measure_cascades(edges(*(f"a>{name}" for name in "bcdef"))).table.iloc[0]
    assert star["structural_virality"] == pytest.approx(2 - 2 / 6)
    assert (star["size"], star["depth"], star["max_breadth"]) == (6, 1, 5)
    chain = measure_cascades(edges("a>b", "b>c", "c>d", "d>e")).table.iloc[0]
    assert chain["structural_virality"] == pytest.approx((5 + 1) / 3)
    assert (chain["depth"], chain["max_breadth"]) == (4, 1)


def test_the_earliest_source_counts():
    found = measure_cascades(edges("a>c@5", "b>c@2", "a>d@1"))
    assert found.tree("b")["person"].tolist() == ["b", "c"]
    assert any("1 shares reached somebody who had been reached before" in note for note in found.notes)


def test_circles_begin_at_the_source_of_their_earliest_share():
    found = measure_cascades(edges("c>a@9", "a>b@2", "b>c@3", "x>x@1"))
    assert found.table["cascade"].tolist() == ["a"]
    assert found.tree("a")["depth"].tolist() == [0, 1, 2]
    said = " ".join(found.notes)
    assert "1 circles" in said
    assert "1 shares to oneself" in said


def test_invites_that_nobody_accepted_reach_nobody():
    rows = [{"inviter": "a", "invitee": "b", "time_sent": "2025-01-01"}, {"inviter": "a", "invitee": None}]
    found = measure_cascades(rows)
    assert found.table["size"].tolist() == [2]
    assert "1 rows reached nobody" in " ".join(found.notes)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 28)), min_size=1, max_size=25))
def test_cascades_agree_with_a_walk_over_the_graph(rows):
    found = measure_cascades([{"source": s, "target": t, "time": f"2025-01-{day:02d}"} for s, t, day in rows])
    graph = nx.Graph()
    members = found.members
    graph.add_edges_from(members[members["parent"].notna()][["person", "parent"]].to_numpy())
    assert nx.number_of_edges(graph) == sum(found.table["size"] - 1)
    for row in found.table.to_dict("records"):
        tree = graph.subgraph(members[members["cascade"] == row["cascade"]]["person"])
        assert nx.is_tree(tree)
        assert row["size"] == len(tree)
        assert row["depth"] == max(nx.shortest_path_length(tree, row["cascade"]).values())
        assert row["structural_virality"] == pytest.approx(nx.average_shortest_path_length(tree))
    reached = {str(t) for s, t, _ in rows if s != t}
    assert reached <= set(members["person"])


def test_a_chain_of_a_hundred_thousand_takes_no_recursion():
    n = 100_000
    begun = time.perf_counter()
    row = measure_cascades(pd.DataFrame({"source": range(n), "target": range(1, n + 1)})).table.iloc[0]
    assert (row["size"], row["depth"]) == (n + 1, n)
    assert row["structural_virality"] == pytest.approx((n + 2) / 3)
    assert time.perf_counter() - begun < 20


def test_cascades_can_be_quoted_and_compared():
    deep = measure_cascades(edges(*(f"r{k}>s{k}" for k in range(40)), *(f"s{k}>t{k}" for k in range(40))))
    flat = measure_cascades(edges(*(f"r{k}>s{k}" for k in range(40))))
    assert str(flat.share_deeper()) == "0.0% [0.0%, 8.8%] of 40"
    assert deep.share_larger(2).value == 1
    assert mk.compare(deep, flat).estimate("of_cascades_deeper_than_1").low > 0.8


def test_shares_without_their_columns_are_refused():
    with pytest.raises(TableError, match=r"no column 'target'.*Did you mean 'targte'"):
        measure_cascades([{"source": "a", "targte": "b"}])
    with pytest.raises(TableError, match="'source' is empty in row 1"):
        measure_cascades([{"source": None, "target": "b"}])
    assert measure_cascades(pd.DataFrame({"source": [], "target": []})).table.empty


def test_harbours_cascades_hold_every_accepted_invite(harbour):
    found = measure_cascades(harbour.invites)
    assert (found.table["size"] - 1).sum() == harbour.r["referral"]["accepted"]


RECRUITS = [{"recruiter": a, "recruit": b} for a, b in ("ab", "ac", "bd", "be", "df")]
SALES = [
    {"seller": "b", "value": 100.0, "buyer": "out"},
    {"seller": "d", "value": 50.0, "buyer": "b"},
    {"seller": "f", "value": 10.0, "buyer": "out"},
]


def downline(**options):
    return measure_downline(RECRUITS, SALES, **{"rates": (0.10, 0.05), "cost": 8.0, "margin": 0.2, **options})


def test_commission_is_the_rate_of_each_level_times_its_sales():
    found = downline()
    earned = found.members.set_index("member")["commission"]
    assert earned.to_dict() == pytest.approx({"a": 10 + 2.5, "b": 5 + 0.5, "c": 0, "d": 1, "e": 0, "f": 0})
    assert found.table["members"].tolist() == [1, 2, 2, 1]
    assert found.table["sales"].tolist() == [0, 100, 50, 10]
    assert found.table["top_commission"].tolist() == [0, 10, 2.5, 0]
    assert found.table["top_commission"].sum() == earned["a"]


def test_who_has_not_recouped_is_counted_with_its_interval():
    found = downline()
    assert found.members.set_index("member")["recouped"].to_dict() == {
        "a": True, "b": True, "c": False, "d": False, "e": False, "f": False,
    }  # fmt: skip
    assert (found.never_recouped().value, found.never_recouped().n) == (0.8, 5)


def test_sales_among_members_and_entry_costs_are_no_retail():
    found = downline()
    assert found.retail_share == pytest.approx(110 / (110 + 50 + 5 * 8))
    assert not any("Warning" in note for note in found.notes)
    assert any("Warning" in note for note in downline(cost=40.0).notes)
    unknown = measure_downline(RECRUITS, [{"seller": "b", "value": 1.0}], rates=(0.1,))
    assert np.isnan(unknown.retail_share)


def test_one_members_downline_is_a_tree_of_its_own():
    found = downline(of="b")
    assert found.members["member"].tolist() == ["b", "d", "e", "f"] or set(found.members["member"]) == set("bdef")
    assert found.table["members"].tolist() == [1, 2, 1]
    assert found.table["top_commission"].sum() == found.members.set_index("member").loc["b", "commission"]
    with pytest.raises(OptionError, match="not among the members"):
        downline(of="z")


def test_what_each_paid_may_stand_in_a_column():
    recruits = [{**row, "fee": k} for k, row in enumerate(RECRUITS)]
    members = measure_downline(recruits, SALES, rates=(0.1,), cost="fee").members.set_index("member")["cost"]
    assert members.to_dict() == {"a": 0, "b": 0, "c": 1, "d": 2, "e": 3, "f": 4}


def test_the_warning_says_how_many_a_level_would_need():
    full = [{"recruiter": f"m{(k - 1) // 3}", "recruit": f"m{k}"} for k in range(1, 40)]
    found = measure_downline(full, SALES, rates=(0.1,))
    assert found.table["needed"].tolist() == [1, 3, 9, 27]
    assert any("level 10 alone would need 59,049 people" in note for note in found.notes)


def test_downlines_that_cannot_be_used_say_why():
    with pytest.raises(OptionError, match="must be shares"):
        downline(rates=(10,))
    with pytest.raises(TableError, match="'recruit' is empty in row 1"):
        measure_downline([{"recruiter": "a", "recruit": None}], SALES, rates=(0.1,))
    with pytest.raises(TableError, match=r"no column 'value'"):
        measure_downline(RECRUITS, [{"seller": "a"}], rates=(0.1,))
    with pytest.raises(OptionError, match="Did you mean 'fee'"):
        measure_downline([{**row, "fee": 1} for row in RECRUITS], SALES, rates=(0.1,), cost="fe")


def test_two_downlines_are_compared_level_by_level():
    compared = mk.compare(downline(), downline(cost=0.0))
    assert compared.table["level"].tolist() == [1, 2, 3]
    assert set(compared.table["verdict"]) == {"too few"}
