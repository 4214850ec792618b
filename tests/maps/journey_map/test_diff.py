"""A diff says what was done to a map: moved is moved, renamed is renamed, and what is equal is not said."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.maps.journey_map import Cell, Evidence, JourneyMap, MapStage, MapStep
from mapkit.maps.journey_map.changes import Change, find_changes
from mapkit.maps.journey_map.matching import out_of_order
from tests.maps.journey_map.made import TEXT, journey_map

BEFORE = journey_map()


def done(after: JourneyMap, before: JourneyMap = BEFORE) -> list[tuple[object, ...]]:
    return [
        (each.part, each.key, each.change, *((each.field, each.before, each.after) if each.field else ()))
        for each in find_changes(before, after)
    ]


def changed(old: str, new: str) -> list[tuple[object, ...]]:
    assert old in TEXT
    return done(journey_map(TEXT.replace(old, new)))


def test_a_map_does_not_differ_from_itself():
    same = BEFORE.diff(journey_map())
    assert not same
    assert same.table.empty
    assert str(same) == "How a household buys: no change"


def test_the_head_is_compared():
    assert changed("name: The daily cup,", "name: Ann,") == [
        ("map", "map", "changed", "persona name", "The daily cup", "Ann")
    ]
    assert changed("scenario: They ran out of coffee.\n", "") == [
        ("map", "map", "changed", "scenario", "They ran out of coffee.", None)
    ]


def test_a_field_of_a_cell_is_said_from_what_to_what():
    assert changed("claimed: 0.5", "claimed: 0.4") == [
        ("cell", "rate/purchase/add_to_cart", "changed", "claimed", 0.5, 0.4)
    ]
    assert changed("evidence: [n1]", "evidence: [n1, {kind: log, n: 40}]") == [
        ("cell", "actions/awareness/first_visit", "changed", "evidence", "n1", "n1 > log (n 40)")
    ]


def test_a_step_that_changes_places_is_moved_and_nothing_else():
    first, second = BEFORE.stages
    turned = replace(BEFORE, stages=(first, MapStage("purchase", second.steps[::-1])))
    assert done(turned) == [("step", "pay", "moved", "order", "after add_to_cart", "first")]


def test_a_step_that_goes_to_another_stage_takes_its_cells_along():
    first, second = BEFORE.stages
    stages = (MapStage("awareness", (*first.steps, second.steps[0])), MapStage("purchase", second.steps[1:]))
    lanes = tuple(
        replace(
            lane,
            cells=tuple(
                replace(cell, stage="awareness") if cell.step == "add_to_cart" else cell for cell in lane.cells
            ),
        )
        for lane in BEFORE.lanes
    )
    assert done(replace(BEFORE, stages=stages, lanes=lanes)) == [
        ("step", "add_to_cart", "moved", "stage", "purchase", "awareness")
    ]


def test_what_has_another_name_is_known_again():
    assert changed("purchase", "checkout") == [
        ("stage", "checkout", "renamed", "name", "purchase", "checkout"),
        ("step", "pay", "changed", "events", "purchase", "checkout"),
    ]
    assert changed("name: rate", "name: odds") == [("lane", "odds", "renamed", "name", "rate", "odds")]
    assert journey_map(TEXT.replace("pay,", "till,").replace("to: pay", "to: till")).steps[2].id == "till"
    assert changed("pay,", "till,") == [("step", "till", "renamed", "id", "pay", "till")]


def test_a_cell_is_known_by_its_id_wherever_it_goes():
    placed = BEFORE.cell("basket").cell
    after = BEFORE.with_cell("actions", replace(placed, step="pay", says="Done."), key="basket")
    assert done(after) == [
        ("cell", "basket", "moved", "place", "purchase/add_to_cart", "purchase/pay"),
        ("cell", "basket", "changed", "says", placed.says, "Done."),
    ]


def test_a_cell_without_an_id_is_known_by_what_it_says():
    after = BEFORE.without_cell("pain_points/purchase/pay")
    after = after.with_cell("pain_points", Cell("purchase", "add_to_cart", "Shipping comes last.", severity=0.6))
    assert done(after) == [
        ("cell", "pain_points/purchase/add_to_cart", "moved", "place", "purchase/pay", "purchase/add_to_cart")
    ]


def test_of_two_cells_in_one_place_the_equal_ones_belong_together():
    two = BEFORE.with_cell("actions", Cell("awareness", "first_visit", "They leave."))
    assert done(two.without_cell("actions/awareness/first_visit"), two) == [
        ("cell", "actions/awareness/first_visit", "removed")
    ]


def test_parts_come_and_go():
    after = replace(
        BEFORE, stages=(*BEFORE.stages, MapStage("loyalty", (MapStep("renewal", "renewal", ("renewal",)),)))
    )
    assert done(after) == [("stage", "loyalty", "added"), ("step", "renewal", "added")]
    assert done(BEFORE, after) == [("stage", "loyalty", "removed"), ("step", "renewal", "removed")]


@settings(max_examples=60, deadline=None)
@given(st.permutations("abcdef"), st.permutations("abcdef"))
def test_no_more_is_moved_than_must_be(before: list[str], after: list[str]):
    moved = out_of_order(before, after)
    kept = [name for name in before if name not in moved]
    assert kept == [name for name in after if name not in moved]
    assert len(moved) < len(before)
    assert bool(moved) == (before != after)


def test_it_is_printed_for_a_terminal_and_for_a_pull_request():
    after = BEFORE.with_cell(
        "actions", Cell("purchase", "pay", "<script>@all\n| [x](y) *z*", evidence=(Evidence(ref="n"),))
    )
    after = replace(after, title="A `new` one")
    told = BEFORE.diff(after)
    assert str(told).splitlines() == [
        "How a household buys to A `new` one: 2 changes",
        "  ~ map: title How a household buys -> A `new` one",
        "  + cell actions/purchase/pay: added (<script>@all | [x](y) *z*)",
    ]
    assert told.to_markdown().splitlines()[-1] == (
        "- added cell **actions/purchase/pay**: &#60;script&#62;&#64;all &#124; &#91;x&#93;(y) &#42;z&#42;"
    )
    assert told.table.columns.tolist() == ["part", "key", "change", "field", "before", "after", "lane"]


def test_a_change_is_plain_data():
    assert Change("step", "pay", "added") == Change("step", "pay", "added")
