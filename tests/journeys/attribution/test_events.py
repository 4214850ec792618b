"""Attribution from small logs that can be counted by hand, and from a company whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mapkit as mk
from mapkit.errors import OptionError, TableError
from mapkit.journeys import Step
from mapkit.journeys.attribution import Attribution, measure_attribution
from mapkit.journeys.attribution.credits import MODELS
from tests.literal import events

SHOP = events(
    "ann: visit@0{channel=ads} visit@1d{channel=mail} buy@2d{value=30}",
    "bob: visit@0{channel=mail} visit@1h{channel=mail} buy@2h{value=10} visit@3d{channel=ads}",
    "cat: visit@0{channel=direct} visit@1h{channel=ads} visit@2h{channel=direct} buy@3h{channel=direct, value=20}",
    "dan: visit@0{channel=ads}",
    "eve: buy@0{value=5}",
)


def credited(found: Attribution, model: str, what: str = "conversions") -> dict[str, float]:
    rows = found.table[(found.table["model"] == model) & (found.table["conversions"] > 0)]
    return {str(name): round(float(number), 6) for name, number in zip(rows["channel"], rows[what], strict=True)}


def test_each_rule_gives_what_it_says():
    found = measure_attribution(SHOP, conversion="buy")
    assert credited(found, "first") == {"ads": 1, "mail": 1, "direct": 1}
    assert credited(found, "last") == {"mail": 2, "direct": 1}
    assert credited(found, "last_non_direct") == {"ads": 1, "mail": 2}
    assert credited(found, "linear") == {"ads": 0.833333, "mail": 1.5, "direct": 0.666667}
    assert credited(found, "position") == {"ads": 0.7, "mail": 1.5, "direct": 0.8}
    assert credited(found, "shapley") == {"ads": 1, "mail": 1.5, "direct": 0.5}
    assert credited(found, "linear", "value") == {"ads": 21.666667, "mail": 25, "direct": 13.333333}


def test_time_decay_halves_the_weight_with_every_half_life():
    found = measure_attribution(SHOP, conversion="buy", models=["time_decay"], half_life="1d")
    ann = {"ads": 1 / 3, "mail": 2 / 3}
    cat = np.exp2([-2 / 24, -1 / 24, 0]) / np.exp2([-2 / 24, -1 / 24, 0]).sum()
    assert credited(found, "time_decay") == {
        "ads": round(ann["ads"] + cat[1], 6),
        "mail": round(ann["mail"] + 1, 6),
        "direct": round(cat[0] + cat[2], 6),
    }


def test_a_conversion_without_a_touch_is_counted_and_given_to_nobody():
    found = measure_attribution(SHOP, conversion="buy")
    assert found.unattributed == 1
    assert found.outcomes.to_dict("records") == [
        {"converted": 3, "null": 2, "unattributed": 1, "value": 60.0, "unattributed_value": 5.0}
    ]
    assert (found.base.value, found.base.n) == (3 / 5, 5)
    assert "1 more conversions had no touch" in " ".join(found.notes)


def test_a_conversion_ends_the_journey_and_is_shared_out_once():
    log = events("ann: visit@0{channel=ads} buy@1{channel=ads} visit@2{channel=mail} buy@3{channel=mail} buy@4")
    found = measure_attribution(log, conversion="buy", models=["linear"])
    assert credited(found, "linear") == {"ads": 1, "mail": 1}
    assert found.unattributed == 1


def test_touches_before_the_window_are_in_no_journey():
    log = events("ann: visit@0{channel=ads} visit@8d{channel=mail} buy@9d")
    found = measure_attribution(log, conversion="buy", window="7d", models=["first"])
    assert credited(found, "first") == {"mail": 1}
    assert "1 touches lie before the window" in " ".join(found.notes)
    alone = measure_attribution(events("ann: visit@0{channel=ads} buy@9d{channel=web}"), conversion="buy", window="7d")
    assert credited(alone, "first") == {"web": 1}


def test_what_a_touch_is_can_be_chosen():
    log = events(
        "ann: visit@0{channel=ads, session=1} look@1{channel=ads, session=1} visit@2{channel=ads, session=2}"
        " look@3{channel=mail, session=2} buy@4{session=2}"
    )
    counted = {
        touches: measure_attribution(log, conversion="buy", touches=touches).paths["path"].tolist()
        for touches in ("changes", "events", "sessions")
    }
    assert counted == {
        "changes": ["ads > ads > mail"],
        "events": ["ads > ads > ads > mail"],
        "sessions": ["ads > ads"],
    }


def test_every_model_shares_out_all_conversions_and_their_value():
    table = measure_attribution(SHOP, conversion="buy").table
    sums = table.groupby("model")[["conversions", "value", "share"]].sum()
    np.testing.assert_allclose(sums, np.tile([3.0, 60.0, 1.0], (len(MODELS), 1)))


def test_customers_with_a_channel_in_their_first_journey_are_set_beside_those_without():
    row = measure_attribution(SHOP, conversion="buy").exposure.set_index("channel").loc["ads"]
    assert row[["customers_with", "converted_with", "customers_without", "converted_without"]].tolist() == [3, 2, 2, 2]


def test_segments_add_up_to_the_whole():
    log = events(
        "ann: visit@0{channel=ads, segment=x} buy@1", "bob: visit@0{channel=mail, segment=y} buy@1", "cat: buy@2"
    )
    found = measure_attribution(log, conversion="buy", by="segment", models=["linear", "markov"])
    counts = found.outcomes.set_index("segment")[["converted", "null", "unattributed"]]
    assert counts.sum().tolist() == [2, 0, 1]
    assert found.share("ads", "linear", "x").value == 1
    assert found.share("ads", "markov", "y").value == 0
    with pytest.raises(OptionError, match="no segment 'z'"):
        found.share("ads", "linear", "z")


def test_two_periods_are_compared_by_model_and_channel():
    difference = mk.compare(measure_attribution(SHOP, conversion="buy"), measure_attribution(SHOP, conversion="buy"))
    assert (difference.table["difference"] == 0).all()
    other = measure_attribution(SHOP, conversion="buy", window="1d")
    with pytest.raises(OptionError, match="window"):
        mk.compare(measure_attribution(SHOP, conversion="buy"), other)


def test_spend_gives_cost_per_conversion_and_return():
    spend = pd.DataFrame({"channel": ["ads", "ads", "radio"], "spend": [6.0, 4.0, 99.0]})
    found = measure_attribution(SHOP, conversion="buy", models=["last_non_direct"], spend=spend)
    row = found.table.set_index("channel").loc["ads"]
    assert (row["spend"], row["cpa"], row["roas"]) == (10, 10, 2)
    assert row["cpa_low"] <= row["cpa"] <= row["cpa_high"]
    assert np.isnan(found.table.set_index("channel").loc["mail", "cpa"])
    assert "'radio'" in " ".join(found.notes)


def test_rare_channels_are_put_together():
    log = events(*(f"c{k}: visit@0{{channel=ch{k:02}}} visit@1{{channel=ch{k % 5:02}}} buy@2" for k in range(90)))
    found = measure_attribution(log, conversion="buy", models=["first", "markov"])
    assert len(found.channels) == 64
    assert "27 rare channels are put together as 'other'" in " ".join(found.notes)
    assert credited(found, "first")["other"] == 27


def test_a_log_without_conversions_or_rows_has_no_shares_and_says_so():
    found = measure_attribution(events("ann: visit@0{channel=ads}", "bob: buy@0"), conversion="buy")
    assert (found.unattributed, found.base.n) == (1, 1)
    assert found.table["share"].isna().all()
    empty = SHOP.with_data(SHOP.data.filter(SHOP.data["customer"] == "nobody"))
    assert measure_attribution(empty, conversion="buy").table.empty


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"models": ["lats"]}, "Did you mean 'last'"),
        ({"touches": "visits"}, "touches='visits' is not known"),
        ({"markov_order": 4}, "markov_order=4 is not 1, 2 or 3"),
        ({"half_life": "0d"}, "half_life='0d' is no span"),
        ({"conversion": "bui"}, "Did you mean 'buy'"),
        ({"confidence": 95}, "confidence=95 is not a share"),
        ({"by": "channel", "spend": pd.DataFrame({"channel": [], "spend": []})}, "one at a time"),
    ],
)
def test_a_slip_is_answered_with_what_to_write(options, said):
    with pytest.raises(OptionError, match=said):
        measure_attribution(SHOP, **{"conversion": "buy", **options})


@pytest.mark.parametrize(
    "options", [{"touch": "chanel"}, {"touches": "sessions"}, {"value": "worth"}, {"by": "region"}]
)
def test_a_missing_column_is_named(options):
    with pytest.raises(TableError, match="has no column"):
        measure_attribution(SHOP, conversion="buy", **options)


def test_hostile_names_are_channels_like_any_other():
    names = ["<script>alert(1)</script>", "a > b", "x" * 10_000, "مرحبا", "line\nbreak", '"quoted"']
    rows = [(f"c{k}", "visit", pd.Timestamp("2025-01-01"), name) for k, name in enumerate(names)]
    rows += [(f"c{k}", "buy", pd.Timestamp("2025-01-02"), None) for k in range(len(names))]
    log = mk.read_events(pd.DataFrame(rows, columns=["customer", "event", "time", "channel"]))
    found = measure_attribution(log, conversion="buy")
    assert set(found.channels) == set(names)
    assert found.share(names[1], "linear").value == pytest.approx(1 / 6)


def test_a_step_of_ones_own_can_be_the_conversion():
    large = Step("large order", event="buy", where={"value": {">=": 20}})
    assert measure_attribution(SHOP, conversion=large, models=["last"]).outcomes["converted"].item() == 2


@pytest.fixture(scope="module")
def harbour():
    return mk.load_dataset("harbour")


def test_harbour_shares_out_every_purchase_and_its_spend(harbour):
    found = measure_attribution(harbour.events, conversion="purchase", spend=harbour.frame("spend"))
    bought = harbour.events.to_pandas().query("event == 'purchase'")
    assert found.outcomes["converted"].item() == len(bought)
    assert found.outcomes["value"].item() == pytest.approx(bought["value"].sum())
    assert found.base.value == pytest.approx(len(bought) / found.base.n)
    costs = harbour.truth["realised"]["acquisition"]["cost"]
    spent = found.table[found.table["model"] == "last"].set_index("channel")["spend"].dropna()
    assert spent.to_dict() == pytest.approx({name: cost["spend"] for name, cost in costs.items()})


def test_models_credit_harbours_banner_though_within_drinkers_it_has_no_effect(harbour):
    """Every model gives the banner a share; who saw it and who did not buy alike, as the truth says."""
    people = harbour.frame("customers")[["customer", "daily_drinker"]]
    log = harbour.events.to_pandas().merge(people, on="customer", how="left")
    log["daily_drinker"] = log["daily_drinker"].map({True: "daily", False: "ordinary"})
    found = measure_attribution(log, conversion="purchase", touch="touchpoint", touches="events", by="daily_drinker")
    truth = harbour.truth["realised"]["display"]
    for segment in ("daily", "ordinary"):
        for model in ("first", "linear", "markov", "shapley"):
            assert found.share("display_banner", model, segment).low > 0
        effect = found.effect("display_banner", segment)
        assert effect.low < 0 < effect.high
        exposure = found.exposure.set_index(["segment", "channel"]).loc[(segment, "display_banner")]
        assert exposure["customers_with"] == truth["exposed"]["first_visit"][segment]
        assert exposure["converted_with"] == truth["exposed"]["purchase"][segment]
        assert exposure["customers_without"] == truth["unexposed"]["first_visit"][segment]
        assert exposure["converted_without"] == truth["unexposed"]["purchase"][segment]
