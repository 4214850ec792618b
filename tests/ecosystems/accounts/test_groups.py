"""Buying groups: which roles are known, which are missing, and how we get to the decider."""

from __future__ import annotations

import pandas as pd
import pytest

import mapkit as mk
from mapkit.ecosystems.accounts.contacts import ROLES
from mapkit.errors import OptionError, TableError


def contacts(*rows: tuple[str, str | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["actor", "account", "role"]).assign(type="decision_maker")


def whole_group(account: str) -> list[tuple[str, str | None, str | None]]:
    return [(f"{account}_{role}", account, role) for role in ROLES]


def test_an_account_with_every_role_lacks_none() -> None:
    groups = mk.measure_buying_groups(contacts(*whole_group("x")))
    assert groups.incomplete == []
    assert groups.coverage("x").value == 1.0
    assert groups.coverage("x").n == 7


def test_the_missing_role_is_named() -> None:
    rows = [row for row in whole_group("x") if row[2] not in ("approver", "buyer")]
    groups = mk.measure_buying_groups(contacts(*rows, *whole_group("y")))
    assert groups.incomplete == ["x"]
    assert groups.table.set_index("account").loc["x", "missing"] == "approver; buyer"
    assert groups.lacking("approver") == ["x"]
    assert groups.share_complete.value == 0.5


def test_one_contact_can_have_several_roles_and_counts_once() -> None:
    groups = mk.measure_buying_groups(contacts(("ann", "x", "Decider | approver"), ("bob", "x", "user; user")))
    row = groups.table.iloc[0]
    assert (row["contacts"], row["roles_covered"]) == (2, 3)


def test_two_users_cover_one_role() -> None:
    groups = mk.measure_buying_groups(contacts(("ann", "x", "user"), ("bob", "x", "user")), roles=["user", "decider"])
    assert groups.coverage("x").value == 0.5
    cell = groups.roles.set_index("role").loc["user"]
    assert (cell["contacts"], cell["actors"]) == (2, "ann; bob")


def test_roles_that_were_not_asked_for_are_counted_and_cover_nothing() -> None:
    groups = mk.measure_buying_groups(contacts(("ann", "x", "decider"), ("bob", "x", "champion")), roles=["decider"])
    assert groups.table.loc[0, "contacts"] == 1
    assert any("champion (1)" in note for note in groups.notes)


def test_engagement_is_unknown_until_somebody_says_so() -> None:
    people = contacts(("ann", "x", "decider"), ("bob", "x", "user"))
    assert "engaged_contacts" not in mk.measure_buying_groups(people).table
    row = mk.measure_buying_groups(people, roles=["decider", "user"], engaged={"bob"}).table.iloc[0]
    assert (row["engaged_contacts"], row["of_needed_engaged"], row["not_engaged"]) == (1, 0.5, "decider")


def test_a_column_may_say_who_is_engaged_and_what_it_leaves_open_is_said() -> None:
    people = contacts(("ann", "x", "decider"), ("bob", "x", "user"), ("cid", "x", "buyer"))
    groups = mk.measure_buying_groups(people.assign(met=["yes", "no", None]), engaged="met")
    assert groups.table.loc[0, "engaged_contacts"] == 1
    assert any("For 1 contacts nothing says" in note for note in groups.notes)


def test_an_engaged_actor_that_is_not_there_is_refused() -> None:
    with pytest.raises(OptionError, match="Did you mean 'ann'"):
        mk.measure_buying_groups(contacts(("ann", "x", "decider")), engaged={"anna"})


def test_an_account_without_any_contact_lacks_every_role_when_it_is_asked_for() -> None:
    people = contacts(("ann", "x", "decider"), ("firm", "z", None))
    assert list(mk.measure_buying_groups(people).table["account"]) == ["x"]
    asked = mk.measure_buying_groups(people, accounts=["x", "z"])
    assert asked.coverage("z").value == 0
    assert asked.incomplete == ["z", "x"]


def _with_us(*ties: tuple[str, str, float, float]) -> mk.Ecosystem:
    people = pd.concat(
        [
            contacts(("dora", "x", "decider"), ("ulf", "x", "user")),
            pd.DataFrame({"actor": ["us", "friend", "rival"], "type": ["own", "partner", "competitor"]}),
        ]
    )
    return mk.Ecosystem(people, pd.DataFrame(ties, columns=["source", "target", "weight", "sign"]))


def test_the_way_in_has_the_fewest_steps_and_the_strongest_chain() -> None:
    groups = mk.measure_buying_groups(_with_us(("us", "friend", 0.5, 1), ("dora", "friend", 0.8, 1)))
    row = groups.table.iloc[0]
    assert (row["target"], row["steps"], row["path"]) == ("dora", 2, "us > friend > dora")
    assert row["strength"] == pytest.approx(0.4)


def test_the_shortest_way_and_the_strongest_may_differ() -> None:
    groups = mk.measure_buying_groups(
        _with_us(("us", "dora", 0.1, 1), ("us", "friend", 0.9, 1), ("friend", "dora", 0.9, 1))
    )
    row = groups.table.iloc[0]
    assert row["steps"] == 1
    assert row["strength"] == pytest.approx(0.81)


def test_nobody_is_introduced_by_a_rival_or_by_an_opponent() -> None:
    ties = [("us", "rival", 1.0, 1), ("rival", "dora", 1.0, 1), ("us", "friend", 1.0, 1), ("friend", "dora", 1.0, -1)]
    row = mk.measure_buying_groups(_with_us(*ties)).table.iloc[0]
    assert pd.isna(row["steps"]) and pd.isna(row["strength"]) and row["path"] == ""
    assert mk.measure_buying_groups(_with_us(*ties), avoid=()).table.loc[0, "steps"] == 2


def test_a_tie_without_a_weight_is_a_step_and_no_strength() -> None:
    groups = mk.measure_buying_groups(_with_us(("us", "dora", float("nan"), 1)))
    assert groups.table.loc[0, "steps"] == 1
    assert pd.isna(groups.table.loc[0, "strength"])
    assert any("1 ties have no weight" in note for note in groups.notes)


def test_of_two_deciders_the_nearer_is_the_target() -> None:
    people = pd.concat(
        [
            contacts(("far", "x", "decider"), ("near", "x", "decider")),
            pd.DataFrame({"actor": ["us"], "type": ["own"]}),
        ]
    )
    ties = pd.DataFrame({"source": ["us", "near"], "target": ["near", "far"]})
    assert mk.measure_buying_groups(people, ties).table.loc[0, "target"] == "near"


def test_fewest_steps_agree_with_networkx_on_harbour() -> None:
    import networkx as nx

    harbour = mk.load_dataset("harbour")
    ecosystem = mk.Ecosystem(harbour.actors, harbour.ties)
    frame = ecosystem.ties_frame()
    rivals = set(ecosystem.ids[ecosystem.types == "competitor"])
    frame = frame[~(frame["sign"] < 0) & ~frame["source"].isin(rivals) & ~frame["target"].isin(rivals)]
    frame = frame.sort_values("weight").drop_duplicates(["source", "target"], keep="last")
    graph = nx.Graph()
    import math

    for row in frame.itertuples():
        length = -math.log(row.weight)
        if not graph.has_edge(row.source, row.target) or graph[row.source][row.target]["length"] > length:
            graph.add_edge(row.source, row.target, length=length)
    own = [actor for actor in ecosystem.ids[ecosystem.types == "own"] if actor in graph]
    steps = nx.multi_source_dijkstra_path_length(graph, own, weight=None)
    far = nx.multi_source_dijkstra_path_length(graph, own, weight="length")
    table = mk.measure_buying_groups(ecosystem).table
    assert list(table["steps"]) == [steps[actor] for actor in table["target"]]
    assert list(table["strength"]) == pytest.approx([math.exp(-far[actor]) for actor in table["target"]], abs=1e-12)


def test_harbours_planted_account_is_the_only_one_without_an_approver() -> None:
    harbour = mk.load_dataset("harbour")
    groups = mk.measure_buying_groups(harbour.actors, harbour.ties)
    planted = harbour.truth["realised"]["network"]["account_without_approver"]
    assert groups.incomplete == groups.lacking("approver") == [planted]
    assert groups.share("approver").value == 0.95
    assert len(groups.table) == 20


def test_what_is_missing_from_the_table_is_said() -> None:
    with pytest.raises(TableError, match="no column 'role'"):
        mk.measure_buying_groups(pd.DataFrame({"actor": ["a"], "account": ["x"]}))
    with pytest.raises(OptionError, match="Fill in account and role"):
        mk.measure_buying_groups(contacts(("ann", None, "decider")))
    with pytest.raises(OptionError, match="is one name"):
        mk.measure_buying_groups(contacts(("ann", "x", "decider")), roles="decider")
    with pytest.raises(OptionError, match="target='boss'"):
        mk.measure_buying_groups(_with_us(("us", "dora", 1, 1)), target="boss")


def test_two_periods_of_the_same_roles_can_be_compared() -> None:
    early = mk.measure_buying_groups(contacts(("ann", "x", "decider")), roles=["decider", "buyer"])
    late = mk.measure_buying_groups(
        contacts(("ann", "x", "decider"), ("bob", "x", "buyer")), roles=["decider", "buyer"]
    )
    assert mk.compare(early, late).table is not None
