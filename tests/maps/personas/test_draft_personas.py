"""A persona says what is true of a segment, how sure that is, and never anything about a person."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest

import mapkit as mk
from mapkit.errors import OptionError, TableError
from mapkit.maps.persona_card import PersonaCard
from mapkit.maps.personas import DraftedPersonas, draft_personas
from mapkit.statistics import difference_interval
from mapkit.tables import EVENTS, Table
from tests.literal import events
from tests.maps.two_sources.made import feelings


def people(*crowds: tuple[str, int, str]) -> list[str]:
    """Return the lines of a log: each crowd is a segment, how many, and what they all do."""
    return [
        f"{segment}{number}-{k}: {doing.replace('@0', '@0{segment=' + segment + '}')}"
        for number, (segment, many, doing) in enumerate(crowds)
        for k in range(many)
    ]


LOG = people(
    ("young", 60, "visit@0 play@1"), ("young", 40, "visit@0"), ("old", 90, "visit@0"), ("old", 40, "visit@0 play@1")
)


@pytest.fixture(scope="module")
def personas() -> DraftedPersonas:
    return draft_personas(events(*LOG), "segment")


def row(found: DraftedPersonas, segment: str, says: str) -> pd.Series:
    rows = found.table[(found.table["segment"] == segment) & (found.table["says"] == says)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_a_statement_has_its_share_beside_that_of_the_others(personas: DraftedPersonas):
    played = row(personas, "young", "play")
    assert (played["hits"], played["n"], played["others_hits"], played["others_n"]) == (60, 100, 40, 130)
    low, high = difference_interval(60, 100, 40, 130)
    assert (played["difference_low"], played["difference_high"]) == pytest.approx((float(low), float(high)))
    assert played["verdict"] == "more"
    assert row(personas, "old", "play")["verdict"] == "less"
    assert row(personas, "old", "visit")["verdict"] == "cannot tell"
    assert str(personas.share("young", "play")) == "60.0% [50.2%, 69.1%] of 100"


def test_a_segment_too_small_is_refused_and_not_named():
    found = draft_personas(events(*LOG, *people(("Mr Smith", 3, "visit@0"))), "segment")
    assert found.sizes[["segment", "customers", "refused"]].values.tolist() == [
        ["old", 130, ""], ["young", 100, ""], ["(too small)", 3, "segments of fewer than 30 customers"],
    ]  # fmt: skip
    assert "Smith" not in str(found) + found._repr_html_() + "".join(card.to_yaml() for card in found.cards.values())
    assert "3 customers, segments of fewer than 30 customers" in " ".join(found.notes)
    assert set(found.cards) == {"young", "old"}


def test_what_few_have_or_lack_is_kept_back():
    log = people(("a", 50, "visit@0"), ("a", 5, "visit@0 secret@1"), ("b", 60, "visit@0 play@1"), ("b", 4, "visit@0"))
    found = draft_personas(events(*log), "segment")
    assert set(found.table["says"]) == {"visit"}
    assert "2 statements" in " ".join(found.notes)
    assert "secret" not in str(found)


def test_columns_of_many_values_are_left_out_as_names_are():
    frame = pd.DataFrame(
        {
            "customer": range(80),
            "name": [f"n{k}" for k in range(80)],
            "group": ["a", "b"] * 40,
            "vip": [True, False] * 40,
        }
    )
    found = draft_personas(frame, "group")
    assert set(found.table["says"]) == {"vip = True", "vip = False"}
    assert row(found, "a", "vip = True")["share"] == 1.0
    assert any("'name'" in note for note in found.notes)


def test_the_card_is_a_document_with_goals_left_to_people(personas: DraftedPersonas):
    card = personas.cards["young"]
    assert PersonaCard.from_yaml(card.to_yaml()) == card
    assert (card.goals, card.needs, card.segment) == ((), (), "young")
    assert (card.size.share, card.size.n) == (round(100 / 230, 4), 230)
    played = next(each for each in card.attributes if each.says == "did play")
    assert (played.share, played.others, played.distinctive, played.evidence[0].kind) == (
        0.6,
        round(40 / 130, 4),
        True,
        "log",
    )


def test_unhappy_stages_are_pain_points_and_few_answers_are_not_told():
    told = pd.concat(
        [
            feelings([-2, -1] * 20, stage="pay", segment="young"),
            feelings([-2] * 12, stage="find", segment="young"),
            feelings([1] * 40, stage="pay", segment="old"),
        ]
    )
    found = draft_personas(events(*LOG), "segment", told)
    assert [each.says[:14] for each in found.cards["young"].pain_points] == ["Unhappy in pay"]
    assert found.cards["old"].pain_points == ()
    with pytest.raises(TableError, match="no column 'segment'"):
        draft_personas(events(*LOG), "segment", feelings([1] * 40, stage="pay"))


def test_channels_are_those_customers_first_came_by():
    log = [
        *(f"a{k}: visit@0{{segment=a, channel=web}} visit@1{{channel=mail}}" for k in range(40)),
        *people(("b", 40, "visit@0")),
    ]
    found = draft_personas(events(*log), "segment")
    assert found.table.loc[found.table["list"] == "channels", ["segment", "says", "share"]].values.tolist() == [
        ["a", "web", 1.0]
    ]


def test_what_cannot_be_told_is_refused_with_a_reason():
    with pytest.raises(OptionError, match="No segment of 'segment' has 30 customers: the largest has 5"):
        draft_personas(events(*people(("a", 5, "visit@0"))), "segment")
    with pytest.raises(OptionError, match="single persons"):
        draft_personas(events(*LOG), "segment", k=1)
    with pytest.raises(TableError, match=r"no column 'segmnt'.*Did you mean 'segment'"):
        draft_personas(events(*LOG), "segmnt")
    frame = pd.DataFrame({"customer": [1, 1], "group": ["a", "a"]})
    with pytest.raises(TableError, match="two rows"):
        draft_personas(frame, "group")
    with pytest.raises(TableError, match=r"no column 'grup'.*Did you mean 'group'"):
        draft_personas(frame, "grup")


def test_two_periods_of_the_same_segments_can_be_compared(personas: DraftedPersonas):
    later = draft_personas(
        events(*people(("young", 90, "visit@0 play@1"), ("young", 60, "visit@0"), ("old", 99, "visit@0"))), "segment"
    )
    table = mk.compare(personas, later).table.set_index(["segment", "says"])
    assert table.loc[("young", "events: play"), "difference"] == 0.0


def test_harbours_students_are_the_ones_at_the_campus_stand():
    harbour = mk.load_dataset("harbour")
    found = draft_personas(harbour.events, "segment", harbour.feedback)
    first = found.distinctive.iloc[0]
    assert (first["segment"], first["says"], first["verdict"]) == ("students", "stand_visit", "more")
    assert found.share("students", "stand_visit").value == pytest.approx(0.30, abs=0.02)
    counts = harbour.truth["realised"]["funnel"]["no_window"]["by_segment"]["students"]
    assert row(found, "students", "purchase")["hits"] == counts["purchase"]
    assert row(found, "students", "purchase")["n"] == counts["first_visit"]
    channels = draft_personas(harbour.frame("customers"), "segment", attributes=["first_channel"]).table
    assert set(channels.loc[channels["segment"] == "students"].head(1)["says"]) == {"first_channel = social"}


@pytest.mark.postgres
def test_postgresql_gives_the_personas_of_the_embedded_engine(postgres_url):
    here = events(*LOG)
    warehouse = ibis.connect(postgres_url)
    try:
        rows = warehouse.create_table("persona_events", ibis.memtable(here.data.to_pandas()), temp=True)
        there = draft_personas(Table(EVENTS, rows), "segment").table
        pd.testing.assert_frame_equal(draft_personas(here, "segment").table, there, check_dtype=False)
    finally:
        warehouse.disconnect()
