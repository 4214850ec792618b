from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

import mapkit as mk
from mapkit.errors import MapkitError, OptionError, TableError
from mapkit.experience.feedback import measure_nps
from mapkit.experience.feedback.cautions import _chance_of
from mapkit.experience.feedback.intervals import net_share_interval
from tests.experience.feedback.said import answered, times


def test_the_published_example_is_33_with_a_standard_error_of_7_49():
    row = measure_nps([10] * 50 + [7] * 33 + [0] * 17).table.iloc[0]
    assert (row["n"], row["promoters"], row["passives"], row["detractors"]) == (100, 50, 33, 17)
    assert row["score"] == pytest.approx(33.0)
    assert row["se"] == pytest.approx(7.49, abs=0.005)


def test_six_answers_of_the_reference_are_33_3_with_30_4():
    row = measure_nps(np.array([0, 7, 7, 9, 9, 9])).table.iloc[0]
    assert (round(row["score"], 1), round(row["se"], 1)) == (33.3, 30.4)


def test_answers_outside_the_scale_or_between_its_steps_are_rejected_and_counted():
    result = measure_nps(answered("nps", spring="9 11 -1 8.5 3", autumn="10"), by="wave")
    assert result.table[["wave", "n", "rejected"]].values.tolist() == [["spring", 2, 3], ["autumn", 1, 0]]
    assert any("Rejected" in note and "3 of 6" in note for note in result.notes)


def test_a_scale_other_than_0_to_10_is_not_an_nps():
    frame = answered("nps", spring="1 5 5").assign(scale_min=1, scale_max=5)
    with pytest.raises(TableError, match=r"scale 1 to 5.*0 to 10.*measure_csat"):
        measure_nps(frame)
    mixed = pd.concat([frame, answered("nps", spring="9 9").assign(scale_min=0, scale_max=10)])
    assert measure_nps(mixed).table[["n", "rejected"]].values.tolist() == [[2, 3]]


def test_waves_stand_in_the_order_of_time_stages_in_that_of_the_journey_and_names_as_they_are_numbered():
    assert measure_nps(answered("nps", spring="9", autumn="9"), by="wave").table["wave"].tolist() == [
        "spring",
        "autumn",
    ]
    stages = pd.DataFrame({"score": 9, "stage": ["service", "advocacy", "awareness"]})
    assert measure_nps(stages, by="stage").table["stage"].tolist() == ["awareness", "service", "advocacy"]
    shops = pd.DataFrame({"score": 9, "shop": ["shop 10", "shop 9", None]})
    assert measure_nps(shops, by="shop").table["shop"].tolist() == ["(none)", "shop 9", "shop 10"]
    assert measure_nps(shops, by="shop", order=["shop 10"]).table["shop"].tolist()[0] == "shop 10"


def test_employees_are_not_customers_unless_asked_for():
    frame = pd.DataFrame({"score": [9, 9, 0, 9], "rater": ["customer", None, "Employee", "customer"]})
    assert measure_nps(frame).score().n == 3
    assert measure_nps(frame, rater="employee").score().value == -100
    assert measure_nps(frame, rater="all").score().n == 4
    assert measure_nps(frame, by="rater").score("Employee").n == 1
    with pytest.raises(OptionError, match="nobody of that kind"):
        measure_nps(frame, rater="staff")


def test_a_change_beyond_chance_is_said_and_a_small_one_is_not():
    frame = answered("nps", spring=times(_9=370, _7=328, _3=302), autumn=times(_9=478, _7=287, _3=233))
    result = measure_nps(frame, by="wave")
    change = result.change("spring", "autumn")
    assert change.value == pytest.approx(17.749, abs=0.001)
    assert result.say_change("spring", "autumn") == (
        "NPS rose by 17.7 points [10.6, 24.8] from spring (n = 1,000) to autumn (n = 998): beyond chance."
    )
    assert "fell by 17.7" in result.say_change("autumn", "spring")
    few = measure_nps(answered("nps", a=times(_9=10, _3=9), b=times(_9=11, _3=8)), by="wave")
    assert "cannot tell" in few.say_change("a", "b")
    assert "fewer than 30" in few.say_change("a", "b")


def test_so_many_answers_as_are_needed_find_the_change_in_four_of_five_surveys():
    result = measure_nps(answered("nps", a=times(_9=400, _7=320, _3=280)))
    need = result.answers_needed(10)
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(400):
        one, other = (rng.multinomial(need, [0.4 + up, 0.32, 0.28 - up]) for up in (0.0, 0.05))
        spread = [
            100 * math.sqrt((c[0] + c[2]) / need - ((c[0] - c[2]) / need) ** 2) / math.sqrt(need) for c in (one, other)
        ]
        change = 100 * ((other[0] - other[2]) - (one[0] - one[2])) / need
        found += abs(change) > 1.96 * math.hypot(*spread)
    assert 0.74 < found / 400 < 0.86


def test_compare_sets_two_surveys_side_by_side():
    frames = [answered("nps", a=times(_9=up, _7=100, _3=200 - up)).assign(shop="quay") for up in (150, 60)]
    found = mk.compare(*(measure_nps(frame, by="shop") for frame in frames))
    assert found.table["verdict"].tolist() == ["higher"]
    assert found.estimate("NPS", shop="quay").value == pytest.approx(60)


def test_one_mix_of_segments_takes_away_what_only_the_mix_changed():
    rows = [("spring", "old", 9, 80), ("spring", "new", 3, 20), ("autumn", "old", 9, 20), ("autumn", "new", 3, 80)]
    frame = pd.DataFrame([(w, s, x) for w, s, x, n in rows for _ in range(n)], columns=["wave", "segment", "score"])
    result = measure_nps(frame, by="wave", by_mix="segment")
    assert result.score("spring").value - result.score("autumn").value == pytest.approx(120)
    assert result.reweighted("spring").value == pytest.approx(result.reweighted("autumn").value) == pytest.approx(0)
    assert any("mix of segments differs" in note for note in measure_nps(frame, by="wave").notes)
    given = measure_nps(frame, by="wave", by_mix="segment", weights={"old": 3, "new": 1})
    assert given.reweighted("spring").value == pytest.approx(50)
    with pytest.raises(OptionError, match="leave out 'new'"):
        measure_nps(frame, by_mix="segment", weights={"old": 1})


def test_the_test_of_the_mix_is_pearsons_without_correction():
    sizes = np.array([[80.0, 20.0, 5.0], [60.0, 45.0, 9.0]])
    assert _chance_of(sizes) == pytest.approx(stats.chi2_contingency(sizes, correction=False).pvalue)


def test_a_group_without_one_of_the_segments_is_not_re_weighted():
    frame = pd.DataFrame({"score": [9, 9, 3], "wave": ["a", "b", "b"], "segment": ["x", "x", "y"]})
    table = measure_nps(frame, by="wave", by_mix="segment").table.set_index("wave")
    assert math.isnan(table.loc["a", "reweighted"])
    assert table.loc["b", "reweighted"] == pytest.approx(100 * (2 / 3 - 1 / 3))


def test_the_share_that_answered_is_known_when_it_is_said_how_many_were_asked():
    frame = answered("nps", a="9 9 3", b="9")
    result = measure_nps(frame, by="wave", asked={"a": 12, "b": 10})
    assert result.table["of_asked"].tolist() == [0.25, 0.1]
    assert not any("not known" in note for note in result.notes)
    with pytest.raises(OptionError, match="1 where 3 answered"):
        measure_nps(frame, by="wave", asked={"a": 1, "b": 10})
    with pytest.raises(OptionError, match="does not say how many were asked in 'b'"):
        measure_nps(frame, by="wave", asked={"a": 12})


def test_respondents_who_answered_several_times_are_told():
    frame = answered("nps", a="9 9 3", b="9").assign(respondent=["ann", "ann", "bob", "bob"])
    notes = " ".join(measure_nps(frame, by="wave").notes)
    assert "several answers in one group: 1" in notes
    assert "in several groups: 1" in notes


def test_groups_below_the_minimum_keep_their_n_and_lose_their_numbers():
    table = measure_nps(answered("nps", a="9 9 3", b="9"), by="wave", minimum_n=2).table
    assert table["n"].tolist() == [3, 1]
    assert table["score"].notna().tolist() == [True, False]
    assert table["promoters"].isna().tolist() == [False, True]


def test_nothing_one_answer_and_hostile_names():
    assert measure_nps([]).table["n"].tolist() == [0]
    one = measure_nps([9]).score()
    assert one.value == 100
    assert one.low < -50
    names = ["<script>alert(1)</script>", "a'b\"c; drop", "two\nlines", "عربي", "x" * 10_000]
    table = measure_nps(pd.DataFrame({"score": 9, "place": names}), by="place").table
    assert set(table["place"]) == set(names)


def test_unreadable_answers_are_set_apart_by_the_loader_and_said():
    result = measure_nps([9, None, "x", "8"])
    assert result.score().n == 2
    assert any("without a readable score" in note and "2" in note for note in result.notes)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": "wawe"}, "Did you mean 'wave'"),
        ({"by": "score"}, "cannot be used"),
        ({"by": "wave", "by_mix": "wave"}, "is in by as well"),
        ({"weights": {"a": 1}}, "weights need by_mix"),
        ({"minimum_n": 0}, "minimum_n=0"),
        ({"confidence": 95}, "confidence=95"),
        ({"by": "wave", "order": ["sprin"]}, "Did you mean 'spring'"),
        ({"by": "wave", "asked": 5}, "one number for 1 groups"),
    ],
)
def test_a_slip_is_answered_in_words(options, said):
    with pytest.raises(MapkitError, match=said):
        measure_nps(answered("nps", spring="9 3"), **options)


def test_another_metric_is_named_when_there_is_no_nps():
    with pytest.raises(TableError, match=r"no answers to .nps.\. It has .csat."):
        measure_nps(answered("csat", a="4"))


@pytest.mark.parametrize(("up", "down", "n"), [(50, 17, 100), (9, 0, 9), (0, 0, 5), (3, 2, 12), (1, 30, 31)])
def test_the_interval_ends_where_the_score_test_is_just_not_rejected(up, down, n):
    """The likelihood under a given difference is maximised by another road: numerically."""

    def score(net):
        def loss(q):  # q: share of down; up is q + net
            parts = [(down, q), (up, q + net), (n - up - down, 1 - 2 * q - net)]
            return -sum(k * math.log(max(share, 1e-300)) for k, share in parts if k)

        low, high = max(0.0, -net), (1 - net) / 2
        q = optimize.minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x
        return (up - down - n * net) / math.sqrt(n * (2 * q + net * (1 - net)))

    ends = net_share_interval(up, down, n)
    for end, sign in zip(ends, (1, -1), strict=True):
        if abs(end) < 1:
            assert score(float(end)) == pytest.approx(sign * 1.959964, abs=2e-3)


@pytest.mark.parametrize("shares", [(0.4, 0.28), (0.85, 0.02), (0.1, 0.05), (0.5, 0.5)])
def test_the_interval_holds_the_truth_in_about_95_of_100_surveys_of_25(shares):
    n, (p, d) = 25, shares
    pairs = np.array([(u, v) for u, v in itertools.product(range(n + 1), repeat=2) if u + v <= n])
    rest = n - pairs.sum(axis=1)
    chance = stats.multinomial.pmf(np.column_stack([pairs, rest]), n, [p, d, max(1 - p - d, 0)])
    low, high = net_share_interval(pairs[:, 0], pairs[:, 1], n)
    held = float(chance[(low <= p - d + 1e-12) & (p - d - 1e-12 <= high)].sum())
    assert 0.93 <= held <= 0.99


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(-1, 12), min_size=1, max_size=30))
def test_any_answers_add_up(scores):
    row = measure_nps(scores).table.iloc[0]
    assert row["n"] + row["rejected"] == len(scores)
    assert row["promoters"] + row["passives"] + row["detractors"] == row["n"]
    if row["n"]:
        assert -100 <= row["low"] <= row["score"] + 1e-9
        assert row["score"] - 1e-9 <= row["high"] <= 100
