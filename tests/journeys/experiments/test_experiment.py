"""An experiment compares arms as they were assigned, and says when it cannot be trusted."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import mapkit as mk
from mapkit.errors import OptionError, TableError
from mapkit.journeys.experiments import measure_experiment
from mapkit.journeys.experiments.chances import share_chances
from mapkit.journeys.experiments.effects import adjust_by_holm
from tests.literal import START, events


def arms(**customers: str) -> pd.DataFrame:
    """``arms(ann="control@5", bob="new@0")``: each customer's arm, and the second of assignment after START."""
    rows = [(name, *told.split("@")) for name, told in customers.items()]
    frame = pd.DataFrame(rows, columns=["customer", "arm", "second"])
    frame["time"] = START + pd.to_timedelta(frame.pop("second").astype(float), unit="s")
    return frame


def counts(control: tuple[int, int], **others: tuple[int, int]) -> pd.DataFrame:
    """Arms as (converted, customers), with the outcome in the column ``bought``."""
    every = {"control": control, **others}
    rows = [(arm, k < hits) for arm, (hits, n) in every.items() for k in range(n)]
    frame = pd.DataFrame(rows, columns=["arm", "bought"])
    return frame.assign(customer=[f"c{k}" for k in range(len(frame))])


def row(experiment, arm: str) -> pd.Series:
    return experiment.table.set_index("arm").loc[arm]


def test_an_outcome_counts_from_the_moment_of_assignment_on():
    log = events("ann: buy@4 buy@6", "bob: buy@4", "cid: buy@5", "dan: visit@9 buy@10")
    people = arms(ann="control@5", bob="control@5", cid="new@5", dan="new@5")
    experiment = measure_experiment(people, log, outcome="buy")
    assert experiment.table["converted"].tolist() == [1, 2]
    assert any("2 customers did the outcome before" in note for note in experiment.notes)


def test_a_window_ends_with_its_last_moment_and_who_is_still_in_it_is_set_apart():
    log = events("ann: buy@15", "bob: buy@15.000001", "cid: buy@12", "dan: visit@40")
    people = arms(ann="control@5", bob="new@5", cid="new@5", dan="control@35")
    experiment = measure_experiment(people, log, outcome="buy", within="10s")
    assert experiment.table["customers"].tolist() == [1, 2]
    assert experiment.table["converted"].tolist() == [1, 1]
    assert any(note.startswith("Unfinished: 1 customers") for note in experiment.notes)


def test_a_customer_in_two_arms_is_in_no_arm():
    people = pd.concat([arms(ann="control@1", bob="new@1", cid="control@1"), arms(ann="new@2", bob="new@3")])
    experiment = measure_experiment(people, events("bob: buy@2", "cid: visit@4"), outcome="buy")
    assert experiment.table["customers"].tolist() == [1, 1]
    assert any("1 customers are in more than one arm" in note for note in experiment.notes)
    assert any("1 rows repeat a customer" in note for note in experiment.notes)


def test_rows_without_customer_arm_or_time_are_set_apart_and_counted():
    people = arms(ann="control@1", bob="new@1", cid="new@1").astype({"time": object})
    people.loc[3] = [None, "new", people["time"][0]]
    people.loc[4] = ["eve", "new", "yesterday"]
    experiment = measure_experiment(people, events("ann: buy@2", "bob: visit@2"), outcome="buy")
    assert experiment.table["customers"].tolist() == [1, 2]
    assert "1 rows of the arms have no customer or no arm: set apart." in experiment.notes
    assert "1 rows of the arms have no readable time: set apart." in experiment.notes
    assert "1 assigned customers have no event in the log; they count as without outcome." in experiment.notes


def test_means_are_over_all_customers_of_an_arm():
    log = events(
        "ann: buy@6{value=10} buy@7{value=5}",
        "bob: visit@6",
        "cid: buy@4{value=99} buy@8{value=4}",
        "dan: buy@9{value=2}",
    )
    people = arms(ann="control@5", bob="control@5", cid="new@5", dan="new@5")
    experiment = measure_experiment(people, log, outcome="buy", kind="mean", value="value")
    assert experiment.table["mean"].tolist() == [7.5, 3.0]
    assert experiment.mean("control").n == 2
    assert experiment.difference().value == -4.5


def test_difference_lift_and_p_are_the_published_methods():
    experiment = measure_experiment(counts((48, 80), new=(56, 70)), outcome="bought")
    new = row(experiment, "new")
    assert (new["difference_low"], new["difference_high"]) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    table = [[56, 14], [48, 32]]
    assert new["p"] == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, rel=1e-9)
    error = math.sqrt(1 / 56 - 1 / 70 + 1 / 48 - 1 / 80)
    assert math.log1p(new["lift_high"]) == pytest.approx(math.log(0.8 / 0.6) + 1.959964 * error, abs=1e-6)
    assert new["p_adjusted"] == new["p"]
    assert new["verdict"] == "higher"


def test_few_expected_take_fishers_exact_test():
    new = row(measure_experiment(counts((1, 12), new=(7, 11)), outcome="bought"), "new")
    assert new["p"] == pytest.approx(stats.fisher_exact([[7, 4], [1, 11]]).pvalue)


def test_means_are_compared_as_welch_does():
    rng = np.random.default_rng(5)
    a, b = rng.gamma(2, 10, 60), rng.gamma(2, 14, 45)
    frame = pd.DataFrame({"arm": ["control"] * 60 + ["new"] * 45, "spent": [*a, *b]}).reset_index(names="customer")
    new = row(measure_experiment(frame, outcome="spent", kind="mean"), "new")
    peer = stats.ttest_ind(b, a, equal_var=False)
    assert new["p"] == pytest.approx(peer.pvalue)
    assert (new["difference_low"], new["difference_high"]) == pytest.approx(tuple(peer.confidence_interval()))


def test_no_conversion_has_a_difference_and_no_interval_of_the_lift():
    experiment = measure_experiment(counts((0, 40), new=(9, 40)), outcome="bought")
    new = row(experiment, "new")
    assert new["difference_low"] > 0
    assert math.isnan(new["lift"])
    lost = row(measure_experiment(counts((9, 40), new=(0, 40)), outcome="bought"), "new")
    assert lost["lift"] == -1
    assert math.isnan(lost["lift_low"])


def test_a_sample_ratio_mismatch_is_a_problem_and_nothing_is_judged():
    experiment = measure_experiment(counts((100, 500), new=(120, 380)), outcome="bought")
    assert experiment.problems
    assert row(experiment, "new")["verdict"] == "not judged"
    assert experiment.sample_ratio_p == pytest.approx(stats.chisquare([500, 380]).pvalue)
    planned = measure_experiment(counts((100, 500), new=(120, 380)), outcome="bought", planned={"control": 5, "new": 4})
    assert not planned.problems
    assert row(planned, "new")["verdict"] == "higher"


def test_several_arms_are_adjusted_together():
    frame = counts((50, 500), a=(72, 500), b=(75, 500), c=(52, 500))
    raw = measure_experiment(frame, outcome="bought", correction=None).table
    by_bh, by_holm = (measure_experiment(frame, outcome="bought", correction=how).table for how in ("bh", "holm"))
    p = raw["p"].dropna()
    assert by_bh["p_adjusted"].dropna().tolist() == pytest.approx(stats.false_discovery_control(p).tolist())
    assert (by_holm["p_adjusted"].dropna() >= by_bh["p_adjusted"].dropna() - 1e-12).all()
    from statsmodels.stats.multitest import multipletests

    assert adjust_by_holm(p.to_numpy()) == pytest.approx(multipletests(p, method="holm")[1])


def test_the_chance_to_be_best_agrees_with_draws_from_the_posteriors():
    hits, n = [50, 61, 66], [500, 510, 480]
    rng = np.random.default_rng(7)
    draws = np.array([rng.beta(1 + h, 1 + size - h, 400_000) for h, size in zip(hits, n, strict=True)])
    simulated = np.bincount(draws.argmax(axis=0), minlength=3) / draws.shape[1]
    assert share_chances(hits, n) == pytest.approx(simulated, abs=0.004)
    assert share_chances([1, 900], [10_000, 1_000])[1] == pytest.approx(1)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=4))
def test_chances_add_up_and_intervals_hold_their_values(pairs: list[tuple[int, int]]):
    sizes = [(hits, max(hits + missed, 1)) for hits, missed in pairs]
    frame = counts(sizes[0], **{f"a{k}": each for k, each in enumerate(sizes[1:])})
    table = measure_experiment(frame, outcome="bought").table
    assert table["p_best"].sum() == pytest.approx(1)
    rest = table.iloc[1:]
    assert ((rest["difference_low"] <= rest["difference"]) & (rest["difference"] <= rest["difference_high"])).all()
    known = rest.dropna(subset=["lift_low"])
    assert ((known["lift_low"] <= known["lift"]) & (known["lift"] <= known["lift_high"])).all()


def test_segments_are_measured_apart_and_judged_together():
    frame = counts((10, 50), new=(25, 50))
    frame["size"] = ["small", "large"] * 50
    experiment = measure_experiment(frame, outcome="bought", by="size")
    assert experiment.table["customers"].sum() == 100
    assert experiment.share("new", segment="large").n == 25
    with pytest.raises(OptionError, match="'large'"):
        experiment.share("new", segment="larg")


def test_the_segment_may_come_from_the_log():
    log = events("ann: visit@1{channel=ad} buy@9", "bob: visit@1{channel=mail}", "cid: visit@1{channel=ad}")
    people = arms(ann="control@2", bob="new@2", cid="new@2")
    table = measure_experiment(people, log, outcome="buy", by="channel").table
    assert table[table["customers"] > 0][["segment", "arm", "customers"]].values.tolist() == [
        ["ad", "control", 1],
        ["ad", "new", 1],
        ["mail", "new", 1],
    ]


def test_two_experiments_can_be_compared_when_they_ask_the_same():
    first = measure_experiment(counts((48, 80), new=(56, 70)), outcome="bought")
    second = measure_experiment(counts((48, 80), new=(40, 70)), outcome="bought")
    compared = mk.compare(first, second)
    assert compared.estimate("of_customers", arm="new").value == pytest.approx(16 / 70)
    assert compared.estimate("difference", arm="new").unit == "points"
    other = measure_experiment(counts((48, 80), new=(40, 70)).rename(columns={"bought": "left"}), outcome="left")
    with pytest.raises(OptionError, match="measured differently"):
        mk.compare(first, other)


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        ({}, {"control": "contrl"}, "Did you mean 'control'"),
        ({}, {"outcome": "bougth"}, "Did you mean 'bought'"),
        ({"arm": "control"}, {}, "nothing to compare"),
        ({"bought": 7}, {}, "a share needs true or false"),
        ({}, {"kind": "median"}, "kind='median'"),
        ({}, {"correction": "bonferoni"}, "correction='bonferoni'"),
        ({}, {"confidence": 95}, "confidence=95"),
        ({}, {"planned": {"control": 1}}, "nothing of the arm 'new'"),
        ({}, {"within": "7d"}, "within and value need events"),
        ({"time": 1_700_000_000}, {}, "numbers in its column 'time'"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(change, options, said):
    frame = counts((4, 8), new=(5, 9)).assign(**change)
    with pytest.raises((OptionError, TableError), match=said):
        measure_experiment(frame, **{"outcome": "bought", **options})


def test_an_outcome_nobody_is_and_customers_nobody_knows_are_errors():
    log = events("ann: buy@9", "bob: visit@1")
    people = arms(ann="control@2", bob="new@2")
    with pytest.raises(OptionError, match="Did you mean 'buy'"):
        measure_experiment(people, log, outcome="bye")
    with pytest.raises(TableError, match="None of the 2 customers"):
        measure_experiment(arms(Ann="control@2", Bob="new@2"), log, outcome="buy")
    with pytest.raises(TableError, match="no row with a customer"):
        measure_experiment(people.iloc[:0], log, outcome="buy")


def test_hostile_names_are_names():
    names = ["<script>alert(1)</script>", "'; DROP TABLE x; --", "two\nlines", "x" * 10_000, "عربي"]
    frame = pd.DataFrame({"customer": [f"{n}{k}" for n, k in itertools.product(names, range(8))]})
    frame["arm"] = ["control", *names[:3]] * 10
    frame["bought"] = [1, 0] * 20
    assert measure_experiment(frame, outcome="bought").table["customers"].tolist() == [10] * 4


def test_harbours_experiment_is_recovered():
    harbour = mk.load_dataset("harbour")
    experiment = measure_experiment(harbour.frame("experiment"), harbour.events, outcome="purchase")
    told = harbour.truth["realised"]["experiment"]
    for arm in ("control", "treatment"):
        assert row(experiment, arm)["customers"] == told[arm]["customers"]
        assert row(experiment, arm)["converted"] == told[arm]["purchase"]
    lift = experiment.lift("treatment")
    assert lift.low < harbour.truth["planted"]["experiment"]["purchase_factor"] - 1 < lift.high
    assert not experiment.problems
