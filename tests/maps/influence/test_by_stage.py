"""Influence joined to the journey: who is compared with whom, what is called an experiment, and what explains it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from mapkit.errors import OptionError, StageError, TableError
from mapkit.loaders import read_events
from mapkit.maps.influence import InfluenceByStage, measure_influence_by_stage
from mapkit.stages import StageModel
from mapkit.statistics import compare
from mapkit.workbench import load_dataset
from tests.literal import START, events
from tests.maps.influence.made import DAY, STEPS, crowd

FUNNEL = ["first_visit", "view_item", "add_to_cart", "begin_checkout", "purchase"]


@pytest.fixture(scope="module")
def harbour():
    return load_dataset("harbour")


@pytest.fixture(scope="module")
def campaign(harbour) -> InfluenceByStage:
    planted = harbour.truth["planted"]["influencers"]
    return measure_influence_by_stage(
        harbour.events,
        harbour.frame("exposures"),
        stages=FUNNEL,
        start=planted["start"],
        end=planted["end"],
        customers=harbour.frame("customers"),
        confounders=["region", "segment", "first_channel", "daily_drinker"],
    )


def row(result: InfluenceByStage, influencer: str, to_stage: str, *, whole: bool = False) -> pd.Series:
    table = result.table
    found = table[(table["influencer"] == influencer) & (table["to_stage"] == to_stage) & (table["whole"] == whole)]
    assert len(found) == 1
    return found.iloc[0]


def met(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame([{"customer": who, "influencer": whom, "time": START + day * DAY} for who, whom, day in rows])


def four(found: pd.Series) -> tuple[int, int, int, int]:
    names = ("customers_with", "converted_with", "customers_without", "converted_without")
    return tuple(int(found[name]) for name in names)


def test_those_who_had_come_equally_far_are_compared() -> None:
    log = events(
        "ann: visit@1d cart@2d buy@3d", "bob: visit@1d cart@2d", "cid: visit@1d", "dan: visit@1d cart@2d buy@5d"
    )
    found = measure_influence_by_stage(log, met(("ann", "k1", 0), ("cid", "k1", 0)), stages=STEPS)
    assert four(row(found, "k1", "cart")) == (2, 1, 2, 2)
    assert four(row(found, "k1", "buy")) == (1, 1, 2, 1)
    assert four(row(found, "k1", "buy", whole=True)) == (2, 1, 2, 1)


def test_a_step_that_nobody_takes_is_compared_all_the_same() -> None:
    log = events("ann: visit@1d cart@2d", "bob: visit@1d cart@2d", "cid: visit@1d")
    found = measure_influence_by_stage(log, met(("ann", "k1", 0)), stages=["visit", "cart", "visit"])
    assert four(row(found, "k1", "visit (2)")) == (1, 0, 1, 0)
    assert four(row(found, "k1", "visit (2)", whole=True)) == (1, 0, 2, 0)
    assert found.feeds["stage"].unique().tolist() == ["visit", "cart"]


def test_a_meeting_after_the_stage_was_reached_counts_for_the_next_step_alone() -> None:
    log = events("ann: visit@1d cart@5d buy@9d", "bob: visit@1d cart@5d")
    found = measure_influence_by_stage(log, met(("ann", "k1", 3)), stages=STEPS)
    assert four(row(found, "k1", "buy")) == (1, 1, 1, 0)
    assert set(found.table.loc[found.table["influencer"] == "k1", "from_stage"]) == {"cart"}


def test_a_meeting_at_the_moment_of_the_stage_counts() -> None:
    log = events("ann: visit@1d cart@2d", "bob: visit@1d cart@2d")
    found = measure_influence_by_stage(log, met(("ann", "k1", 1)), stages=STEPS[:2])
    assert four(row(found, "k1", "cart")) == (1, 1, 1, 1)


def test_a_meeting_longer_ago_than_lookback_does_not_count() -> None:
    log = events("ann: visit@9d cart@10d", "bob: visit@9d", "cid: visit@9d")
    meetings = met(("ann", "k1", 1), ("bob", "k1", 7))
    found = measure_influence_by_stage(log, meetings, stages=STEPS[:2], lookback="3d")
    assert four(row(found, "k1", "cart")) == (1, 0, 2, 1)


def test_who_met_several_counts_once_together_and_is_alone_with_none() -> None:
    log = events("ann: visit@1d cart@2d", "bob: visit@1d cart@2d", "cid: visit@1d")
    meetings = met(("ann", "k1", 0), ("ann", "k2", 0), ("ann", "k2", 0.5), ("bob", "k1", 0))
    found = measure_influence_by_stage(log, meetings, stages=STEPS[:2])
    assert four(row(found, "any influencer", "cart")) == (2, 2, 1, 0)
    assert [int(row(found, name, "cart")["customers_alone"]) for name in ("k1", "k2")] == [1, 0]
    feeds = found.feeds.set_index(["influencer", "stage"])
    assert feeds.loc[("k1", "visit"), ["entrants", "entrants_met", "entrants_alone"]].tolist() == [3, 2, 1]
    assert found.fed("cart", "k2").value == 0.5


def test_an_influencer_gets_no_credit_for_another_one_that_its_followers_also_met() -> None:
    log, exposures, _ = crowd(
        [
            (200, 140, 0, "real chancer", {}),
            (40, 12, 0, "chancer", {}),
            (200, 140, 0, "real", {}),
            (600, 180, 0, "", {}),
        ]
    )
    found = measure_influence_by_stage(log, exposures, stages=STEPS[:2])
    chancer, real = row(found, "chancer", "cart"), row(found, "real", "cart")
    assert chancer["difference"] > 0.2
    assert abs(chancer["difference_within"]) < 1e-9
    assert (chancer["confounded_by"], chancer["verdict"]) == ("other influencers", "confounded")
    assert (real["verdict"], round(real["difference_within"], 6)) == ("more", 0.4)


def test_a_difference_that_vanishes_within_a_fact_of_the_customers_is_called_out_and_the_fact_named() -> None:
    log, exposures, people = crowd(
        (size, carts, 0, whom, {"region": region, "shoe": shoe})
        for size, carts, whom, region in (
            (100, 70, "k1", "quay"),
            (100, 70, "", "quay"),
            (10, 3, "k1", "hill"),
            (300, 90, "", "hill"),
        )
        for shoe in ("left", "right")
    )
    found = measure_influence_by_stage(
        log, exposures, stages=STEPS[:2], customers=people, confounders=["shoe", "region"]
    )
    k1 = row(found, "k1", "cart")
    assert k1["difference"] > 0.2
    assert (k1["confounded_by"], k1["verdict"]) == ("region", "confounded")
    told = found.confounders[found.confounders["influencer"] == "k1"].set_index("column")
    assert told["verdict"].to_dict() == {"shoe": "leaves it", "region": "explains it"}
    assert told.loc["region", ["share_with", "share_without"]].round(4).tolist() in ([0.9091, 0.25], [0.0909, 0.75])
    within = measure_influence_by_stage(log, exposures, stages=STEPS[:2], customers=people, strata="region")
    assert abs(within.difference("cart", "k1").value) < 1e-9
    assert row(within, "k1", "cart")["verdict"] == "confounded"


def test_a_difference_hidden_by_the_mix_of_customers_is_revealed() -> None:
    log, exposures, people = crowd(
        [
            (100, 90, 0, "k1", {"region": "hill"}),
            (400, 280, 0, "", {"region": "hill"}),
            (300, 90, 0, "k1", {"region": "quay"}),
            (100, 10, 0, "", {"region": "quay"}),
        ]
    )
    found = measure_influence_by_stage(log, exposures, stages=STEPS[:2], customers=people, confounders="region")
    told = found.confounders[found.confounders["influencer"] == "k1"].iloc[0]
    assert told["verdict"] in ("reveals it", "explains it")
    assert told["difference_before"] < 0 < told["difference_within_low"]


def test_chance_makes_an_experiment_and_everything_else_an_association() -> None:
    log, exposures, _ = crowd([(50, 30, 10, "chance:k1", {}), (50, 20, 5, "k2", {}), (50, 10, 5, "", {})])
    found = measure_influence_by_stage(log, exposures, stages=STEPS)
    assert row(found, "k1", "cart")["evidence"] == "experiment"
    assert row(found, "k1", "buy")["evidence"] == "experiment, of those who came so far"
    assert row(found, "k1", "buy", whole=True)["evidence"] == "experiment"
    assert row(found, "k2", "cart")["evidence"] == "association"
    assert row(found, "any influencer", "cart")["evidence"] == "association"
    assert four(row(found, "any, met by chance", "cart")) == (50, 30, 100, 30)
    only = exposures[exposures["assignment"] == "random"]
    trial = measure_influence_by_stage(log, only, stages=STEPS)
    assert set(trial.table["influencer"]) == {"any influencer", "k1"}
    assert not (trial.table["evidence"] == "association").any()
    plain = measure_influence_by_stage(log, exposures.drop(columns="assignment"), stages=STEPS)
    assert (plain.table["evidence"] == "association").all()
    assert plain.notes[0].startswith("Association, not cause")


def test_what_would_be_lost_is_the_difference_times_those_with_it() -> None:
    log, exposures, _ = crowd([(100, 60, 0, "k1", {}), (100, 40, 0, "", {})])
    lost = measure_influence_by_stage(log, exposures, stages=STEPS[:2]).lost_without("cart", "k1")
    assert round(lost.value, 9) == 20
    assert 0 < lost.low < lost.value < lost.high < 40


def test_the_numbers_are_those_of_a_slow_definition_on_random_journeys() -> None:
    rng = np.random.default_rng(3)
    lines, meetings = [], []
    for k in range(60):
        steps = STEPS[: rng.integers(1, 4)]
        times = np.sort(rng.uniform(1, 9, len(steps)))
        lines.append(f"c{k}: " + " ".join(f"{name}@{time:.3f}d" for name, time in zip(steps, times, strict=True)))
        meetings += [
            (f"c{k}", f"k{rng.integers(3)}", round(float(rng.uniform(0, 9)), 3)) for _ in range(rng.integers(4))
        ]
    found = measure_influence_by_stage(events(*lines), met(*meetings), stages=STEPS)
    journeys = {line.split(":")[0]: [each.split("@") for each in line.split(": ")[1].split()] for line in lines}
    for _, each in found.table[(found.table["kind"] == "influencer") & ~found.table["whole"]].iterrows():
        here, goal = STEPS.index(each["from_stage"]), STEPS.index(each["to_stage"])
        counts = [0, 0, 0, 0]
        for who, steps in journeys.items():
            if len(steps) <= here:
                continue
            at = float(steps[here][1].rstrip("d"))
            has = any(w == who and x == each["influencer"] and day <= at for w, x, day in meetings)
            counts[0 if has else 2] += 1
            counts[1 if has else 3] += len(steps) > goal
        assert four(each) == tuple(counts)


def test_the_planted_effect_is_recovered_from_the_random_part_of_harbour(campaign, harbour) -> None:
    realised = harbour.truth["realised"]["influencers"]["randomised"]
    name = "any, met by chance"
    assert four(row(campaign, name, "add_to_cart")) == (
        realised["exposed"]["view_item"],
        realised["exposed"]["add_to_cart"],
        realised["unexposed"]["view_item"],
        realised["unexposed"]["add_to_cart"],
    )
    planted = harbour.truth["planted"]["influencers"]["cart_factor"]
    for within in (False, True):
        ratio = campaign.ratio("add_to_cart", name, within=within)
        assert ratio.low < planted < ratio.high
        assert ratio.low > 1
    assert row(campaign, name, "add_to_cart")["verdict"] == "more"
    assert {row(campaign, name, stage)["verdict"] for stage in ("view_item", "begin_checkout", "purchase")} == {
        "cannot tell"
    }


def test_the_confounded_influencer_of_harbour_is_called_out_with_its_region(campaign, harbour) -> None:
    realised = harbour.truth["realised"]["influencers"]["confounded"]
    k30 = row(campaign, "k30", "add_to_cart")
    assert four(k30)[:2] == (realised["exposed"]["view_item"], realised["exposed"]["add_to_cart"])
    assert k30["difference_low"] > 0
    assert (k30["confounded_by"], k30["verdict"], k30["evidence"]) == ("region", "confounded", "association")
    told = campaign.confounders
    told = told[(told["influencer"] == "k30") & (told["to_stage"] == "add_to_cart")].set_index("column")
    assert told.loc["region", "difference_within_low"] < 0 < told.loc["region", "difference_within_high"]
    assert (told.drop(index="region")["verdict"] == "leaves it").all()
    assert "k30 (view_item to add_to_cart: region)" in " ".join(campaign.notes)


def test_no_influencer_of_chance_is_blamed_nor_praised_where_the_campaign_did_nothing(campaign) -> None:
    others = campaign.table[(campaign.table["kind"] == "influencer") & (campaign.table["influencer"] != "k30")]
    assert set(others["verdict"]) <= {"cannot tell", "too few", "more"}
    untouched = others[~others["whole"] & (others["to_stage"] != "add_to_cart")]
    assert set(untouched["verdict"]) <= {"cannot tell", "too few"}
    assert len(campaign.influencers) == 25


def test_the_logs_own_column_serves_where_no_exposures_are_given(harbour) -> None:
    found = measure_influence_by_stage(harbour.events, stages=FUNNEL, start="2025-09-01", end="2025-10-16")
    assert int(row(found, "any influencer", "view_item")["customers_with"]) == 1_031
    assert (found.table["evidence"] == "association").all()


def test_customers_outside_the_time_of_the_meetings_are_pointed_out(harbour) -> None:
    found = measure_influence_by_stage(harbour.events, harbour.frame("exposures"), stages=FUNNEL[:2])
    (told,) = [note for note in found.notes if "Compare those of the campaign" in note]
    assert "of 20,000 customers entered before the first meeting or after the last (2025-08-30 to" in told


def test_stages_may_be_a_model_mapped_events_or_steps() -> None:
    log = events("ann: visit@1d cart@2d", "bob: visit@1d")
    model = StageModel("shop", {"look": ["visit"], "want": ["cart"]})
    meetings = met(("ann", "k1", 0))
    found = measure_influence_by_stage(log, meetings, stages=model)
    assert four(row(found, "k1", "want")) == (1, 1, 1, 0)
    with pytest.raises(StageError, match="no stages in order"):
        measure_influence_by_stage(log, meetings)
    with pytest.raises(OptionError, match="two stages or more"):
        measure_influence_by_stage(log, meetings, stages=["visit"])
    with pytest.raises(OptionError, match="'cart'"):
        measure_influence_by_stage(log, meetings, stages=["visit", "carts"])


def test_what_lacks_something_is_said_with_what_to_do() -> None:
    log = events("ann: visit@1d cart@2d")
    with pytest.raises(TableError, match="influencer"):
        measure_influence_by_stage(log, stages=STEPS[:2])
    with pytest.raises(TableError, match="no column 'influencer'"):
        measure_influence_by_stage(log, pd.DataFrame({"customer": ["ann"], "who": ["k1"]}), stages=STEPS[:2])
    people = pd.DataFrame({"customer": ["ann"], "region": ["hill"]})
    with pytest.raises(TableError, match="Did you mean 'region'"):
        measure_influence_by_stage(log, met(("ann", "k1", 0)), stages=STEPS[:2], customers=people, strata="regoin")
    with pytest.raises(OptionError, match="more than once"):
        measure_influence_by_stage(
            log, met(("ann", "k1", 0)), stages=STEPS[:2], customers=pd.concat([people, people]), strata="region"
        )
    with pytest.raises(OptionError, match="Did you mean 'k1'"):
        measure_influence_by_stage(log, met(("ann", "k1", 0)), stages=STEPS[:2]).difference("cart", "k11")


def test_names_that_look_like_ours_or_like_markup_stay_what_they_are() -> None:
    log = events("1: visit@1d cart@2d", "2: visit@1d")
    meetings = met(("1", "any influencer", 0), ("2", "<b>$x$</b>", 0))
    found = measure_influence_by_stage(log, meetings, stages=STEPS[:2])
    kinds = found.table.set_index(["kind", "influencer"])["customers_with"].to_dict()
    assert kinds == {
        ("all", "any influencer"): 2,
        ("influencer", "any influencer"): 1,
        ("influencer", "<b>$x$</b>"): 1,
    }
    assert "<b>$x$" not in found._repr_html_()


def test_customers_may_be_numbers_and_exposures_may_be_in_any_zone() -> None:
    log = pd.DataFrame(
        {"customer": [1, 1, 2], "event": ["visit", "cart", "visit"], "time": [START, START + DAY, START]}
    )
    zone = pd.DataFrame(
        {"customer": [1, 2], "influencer": ["k1", "k1"], "time": ["2025-01-01T00:30+01:00", "2025-01-01T00:30Z"]}
    )
    given = zone.copy()
    found = measure_influence_by_stage(log, zone, stages=STEPS[:2])
    assert four(row(found, "k1", "cart")) == (1, 1, 1, 0)
    pd.testing.assert_frame_equal(zone, given)


def test_nobody_met_anybody_is_an_answer_without_rows() -> None:
    log = events("ann: visit@1d cart@2d{influencer=k1}", "bob: visit@1d")
    none = read_events(log.to_pandas().assign(influencer=pd.Series([None] * 3, dtype="str")))
    found = measure_influence_by_stage(none, stages=STEPS[:2], confounders="event")
    assert found.table["influencer"].unique().tolist() == ["any influencer"]
    assert math.isnan(found.difference("cart").value)
    assert "No meeting is on record" in " ".join(found.notes)


def test_strata_may_be_several_columns_of_the_log_and_of_the_customers() -> None:
    log = events(
        "ann: visit@1d{device=phone} cart@2d",
        "bob: visit@1d{device=phone}",
        "cid: visit@1d{device=desk} cart@2d",
        "dan: visit@1d{device=desk} cart@2d",
    )
    people = pd.DataFrame({"customer": ["ann", "bob", "cid", "dan"], "region": ["hill", "hill", "hill", "quay"]})
    found = measure_influence_by_stage(
        log, met(("ann", "k1", 0), ("cid", "k1", 0)), stages=STEPS[:2], customers=people, strata=["device", "region"]
    )
    k1 = row(found, "k1", "cart")
    assert (int(k1["strata"]), k1["difference"], k1["difference_within"]) == (1, 0.5, 1.0)


def test_numbers_are_cut_into_quarters_and_what_is_not_known_is_a_stratum_of_its_own() -> None:
    from mapkit.maps.influence.backgrounds import _as_text

    assert _as_text(pd.Series(range(100))).nunique() == 4
    ages = _as_text(pd.Series([30.0, None, 31.0]))
    assert ages.tolist() == ["30.0", None, "31.0"]
    many = _as_text(pd.Series([f"town {k % 40}" for k in range(400)] + ["town 1"] * 9))
    assert many.nunique() == 13 and "other" in set(many)


def test_two_halves_of_a_campaign_can_be_compared(harbour) -> None:
    def half(start: str, end: str) -> InfluenceByStage:
        return measure_influence_by_stage(
            harbour.events, harbour.frame("exposures"), stages=FUNNEL[:3], start=start, end=end
        )

    found = compare(half("2025-09-01", "2025-09-23"), half("2025-09-23", "2025-10-16"))
    assert "any, met by chance" in set(found.table["influencer"])


def test_a_stage_that_no_event_bears_is_said() -> None:
    log = pd.DataFrame({"customer": ["a", "b"], "event": "visit", "time": "2025-01-02"})
    met = pd.DataFrame({"customer": ["a"], "influencer": "k1", "time": "2025-01-01"})
    found = measure_influence_by_stage(log, met, stages=["visit", "xyzzy"])
    assert "No event in this log is named 'xyzzy' (step 'xyzzy'): nobody is counted there." in found.notes


def test_exposures_without_a_customer_or_a_time_are_refused_in_their_own_words() -> None:
    log = pd.DataFrame({"customer": ["a"], "event": ["visit"], "time": ["2025-01-02"]})
    met = pd.DataFrame({"user": ["a"], "influencer": "k1", "time": "2025-01-01"})
    with pytest.raises(TableError, match=r"The exposures have no column 'customer'. They have 'user', "):
        measure_influence_by_stage(log, met, stages=["visit", "buy"])
