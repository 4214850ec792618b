"""The board sets ring beside dot, the heaviest disagreement first, and says what it rests on."""

from __future__ import annotations

import pytest

from mapkit.errors import OptionError
from mapkit.maps.journey_map import Cell
from mapkit.maps.two_sources import ObservedMap, observe_map
from mapkit.plots import blank_page, describe, plot
from mapkit.plots.style import BAD, GOOD, INK, MID
from tests.literal import events
from tests.maps.two_sources.made import feelings, journey, log
from tests.plots.made import NASTY, said, texts

DATA = log((30, "visit@1 look@2 buy@1d"), (70, "visit@1 look@1h"), (20, "visit@1 help@2"))


@pytest.fixture(scope="module")
def observed() -> ObservedMap:
    map_ = journey(
        {"try": ["visit", "look"], "pay": ["buy"]},
        actions=[
            Cell("try", "look", claimed=0.83),
            Cell("pay", "buy", claimed=0.8),
            Cell("try", "look", claimed=("look", "visit")),
        ],
        timing=[Cell("pay", "buy", claimed="7d", of="look")],
        emotion=[Cell("try", claimed=1.0)],
        thoughts=[Cell("try", "visit", says="Hm.")],
    )
    return observe_map(map_, DATA, feelings([1, 0] * 20, stage="try"))


def dots(ax) -> list[str]:
    """The colours of the observed dots, from the top."""
    found = [line for line in ax.lines if line.get_marker() == "o" and line.get_markerfacecolor() != "none"]
    return [line.get_color() for line in sorted(found, key=lambda line: line.get_ydata()[0])]


def rings(ax) -> list[float]:
    found = [line for line in ax.lines if line.get_marker() == "o" and line.get_markerfacecolor() == "none"]
    return [round(float(line.get_xdata()[0]), 3) for line in sorted(found, key=lambda line: line.get_ydata()[0])]


def test_the_heaviest_kind_comes_first_and_colours_are_verdicts(observed: ObservedMap):
    ax = plot(observed, blank_page())
    kinds = ["Content", "Sequence", "Timing", "Emotion", "Not on the map"]
    heads = [text.split(":")[0] for text in texts(ax) if text.split(":")[0] in kinds]
    first = list(dict.fromkeys(observed.disagreements["kind"]))
    assert [head.lower() for head in heads][: len(first)] == first
    assert dots(ax).count(BAD) == len(observed.disagreements)
    assert dots(ax).count(GOOD) == int((observed.table["state"] == "agree").sum())
    assert dots(ax).count(INK) == int((observed.table["state"] == "unclaimed").sum())
    assert 0.8 in rings(ax) and 0.83 in rings(ax) and 0.75 in rings(ax)


def test_the_title_counts_what_is_contradicted_and_names_the_heaviest(observed: ObservedMap):
    words = said(plot(observed, blank_page()))
    worst = observed.disagreements.iloc[0]
    assert f"The data contradicts {len(observed.disagreements)} of 5 measured cells; heaviest: {worst['kind']}" in words
    assert "all customers, n = 120" in words
    assert "Not on the map: help." in describe(observed)
    assert "Disagrees (content): buy: the map claims 80.0%" in describe(observed)


def test_no_disagreement_is_said_as_none():
    found = observe_map(journey({"try": ["visit", "look", "help"]}, actions=[Cell("try", "visit", claimed=1.0)]), DATA)
    assert "The data contradicts none of the map's 1 measured cell" in said(plot(found, blank_page()))


def test_too_few_fade_and_nothing_at_all_says_why():
    map_ = journey({"try": ["visit"]}, actions=[Cell("try", "visit", claimed=0.5)])
    few = plot(observe_map(map_, log((5, "visit@1"))), blank_page())
    assert dots(few) == [MID]
    assert "No cell of the map could be judged: too few customers or answers" in said(few)
    assert "nothing to draw" in said(plot(observe_map(map_, events()), blank_page()))


def test_many_rows_are_cut_and_counted(observed: ObservedMap):
    ax = plot(observed, blank_page(), most=2)
    assert len(dots(ax)) == 2
    assert f"{len(observed.table) - 2} more in the table." in said(ax)
    with pytest.raises(OptionError, match=r"no option 'mots'.*'most'"):
        plot(observed, mots=2)


@pytest.mark.parametrize("name", [value for key, value in NASTY.items() if key != "nothing"])
def test_names_are_drawn_as_they_stand(name: str):
    frame = [{"customer": f"c{k}", "event": name, "time": "2025-01-01"} for k in range(40)]
    found = observe_map(journey({name: [name]}, actions=[Cell(name, name, claimed=0.2)]), frame)
    ax = plot(found, blank_page())
    ax.figure.canvas.draw()
    assert dots(ax) == [BAD]
