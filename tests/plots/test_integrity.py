from __future__ import annotations

from mapkit.maps.integrity.findings import Finding, Integrity, in_order, table_of
from mapkit.plots import blank_page, describe, plot
from tests.plots.made import NASTY, said, texts

BOT = Finding("busiest customer", "problem", "the log", "customer c9 has 3,000 rows", 3_000, 4_998, 1_998, "events")
NOTE = Finding("censoring", "note", "the log", "74 of 3,001 customers came late", 74)


def integrity(*findings: Finding) -> Integrity:
    ordered = in_order(list(findings))
    return Integrity("Integrity: so many", table_of(ordered), (), ordered, ("busiest customer", "censoring"))


def test_the_worst_stands_first_with_its_badge_and_what_it_moves() -> None:
    ax = plot(integrity(NOTE, BOT), blank_page())
    badges = [text for text in texts(ax) if text in ("problem", "caution", "note")]
    assert badges == ["problem", "note"]
    assert "4,998 events → 1,998 events (-60.0%)" in texts(ax)
    assert "first: busiest customer, the log" in said(ax)


def test_a_sound_log_says_so() -> None:
    assert "No problem and no caution" in said(plot(integrity(NOTE), blank_page()))
    assert "nothing to draw: no check found anything" in said(plot(integrity(), blank_page()))
    assert describe(integrity()) == "Integrity checks: nothing found."


def test_beyond_twenty_the_rest_are_counted() -> None:
    ax = plot(integrity(*[BOT] * 25), blank_page())
    assert texts(ax).count("problem") == 20
    assert "The 5 findings after these are in the table." in said(ax)


def test_any_name_can_be_drawn() -> None:
    found = [Finding("gaps", "caution", name, name * 3, 1, estimated=name) for name in NASTY.values()]
    ax = plot(integrity(*found), blank_page())
    ax.figure.canvas.draw()
    assert "\n" not in describe(integrity(*found))
