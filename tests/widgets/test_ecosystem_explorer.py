from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import mapkit as mk
from mapkit.ecosystems import Ecosystem
from mapkit.errors import OptionError
from mapkit.widgets import EcosystemExplorer
from mapkit.widgets.ecosystem_view import NO_TIME, stops_of
from tests.plots.made import NASTY

DAYS = pd.to_datetime(["2025-01-10", "2025-02-10", "2025-03-10", "2025-04-10", None])


def town() -> Ecosystem:
    """From us to a buyer: directly but weakly, or by way of a friend; a loner's tie is to itself and has no time."""
    actors = pd.DataFrame(
        {
            "actor": ["us", "friend", "buyer", "end", "loner"],
            "name": ["We", "Friend", "Buyer", "End", "Loner"],
            "type": ["own", "partner", "customer", "customer", None],
            "role": ["a", "b", "b", None, None],
            "followers": [1500, None, 20.5, 3, 4],
        }
    )
    ties = pd.DataFrame(
        {
            "source": ["us", "friend", "us", "buyer", "loner"],
            "target": ["friend", "buyer", "buyer", "end", "loner"],
            "weight": [0.9, 0.8, 0.1, 0.5, 1.0],
            "type": ["works_with", "works_with", "mentions", "supplies", None],
            "time": DAYS,
        }
    )
    return Ecosystem(actors, ties)


@pytest.fixture
def explorer() -> EcosystemExplorer:
    return EcosystemExplorer(town())


def ties(explorer: EcosystemExplorer) -> list[str]:
    ends = np.frombuffer(explorer.tie_ends, "<u4").reshape(-1, 2)
    return [f"{explorer.ids[a]}-{explorer.ids[b]}" for a, b in ends]


def test_the_page_gets_every_actor_and_every_tie_between_two_the_strongest_first(explorer):
    assert explorer.labels == ["We", "Friend", "Buyer", "End", "Loner"]
    assert ties(explorer) == ["us-friend", "friend-buyer", "buyer-end", "us-buyer"]
    assert np.frombuffer(explorer.tie_weights, "<f4").tolist() == pytest.approx([0.9, 0.8, 0.5, 0.1])
    places = np.frombuffer(explorer.places, "<f4").reshape(-1, 3)
    assert places.shape == (5, 3)
    assert (places[:, :2] <= [1000, 660]).all() and (places > 0).all()


def test_kinds_and_facts_are_ready_written(explorer):
    kinds = np.frombuffer(explorer.kinds, "<i2").reshape(-1, 5)
    assert [explorer.type_names[code][0] if code < 3 else None for code in kinds[:, 4]] == [
        "own", "partner", "customer", "customer", None,
    ]  # fmt: skip
    facts = dict(zip(explorer.columns, explorer.facts, strict=True))
    assert facts["followers"] == ["1,500", "", "20.5", "3", "4"]
    assert facts["strength"][0] == "1"


def test_a_slider_stops_after_periods_that_suit_the_span():
    assert [str(each.date()) for each in stops_of(pd.Series(DAYS))] == [
        "2025-01-13", "2025-01-20", "2025-01-27", "2025-02-03", "2025-02-10", "2025-02-17", "2025-02-24", "2025-03-03",
        "2025-03-10", "2025-03-17", "2025-03-24", "2025-03-31", "2025-04-07", "2025-04-14",
    ]  # fmt: skip
    years = pd.Series(pd.to_datetime(["1900-01-01", "2025-06-01"]))
    assert len(stops_of(years)) <= 60
    assert stops_of(years)[-1] == pd.Timestamp("2026-01-01")
    assert stops_of(pd.Series([pd.NaT])) == []


def test_what_the_slider_shows_is_what_python_takes(explorer):
    first = np.frombuffer(explorer.tie_kinds, "<u2").reshape(-1, 3)[:, 1]
    for place, (stop, _) in enumerate(explorer.stops):
        explorer.until = stop
        shown = {name for name, at in zip(ties(explorer), first, strict=True) if at != NO_TIME and at <= place}
        frame = explorer.part.ties_frame()
        assert shown == {f"{a}-{b}" for a, b in zip(frame["source"], frame["target"], strict=True)}


def test_the_strongest_path_takes_the_detour(explorer):
    explorer.path = ["us", "buyer"]
    answer = explorer.answer["path"]
    assert answer["actors"] == ["us", "friend", "buyer"]
    assert answer["title"] == "2 steps, strength 0.72"
    assert answer["rows"][0] == ["We → Friend", "works_with 0.90"]


def test_what_is_asked_is_asked_of_the_part_shown(explorer):
    explorer.path = ["us", "buyer"]
    explorer.tie_types = ["mentions"]
    assert explorer.answer["path"]["actors"] == ["us", "buyer"]
    explorer.types = ["own", "partner"]
    assert "There is no actor 'buyer'" in explorer.answer["path"]["message"]
    explorer.path = ["buyer", "us"]
    explorer.set_state({"types": None, "tie_types": None})
    assert explorer.answer["path"]["title"] == "There is no path in the direction of the ties."


def test_taking_an_actor_out_says_who_is_cut_off(explorer):
    explorer.removed = ["buyer"]
    answer = explorer.answer["removal"]
    assert answer["cut_off"] == ["end"]
    assert answer["title"] == "1 actor cut off"
    assert dict(answer["rows"])["connected parts"].startswith("2 → 3")


def test_seeds_are_judged_and_found(explorer):
    explorer.seeds = ["loner"]
    assert explorer.answer["spread"]["title"] == "1 seed reaches 1.0 [1.0, 1.0] of 5"
    explorer.find = 1
    assert explorer.seeds == ["us"]
    assert explorer.answer["spread"]["rows"][0] == ["Friend", "100%"]
    assert "weighted_cascade" in explorer.answer["spread"]["note"]


def test_an_answer_is_measured_once(explorer, monkeypatch):
    explorer.path = ["us", "buyer"]
    monkeypatch.setattr("mapkit.widgets.ecosystem_explorer.path_answer", lambda *given: pytest.fail("asked again"))
    explorer.selected = ["us"]
    assert explorer.answer["path"]["actors"] == ["us", "friend", "buyer"]


def test_what_a_reader_chooses_is_a_frame_in_python(explorer):
    explorer.set_state({"selected": ["end", "us"]})
    assert explorer.selection["name"].tolist() == ["End", "We"]
    assert explorer.shown == explorer.options


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("selected", ["frend"], "Did you mean 'friend'"),
        ("types", ["partnr"], "Did you mean 'partner'"),
        ("tie_types", ["x"], "There is no type of ties 'x'"),
        ("stages_shown", ["c"], "There is no stage 'c'"),
        ("until", "soon", "until='soon' is no date"),
        ("path", ["us"], "is no pair"),
        ("find", 1_000, "find=1000"),
    ],
)
def test_a_slip_is_said_in_the_page_and_can_be_taken_back(setting, value, words):
    explorer = EcosystemExplorer(town(), stages="role")
    usual = getattr(explorer, setting)
    setattr(explorer, setting, value)
    assert words in explorer.message
    setattr(explorer, setting, usual)
    assert explorer.message == ""


def test_a_path_to_oneself_is_answered_with_what_to_do(explorer):
    explorer.path = ["us", "us"]
    assert explorer.answer["path"] == {"message": "A path leads from one actor to another. Choose a second one."}


@pytest.mark.parametrize("stages", ["role", pd.DataFrame({"actor": ["us", "buyer"], "stage": ["a", "b"]})], ids=str)
def test_stages_come_from_a_column_or_a_table(stages):
    explorer = EcosystemExplorer(town(), stages=stages, stages_shown=["b"])
    assert [name for name, _ in explorer.stage_names] == ["a", "b"]
    assert set(explorer.part.ids) == ({"friend", "buyer"} if isinstance(stages, str) else {"buyer"})
    there = {"ecosystem": town(), "stages": stages}
    exec(explorer.code.replace("mk.plot(part)", ""), there)
    assert set(there["part"].ids) == set(explorer.part.ids)


def test_the_code_that_is_shown_gives_the_same(explorer):
    explorer.set_state(
        {"types": ["own", "partner", "customer"], "until": "2025-05-01", "path": ["us", "end"], "removed": ["friend"],
         "seeds": ["us"], "selected": ["end"]}
    )  # fmt: skip
    there = {"ecosystem": town()}
    exec(explorer.code, there)
    assert set(there["part"].ids) == set(explorer.part.ids)
    assert [*there["path"].path()["source"], "end"] == explorer.answer["path"]["actors"]
    assert there["removal"].cut_off["actor"].tolist() == explorer.answer["removal"]["cut_off"]
    assert f"{there['spread'].mean:,.1f}" in explorer.answer["spread"]["title"]
    assert there["selection"]["actor"].tolist() == ["end"]


def test_weights_that_are_no_strengths_still_lead_somewhere():
    ties = pd.DataFrame({"source": ["a", "b", "a"], "target": ["b", "c", "c"], "weight": [4.0, 2.0, -9.0]})
    explorer = EcosystemExplorer((None, ties), path=["a", "c"])
    assert explorer.answer["path"]["actors"] == ["a", "b", "c"]
    assert explorer.answer["path"]["title"] == "2 steps, strength 0.5, the strongest tie taken as 1"
    there = {"ecosystem": Ecosystem(None, ties)}
    exec(explorer.code, there)
    assert there["path"].strength().value == 0.5


def test_anything_that_is_an_ecosystem_is_taken():
    source = town()
    pair = (source.actors, source.ties_frame())
    assert EcosystemExplorer(pair).ids == EcosystemExplorer(source.to_networkx()).ids == list(source.ids)


def test_a_measured_position_becomes_the_size_of_the_marks():
    explorer = EcosystemExplorer(town(), position=mk.measure_position(town(), measures=("betweenness",)))
    radii = np.frombuffer(explorer.places, "<f4").reshape(-1, 3)[:, 2]
    assert explorer.ids[int(np.argmax(radii))] == "buyer"
    assert explorer.sized == "betweenness"


@pytest.mark.parametrize("rows", [0, 1])
def test_an_ecosystem_without_ties_or_with_one_actor_is_shown(rows):
    actors = pd.DataFrame({"actor": ["ann", "ben", "cat"][: 3 - 2 * rows]})
    explorer = EcosystemExplorer((actors, pd.DataFrame(columns=["source", "target"])))
    assert (explorer.message, explorer.tie_ends, explorer.hulls) == ("", b"", [])


def test_hostile_labels_go_to_the_page_as_plain_text():
    names = list(NASTY.values())
    actors = pd.DataFrame({"actor": [f"n{k}" for k in range(len(names))], "name": names, "type": names})
    chain = pd.DataFrame({"source": actors["actor"][:-1].tolist(), "target": actors["actor"][1:].tolist()})
    explorer = EcosystemExplorer((actors, chain), path=["n0", "n3"])
    json.dumps({name: getattr(explorer, name) for name in ("labels", "facts", "hulls", "answer", "type_names")})
    assert explorer.labels[0] == names[0]
    assert max(map(len, explorer.labels)) <= 120


def test_too_many_actors_are_refused_with_what_to_do():
    many = pd.DataFrame({"actor": [f"a{k}" for k in range(20_001)]})
    with pytest.raises(OptionError, match="Give it a part"):
        EcosystemExplorer((many, pd.DataFrame(columns=["source", "target"])))


def test_a_misspelt_keyword_is_refused_with_the_nearest():
    with pytest.raises(OptionError, match="Did you mean 'communities'"):
        EcosystemExplorer(town(), comunities=None)


def test_a_reader_without_a_kernel_gets_a_picture(explorer):
    bundle, metadata = explorer._repr_mimebundle_()
    assert Image.open(io.BytesIO(bundle["image/png"])).width >= 700
    assert metadata["image/png"] == {"width": 720}
