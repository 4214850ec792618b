"""The models that come with mapkit know the usual vocabularies."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mapkit.errors import OptionError
from mapkit.stages import AARRR, JOURNEY, TOFU_MOFU_BOFU, StageModel, aarrr, map_stages
from mapkit.stages.plan import plan_for
from tests.literal import events

EVERY = [TOFU_MOFU_BOFU, AARRR, JOURNEY]
# fmt: off
HARBOUR = [
    "ad_click", "first_visit", "page_view", "search", "view_item", "sign_up", "newsletter_open", "add_to_cart",
    "begin_checkout", "add_payment_info", "purchase", "store_visit", "support_contact", "refund", "review",
    "invite_sent", "invite_accepted", "subscribe", "renewal", "cancel_subscription", "ad_view", "stand_visit",
    "cookie_choice", "app_open", "video_start", "scroll", "add_to_wishlist", "order_delivered", "locker_pickup",
    "quick_reorder", "cup_stamp",
]
COMPLETE_JOURNEY = ["campaign_received", "coupon_redeemed", "purchase"]
GA4 = [
    "first_visit", "session_start", "page_view", "view_item_list", "select_item", "view_item",
    "view_search_results", "sign_up", "generate_lead", "add_to_cart", "begin_checkout", "add_shipping_info",
    "add_payment_info", "purchase", "share", "refund",
]
SEGMENT = [
    "Products Searched", "Product List Viewed", "Product List Filtered", "Promotion Viewed", "Promotion Clicked",
    "Product Clicked", "Product Viewed", "Product Added", "Product Removed", "Cart Viewed", "Checkout Started",
    "Checkout Step Viewed", "Checkout Step Completed", "Payment Info Entered", "Order Completed", "Order Updated",
    "Order Refunded", "Order Cancelled", "Coupon Entered", "Coupon Applied",
]
# fmt: on


def stage_of(model: StageModel, event: str) -> str:
    return plan_for(model, [event]).plain[event]


def test_the_stages_are_those_of_the_field():
    assert TOFU_MOFU_BOFU.stages == ("awareness", "consideration", "decision")
    assert AARRR.stages == ("acquisition", "activation", "retention", "referral", "revenue")
    assert JOURNEY.stages == ("awareness", "consideration", "purchase", "service", "loyalty", "advocacy")
    assert [model.ordered for model in EVERY] == [True, False, True]


@pytest.mark.parametrize("model", EVERY, ids=lambda model: model.name)
def test_every_usual_event_has_a_stage_in_every_model(model: StageModel):
    snake = [name.lower().replace(" ", "_") for name in SEGMENT]
    assert plan_for(model, [*HARBOUR, *COMPLETE_JOURNEY, *GA4, *SEGMENT, *snake]).never == ()


@pytest.mark.parametrize("model", EVERY, ids=lambda model: model.name)
def test_a_title_and_its_snake_case_are_in_the_same_stage(model: StageModel):
    for name in SEGMENT:
        assert stage_of(model, name) == stage_of(model, name.lower().replace(" ", "_"))


@pytest.mark.parametrize(
    ("stage", "names"),
    [
        ("awareness", ["first_visit", "session_start", "page_view"]),
        (
            "consideration",
            ["view_item_list", "select_item", "view_item", "view_search_results", "sign_up", "generate_lead"],
        ),
        ("decision", ["add_to_cart", "begin_checkout", "add_shipping_info", "add_payment_info", "purchase"]),
    ],
)
def test_ga4_events_fill_the_funnel_from_top_to_bottom(stage: str, names: list[str]):
    assert {stage_of(TOFU_MOFU_BOFU, name) for name in names} == {stage}


def test_a_ga4_log_is_mapped_without_a_rule_of_ones_own():
    log = events("ann: session_start@1 view_item@2 add_to_cart@3 purchase@4", "bob: page_view@1")
    staged = map_stages(log, TOFU_MOFU_BOFU).to_pandas().sort_values("row")
    assert staged["stage"].tolist() == ["awareness", "consideration", "decision", "decision", "awareness"]


def test_deals_won_are_sales_and_deals_lost_are_left_to_the_analyst():
    assert stage_of(AARRR, "closedwon") == stage_of(AARRR, "Closed Won") == "revenue"
    assert plan_for(AARRR, ["closedlost", "Closed Lost"]).never == ("closedlost", "Closed Lost")


def test_aarrr_can_end_either_way():
    assert aarrr() == AARRR
    assert aarrr("revenue-referral").stages[-2:] == ("revenue", "referral")
    assert set(aarrr("revenue-referral").rules) == set(AARRR.rules)
    with pytest.raises(OptionError, match="Did you mean 'revenue-referral'"):
        aarrr("revenue-referal")  # type: ignore[arg-type]


@pytest.mark.parametrize("model", EVERY, ids=lambda model: model.name)
def test_a_built_in_model_survives_yaml(model: StageModel):
    assert StageModel.from_yaml(model.to_yaml()) == model


def test_the_documents_are_not_read_on_import():
    code = (
        "import sys, mapkit.stages\n"
        "from mapkit.stages.built_in import built_in\n"
        "sys.exit('ibis' in sys.modules or built_in.cache_info().currsize > 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_model_is_no_attribute():
    import mapkit.stages

    with pytest.raises(AttributeError, match="PIRATE"):
        mapkit.stages.PIRATE  # noqa: B018
