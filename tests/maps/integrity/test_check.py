"""What is found in logs and results, and what is not found in sound ones."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mapkit.errors import OptionError, TableError
from mapkit.journeys import Step, measure_drivers, measure_funnel, measure_funnel_trend, measure_stages
from mapkit.loaders import read_events
from mapkit.maps.integrity import Finding, Integrity, check_integrity
from mapkit.stages import StageModel
from mapkit.statistics import Result, compare
from mapkit.workbench import load_dataset
from tests.literal import events
from tests.maps.integrity.made import START, clean_log, said

STEPS = ["first_visit", "view_item", "add_to_cart", "begin_checkout", "purchase"]


@pytest.fixture(scope="module")
def harbour():
    return load_dataset("harbour")


@pytest.fixture(scope="module")
def trapped(harbour) -> Integrity:
    return check_integrity(harbour.path("events_trapped.parquet"), at="2026-06-01")


@pytest.fixture(scope="module")
def traps(harbour) -> dict:
    return harbour.truth["realised"]["trapped"]


def only(integrity: Integrity, check: str) -> Finding:
    (finding,) = integrity.found(check)
    return finding


def alarms(seeds: range) -> dict[int, list[str]]:
    found = {seed: said(check_integrity(clean_log(seed, customers=250), at="2026-01-01")) for seed in seeds}
    return {seed: words for seed, words in found.items() if words}


def test_a_log_without_faults_gives_none() -> None:
    assert alarms(range(3)) == {}


@pytest.mark.scale
def test_forty_logs_without_faults_give_none() -> None:
    assert alarms(range(40)) == {}


def test_harbours_clean_log_is_sound(harbour) -> None:
    found = check_integrity(harbour.events, funnel=STEPS, customers=harbour.frame("customers"), at="2026-06-01")
    assert said(found) == []
    assert found.is_sound
    structural = only(found, "structural lift")
    assert "without add_payment_info:" in structural.what
    assert structural.n == 2_455


def test_the_bot_is_found_with_what_it_does_to_a_number(trapped, traps) -> None:
    finding = only(trapped, "busiest customer")
    assert traps["bot"]["customer"] in finding.what
    assert (finding.n, finding.before - finding.after) == (traps["bot"]["events"],) * 2
    assert finding.severity == "problem"


def test_repeated_rows_and_rows_without_a_customer_are_counted(trapped, traps) -> None:
    assert only(trapped, "repeated rows").n == traps["duplicates"]
    apart = only(trapped, "rows set apart")
    assert (apart.n, apart.before) == (traps["null_customers"], traps["rows"])


def test_times_in_1970_and_in_the_future_are_counted(trapped, traps) -> None:
    epoch, future = trapped.found("impossible times")
    assert (epoch.n, future.n) == (traps["epoch_times"], traps["future_times"])
    assert round(epoch.after) == 365


def test_the_renamed_event_is_found_with_its_rows(trapped, traps) -> None:
    finding = only(trapped, "renamed events")
    assert finding.n == traps["renamed_rows"]
    assert "add_to_cart ends on 2025-06-30 as cart_add begins" in finding.what


def test_the_leak_is_found_with_its_customers(trapped, traps) -> None:
    finding = only(trapped, "target leakage")
    assert (finding.where, finding.n) == ("column order_state", traps["leak_customers"])
    assert f"{traps['leak_customers']} of {traps['leak_customers']} with it convert" in finding.what


def test_simpsons_reversal_is_found_with_its_counts(trapped, traps) -> None:
    finding = only(trapped, "Simpson's reversal")
    assert finding.where == "column layout" and "within segment" in finding.what
    cells = traps["simpson"].values()
    bold, calm = ({k: sum(c[name][k] for c in cells) for k in ("customers", "buyers")} for name in ("bold", "calm"))
    # The bot is the one customer beyond those of the truth.
    difference = bold["buyers"] / bold["customers"] - calm["buyers"] / (calm["customers"] + 1)
    assert abs(finding.before) == pytest.approx(abs(difference))
    assert finding.before * finding.after < 0
    assert finding.n == traps["customers"] + 1


def test_the_damaged_log_has_no_other_problem(trapped) -> None:
    assert len(trapped.of("problem")) == 6 and len(trapped.of("caution")) == 2
    assert trapped.title == "Integrity: 6 problems, 2 cautions, 2 notes"
    assert trapped.table["severity"].tolist() == ["problem"] * 6 + ["caution"] * 2 + ["note"] * 2
    assert any("outcome is taken to be purchase" in note for note in trapped.notes)


def test_harbours_exposures_are_confounded_where_they_were_made_so(harbour) -> None:
    letter = Step("spring letter", event="newsletter_open", where={"campaign": "spring_letter"})
    found = check_integrity(
        harbour.events,
        outcome="purchase",
        customers=harbour.frame("customers"),
        columns=["daily_drinker", "region"],
        exposure=["ad_view", letter],
    )
    banner, post = found.found("exposure confound")
    assert (banner.where, post.where) == ("event ad_view", "event spring letter")
    assert banner.n == 3_832 and banner.severity == post.severity == "caution"
    assert banner.after < banner.before and post.after < post.before
    assert "76%" in banner.what or "24%" in banner.what


def test_an_effect_that_a_background_explains_is_a_problem(harbour) -> None:
    found = check_integrity(
        harbour.events,
        outcome="add_to_cart",
        customers=harbour.frame("customers"),
        columns=["region", "daily_drinker"],
        exposure=Step("k30", where={"influencer": "k30"}),
    )
    finding = only(found, "exposure confound")
    assert finding.severity == "problem" and "region 'quayside'" in finding.what
    assert finding.estimated.endswith("beyond chance only in the first")


def test_an_exposure_that_the_interface_forces_is_said_so() -> None:
    log = events(*(f"a{n}: visit@1 cart@2 {'buy@3' if n < 40 else ''}" for n in range(80)),
                 *(f"b{n}: visit@1" for n in range(90)))  # fmt: skip
    finding = only(check_integrity(log, outcome="buy", exposure="cart"), "structural lift")
    assert (finding.severity, finding.where) == ("caution", "event cart")


def test_steps_taken_the_other_way_round_are_counted() -> None:
    log = events(
        *(f"a{n}: visit@1 sign_up@2 buy@3" for n in range(60)), *(f"b{n}: sign_up@1 visit@2" for n in range(20))
    )
    finding = only(check_integrity(log, funnel=["visit", "sign_up", "buy"]), "step order")
    assert (finding.severity, finding.n) == ("problem", 20)
    assert finding.what == "20 of 80 who took both took sign_up before visit"


def test_entries_without_their_window_are_counted_with_what_they_do_to_the_share() -> None:
    done = [f"a{n}: visit@0 {'buy@5d' if n < 60 else ''}" for n in range(100)]
    late = [f"b{n}: visit@28d" for n in range(60)]
    finding = only(check_integrity(events(*done, *late, "end: visit@30d"), outcome="buy", window="7d"), "censoring")
    assert (finding.severity, finding.n) == ("caution", 61)
    assert (finding.before, finding.after) == (60 / 161, 60 / 100)


def test_a_changed_mix_is_weighted_back() -> None:
    def half(name: str, day: int, email: int) -> list[str]:
        rows = [("email", n < email * 0.4) for n in range(email)] + [
            ("web", n < (400 - email) * 0.1) for n in range(400 - email)
        ]
        return [
            f"{name}{k}: visit@{day}d{{channel={channel}}} {f'buy@{day}d' if buys else ''}"
            for k, (channel, buys) in enumerate(rows)
        ]

    log = events(*half("a", 0, 300), *half("b", 20, 100))
    finding = only(check_integrity(log, outcome="buy"), "population drift")
    assert (finding.severity, finding.where) == ("caution", "column channel")
    assert (finding.before, finding.after) == pytest.approx((70 / 400, 130 / 400))


def test_a_log_of_those_who_stayed_is_noticed() -> None:
    rng = np.random.default_rng(3)
    lines = []
    for n in range(150):
        seen = [k for k in range(10) if k == 0 or k == 9 or rng.random() < 0.6]
        lines.append(f"c{n}: " + " ".join(f"visit@{10 * k + 1}d" for k in seen))
    finding = only(check_integrity(events(*lines)), "survivorship")
    assert finding.severity == "caution" and finding.n == 150


def test_an_event_that_ends_without_an_heir_is_a_caution() -> None:
    lines = [f"c{n}: visit@{n}d look@{n}d {f'scan@{n}d' if n < 60 else ''}" for n in range(100)]
    finding = only(check_integrity(events(*lines), at="2026-01-01"), "renamed events")
    assert finding.severity == "caution" and "scan ends on 2025-03-01" in finding.what


def test_who_begins_with_the_outcome_does_not_make_a_missing_group_a_leak() -> None:
    first = [f"a{n}: buy@{n}h visit@{n + 1}h{{channel=web}}" for n in range(60)]
    others = [f"b{n}: visit@{n}h{{channel=web}}" for n in range(200)]
    mixed = [f"c{n}: visit@{n}h{{channel=email}} {f'buy@{n + 1}h' if n % 5 == 0 else ''}" for n in range(100)]
    assert not check_integrity(events(*first, *others, *mixed), outcome="buy").found("target leakage")


def test_days_repeat_rows_and_that_is_only_noted() -> None:
    log = pd.DataFrame({"customer": ["a", "a", "b"], "event": "buy", "time": START})
    assert only(check_integrity(log), "repeated rows").severity == "note"


def test_a_silent_week_is_a_gap() -> None:
    lines = [
        f"c{n}: {' '.join(f'visit@{24 * day + n}h' for day in range(100) if not 40 <= day < 47)}" for n in range(20)
    ]
    finding = only(check_integrity(events(*lines), at="2026-01-01"), "gaps")
    assert finding.what == "nothing from 2025-02-10 00:00 on for 7 days"
    assert finding.n == pytest.approx(140, abs=1)


def test_results_are_checked_for_what_they_rest_on() -> None:
    log = events(*(f"c{n}: visit@{n}d buy@{n}d" for n in range(25)))
    trend = measure_funnel_trend(log, ["visit", "buy"], window="3d")
    funnel = measure_funnel(log, ["visit", "buy"])
    found = check_integrity({"log": log, "weeks": trend, "funnel": funnel})
    assert {each.where for each in found.found("small cells")} == {"weeks", "funnel"}
    assert only(found, "unfinished periods").where == "weeks"
    bare = Result("shares alone", pd.DataFrame({"x": [0.2], "x_low": [0.1], "x_high": [0.3]}))
    assert only(check_integrity(bare), "denominators").what == "x: shares, and no column says of how many"


def test_drivers_stages_and_comparisons_are_subjects_too() -> None:
    log = events(*(f"a{n}: visit@1 thanks@2 buy@3" for n in range(40)), *(f"b{n}: visit@1" for n in range(60)))
    drivers = measure_drivers(log, outcome="buy")
    assert [each.severity for each in check_integrity(drivers).found("flags of drivers")] == ["problem", "note"]
    stages = measure_stages(log, StageModel("two", {"look": ["visit"], "buy": ["buy", "thanks"]}))
    assert check_integrity({"stages": stages, "difference": compare(stages, stages)}).is_sound


def test_an_empty_log_one_customer_and_hostile_names_are_answered() -> None:
    nothing = read_events(pd.DataFrame({"customer": ["a"], "event": "x", "time": START})).data.limit(0).to_pandas()
    assert said(check_integrity(nothing)) == []
    assert said(check_integrity(events("ann: visit@1 purchase@2"))) == []
    name = "<script>'; DROP TABLE x; --\n" + "x" * 10_000
    log = pd.DataFrame({"customer": [f"{name}{n}" for n in range(50)], "event": [name] * 50, "time": START})
    assert "<script>" not in check_integrity(log, outcome=name)._repr_html_()


def test_slips_are_answered_with_what_there_is() -> None:
    log = events("ann: visit@1 buy@2")
    with pytest.raises(OptionError, match=r"no event 'by'.*Did you mean 'buy'"):
        check_integrity(log, outcome="by")
    with pytest.raises(TableError, match="There is no column 'chanel'"):
        check_integrity(log, columns=["chanel"])
    with pytest.raises(OptionError, match="'outcome' is for a log, and there is none"):
        check_integrity(measure_funnel(log, ["visit", "buy"]), outcome="buy")
    with pytest.raises(OptionError, match="Did you mean 'gaps'"):
        check_integrity(log).found("gap")


def test_how_far_a_number_moves_is_said_in_its_unit() -> None:
    share = Finding("x", "note", "here", "what", 1, 0.1, 0.15, "share", "how")
    assert share.moves == "10.0% → 15.0% (+5.0 points): how"
    assert Finding("x", "note", "here", "what", 1, 200, 100, "events").moves == "200 events → 100 events (-50.0%)"
    assert Finding("x", "note", "here", "what").moves == ""
    assert math.isnan(Finding("x", "note", "here", "what").before)


def test_a_published_log_has_no_false_alarm_about_its_people(real_data: Path) -> None:
    columns = {"userid": "customer", "eventName": "event", "eventDate": "time"}
    found = check_integrity(read_events(real_data / "gamelaunch.csv", columns=columns))
    assert not found.found("target leakage") and not found.found("Simpson's reversal")
