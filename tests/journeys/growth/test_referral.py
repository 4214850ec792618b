"""Referral: how many others each customer brings, over people who invite and people who do not."""

from __future__ import annotations

import math

import pandas as pd
import pytest

import mapkit as mk
from mapkit.errors import OptionError, TableError
from mapkit.journeys.growth import measure_referral
from tests.literal import events

LOG = ("ann: visit@0", "bob: visit@5d", "cid: visit@1d", "dan: visit@40d end@100d")


def sent(*rows: tuple[str, str | None, float, float | None]) -> pd.DataFrame:
    """Rows of (inviter, invitee, day sent, day accepted), from the first day on."""
    start = pd.Timestamp("2025-01-01")
    frame = pd.DataFrame(rows, columns=["inviter", "invitee", "time_sent", "time_accepted"])
    for column in ("time_sent", "time_accepted"):
        frame[column] = start + pd.to_timedelta(frame[column].astype(float), unit="D")
    return frame


INVITES = sent(("ann", "bob", 2, 5), ("ann", None, 2, None), ("cid", "dan", 30, 40), ("ann", None, 3, None))


def test_k_is_of_all_customers_also_those_who_never_invite():
    found = measure_referral(events(*LOG), INVITES)
    assert found.k().value == 2 / 4
    assert found.invites_per_customer().value == 4 / 4
    assert found.acceptance().value == 2 / 4
    assert found.inviting().value == 2 / 4
    assert found.k().value == pytest.approx(found.invites_per_customer().value * found.acceptance().value)


def test_a_cycle_runs_from_the_inviters_start_to_the_invitees():
    found = measure_referral(events(*LOG), INVITES)
    assert found.mean_cycle_seconds == pytest.approx((5 + 39) / 2 * 86_400)
    assert found.median_answer_seconds == pytest.approx((3 + 10) / 2 * 86_400)


def test_with_a_window_all_have_the_same_time():
    found = measure_referral(events(*LOG), INVITES, within="10d")
    assert (found.k().value, found.k().n) == (1 / 4, 4)
    late = measure_referral(events(*LOG), INVITES, within="70d")
    assert (late.k().value, late.k().n) == (2 / 3, 3)


def test_cohorts_are_of_the_period_in_which_inviters_came():
    table = measure_referral(events(*LOG), INVITES).table.set_index("period")
    assert table["customers"].to_dict() == {"all": 4, "2025-01-01": 3, "2025-02-01": 1}
    assert table["accepted"].to_dict() == {"all": 2, "2025-01-01": 2, "2025-02-01": 0}


def test_one_busy_inviter_makes_the_interval_wide():
    log = events(*(f"c{k}: visit@1" for k in range(100)))
    spread = sent(*((f"c{k}", f"x{k}", 1, 2) for k in range(20)))
    one = sent(*(("c0", f"x{k}", 1, 2) for k in range(20)))
    wide, narrow = (measure_referral(log, rows).k() for rows in (one, spread))
    assert wide.value == narrow.value == 0.2
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)


def test_nobody_accepted_leaves_room_for_chance():
    found = measure_referral(events(*(f"c{k}: a@1" for k in range(100))), sent(("c1", None, 1, None)))
    assert (found.k().value, found.k().low) == (0, 0)
    assert found.k().high == pytest.approx(3.6889 / 100, abs=1e-4)


def test_self_invites_and_second_acceptances_are_set_apart_and_said():
    rows = sent(("ann", "ann", 1, 2), ("ann", "bob", 3, 6), ("cid", "bob", 2, 5), ("zoe", "dan", 1, 2))
    found = measure_referral(events(*LOG), rows)
    assert found.table["accepted"].iloc[0] == 1
    assert found.top_inviters["inviter"].tolist()[0] in ("cid", "zoe")
    said = " ".join(found.notes)
    assert "1 invites to oneself" in said
    assert "1 acceptances are of invitees who had accepted before" in said
    assert "1 invites come from people who are not customers" in said


def test_segments_are_those_of_the_inviter():
    log = events("ann: a@1{channel=web}", "bob: a@1{channel=mail}")
    found = measure_referral(log, sent(("ann", "bob", 1, 2)), by="channel")
    assert (found.k("web").value, found.k("mail").value) == (1, 0)
    with pytest.raises(OptionError, match="Did you mean 'web'"):
        found.k("wbe")


def test_frames_that_cannot_be_used_say_why():
    log = events(*LOG)
    with pytest.raises(TableError, match=r"no column 'inviter'.*Did you mean 'invitor'"):
        measure_referral(log, [{"invitor": "ann"}])
    with pytest.raises(TableError, match="neither 'invitee' nor 'time_accepted'"):
        measure_referral(log, [{"inviter": "ann"}])
    with pytest.raises(TableError, match=r"'soon'.*is not a time"):
        measure_referral(log, [{"inviter": "ann", "invitee": "b", "time_sent": "soon"}])
    with pytest.raises(TableError, match="accepted before it was sent"):
        measure_referral(log, sent(("ann", "bob", 5, 2)))
    with pytest.raises(TableError, match="'inviter' is empty in row 1"):
        measure_referral(log, sent((None, "bob", 1, 2)))


def test_numbers_as_customers_meet_numbers_in_the_frame():
    log = pd.DataFrame({"customer": [1, 2], "event": "a", "time": pd.to_datetime(["2025-01-01", "2025-01-05"])})
    rows = pd.DataFrame({"inviter": [1], "invitee": [2.0], "time_accepted": ["2025-01-05"]})
    assert measure_referral(log, rows).k().value == 0.5


def test_an_empty_log_claims_nothing():
    found = measure_referral(events(), INVITES)
    assert math.isnan(found.k().value)


def test_two_programmes_are_compared():
    log = events(*(f"c{k}: visit@1" for k in range(100)))
    many = sent(*((f"c{k}", f"x{k}", 1, 2) for k in range(60)))
    few = sent(*((f"c{k}", f"x{k}" if k < 5 else None, 1, 2 if k < 5 else None) for k in range(60)))
    compared = mk.compare(measure_referral(log, many), measure_referral(log, few)).table.set_index("quantity")
    assert compared.loc["k", "verdict"] == compared.loc["of_invites", "verdict"] == "higher"
    assert compared.loc["of_customers", "verdict"] == "cannot tell"


def test_harbours_referral_is_found_as_it_was_made(harbour):
    found = measure_referral(harbour.events, harbour.invites, acquisition="first_visit")
    truth, row = harbour.r["referral"], found.table.iloc[0]
    assert found.k().value == truth["k"] == harbour.p["referral"]["k"]
    assert found.acceptance().value == truth["acceptance"]
    assert found.invites_per_customer().value == truth["invites_per_customer"]
    assert (row["invites"], row["accepted"], row["inviters"]) == (
        truth["invites"],
        truth["accepted"],
        truth["inviters"],
    )
    assert found.mean_cycle_seconds / 86_400 == pytest.approx(truth["cycle_days"], abs=1e-9)
    assert found.acceptance().low < harbour.p["referral"]["acceptance"] < found.acceptance().high
