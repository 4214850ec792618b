"""The chance that a tie passes an adoption on: recovered where it was planted, and not where it was not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from mapkit.ecosystems import Ecosystem
from mapkit.ecosystems.spread import fit_spread, simulate_spread
from mapkit.errors import OptionError, TableError
from tests.ecosystems.spread.exact import network

DATA = Path(__file__).parents[4] / "shared" / "data" / "graphs"


def town(actors: int, ties: int, seed: int, clubs: int = 1) -> Ecosystem:
    """Actors in clubs, tied within their own."""
    rng = np.random.default_rng(seed)
    club = rng.integers(0, clubs, actors)
    source = rng.integers(0, actors, 4 * clubs * ties)
    target = rng.integers(0, actors, 4 * clubs * ties)
    inside = np.flatnonzero((club[source] == club[target]) & (source != target))[:ties]
    people = pd.DataFrame({"actor": [f"a{k}" for k in range(actors)], "club": [f"club {c}" for c in club]})
    links = pd.DataFrame({"source": [f"a{k}" for k in source[inside]], "target": [f"a{k}" for k in target[inside]]})
    return Ecosystem(people, links, parallel="merge")


def adopt(there: Ecosystem, per_tie: float, base: np.ndarray, seed: int) -> pd.DataFrame:
    """Let actors adopt by themselves, with ``base[period, actor]``, and by each neighbour new in the last period."""
    rng, when = np.random.default_rng(seed), np.full(there.n, -1)
    for period in range(base.shape[0]):
        new = when == period - 1 if period else np.zeros(there.n, dtype=bool)
        heard = np.bincount(there.ties.targets[new[there.ties.sources]], minlength=there.n)
        won = rng.random(there.n) < 1 - (1 - base[period]) * (1 - per_tie) ** heard
        when[(when < 0) & won] = period
    return pd.DataFrame({"actor": there.ids[when >= 0], "time": when[when >= 0]})


@pytest.mark.parametrize("per_tie", [0.0, 0.08, 0.25])
def test_the_planted_chance_of_a_tie_is_found(per_tie: float) -> None:
    held = []
    for seed in range(6):
        there = town(600, 3_000, seed)
        base = np.repeat(np.linspace(0.04, 0.01, 8)[:, None], there.n, axis=1)
        found = fit_spread(there, adopt(there, per_tie, base, seed)).per_tie()
        held.append(found.low <= per_tie <= found.high)
        assert abs(found.value - per_tie) < 0.05
    assert sum(held) >= 5


def test_the_fit_can_be_simulated() -> None:
    there = town(300, 1_500, 1)
    fit = fit_spread(there, adopt(there, 0.2, np.full((8, there.n), 0.03), 1))
    spread = simulate_spread(there, "a0", model="ic", probability=fit, runs=50)
    assert f"{fit.per_tie().value:.4g} for every tie (uniform)" in spread.notes[0]
    longer = fit_spread(there, adopt(there, 0.2, np.full((8, there.n), 0.03), 1), window=3)
    assert longer.link_probability() == pytest.approx(1 - (1 - longer.per_tie().value) ** 3)
    for_ever = fit_spread(there, adopt(there, 0.2, np.full((8, there.n), 0.03), 1), window=None)
    with pytest.raises(OptionError, match="Fit with window=1"):
        simulate_spread(there, "a0", model="ic", probability=for_ever, runs=50)


def test_friends_who_are_alike_look_contagious_until_they_are_compared_within_their_group() -> None:
    there = town(800, 4_000, 5, clubs=8)
    # Each club has its own season, and nobody listens to anybody.
    club = pd.factorize(there.actors["club"])[0]
    base = np.array([np.where(np.abs(club - period) <= 0.5, 0.35, 0.01) for period in range(8)])
    base += np.array([np.where(np.abs(club + 1 - period) <= 0.5, 0.35, 0.0) for period in range(8)])
    adoptions = adopt(there, 0.0, base, 5)
    crude, within = fit_spread(there, adoptions), fit_spread(there, adoptions, within="club")
    assert crude.per_tie().low > 0.05
    assert within.per_tie().low == 0.0 and within.per_tie().high < crude.per_tie().low
    assert "homophily" in crude.notes[0]


def test_odds_and_hazard_ratios_are_those_of_a_regression_with_a_dummy_for_each_period() -> None:
    there = town(250, 1_500, 2)
    adoptions = adopt(there, 0.1, np.full((6, there.n), 0.05), 2)
    fit = fit_spread(there, adoptions).table.set_index("form")
    rows, when = [], dict(zip(adoptions["actor"], adoptions["time"], strict=True))
    into: dict[str, list[str]] = {}
    for tie in there.ties_frame().itertuples():
        into.setdefault(tie.target, []).append(tie.source)
    for actor in there.ids:
        for period in range(1, 6):
            if when.get(actor, 99) >= period:
                heard = sum(when.get(other, 99) == period - 1 for other in into.get(actor, []))
                rows.append((period, heard, int(when.get(actor, 99) == period)))
    frame = pd.DataFrame(rows, columns=["period", "heard", "adopted"])
    design = pd.get_dummies(frame["period"], dtype=float).assign(heard=frame["heard"])
    for form, link in (("logistic", sm.families.links.Logit()), ("cloglog", sm.families.links.CLogLog())):
        peer = sm.GLM(frame["adopted"], design, family=sm.families.Binomial(link)).fit()
        low, high = peer.conf_int().loc["heard"]
        expected = [float(np.exp(value)) for value in (peer.params["heard"], low, high)]
        # The cloglog information is the expected one here and in the peer alike.
        assert fit.loc[form, ["value", "low", "high"]].tolist() == pytest.approx(expected, rel=2e-3)
        assert fit.loc[form, "p"] == pytest.approx(peer.pvalues["heard"], abs=2e-3)
    assert fit["at_risk"].iloc[0] == len(frame) and fit["adoptions"].iloc[0] == frame["adopted"].sum()


def test_the_additive_fit_is_the_peak_of_its_likelihood() -> None:
    there = town(200, 1_000, 3)
    adoptions = adopt(there, 0.15, np.full((2, there.n), 0.1), 3)
    fit = fit_spread(there, adoptions)
    cells = fit.hazard
    assert len(cells) < 6  # no level is joined with others, so the table holds the whole likelihood

    grid = np.linspace(0.001, 0.4, 400)
    base, tie, k = grid[:, None, None], grid[None, :, None], cells["exposure"].astype(int).to_numpy()
    hazard, adopted = 1 - (1 - base) * (1 - tie) ** k, cells["adopted"].to_numpy()
    loglik = (adopted * np.log(hazard) + (cells["at_risk"].to_numpy() - adopted) * np.log(1 - hazard)).sum(axis=2)
    profile = loglik.max(axis=0)
    assert fit.per_tie().value == pytest.approx(grid[profile.argmax()], abs=0.002)
    inside = grid[profile > profile.max() - 1.96**2 / 2]
    assert (fit.per_tie().low, fit.per_tie().high) == pytest.approx((inside[0], inside[-1]), abs=0.003)


def test_exposure_counts_the_ties_of_those_who_adopted_within_the_window() -> None:
    # Twelve followers of one who adopts first; six adopt in the period after, six two periods after.
    ties = [("z", f"f{k}", 1.0) for k in range(12)]
    when = {"z": 0, **{f"f{k}": 1 + k % 2 for k in range(12)}, **{f"x{k}": 1 + k % 2 for k in range(6)}}
    names = [*when, *(f"y{k}" for k in range(10))]
    there = Ecosystem(pd.DataFrame({"actor": names}), pd.DataFrame(ties, columns=["source", "target", "p"]))
    once, twice = (fit_spread(there, when, window=window).hazard.set_index("exposure") for window in (1, 2))
    assert once.loc["1", ["at_risk", "adopted"]].tolist() == [12, 6]
    assert twice.loc["1", ["at_risk", "adopted"]].tolist() == [18, 12]
    assert twice.loc["0", ["at_risk", "adopted"]].tolist() == [16 + 13, 6]
    longer = fit_spread(there, when, window=2, end=4)
    assert longer.table["at_risk"].iloc[0] == twice["at_risk"].sum()  # periods without adoptions tell nothing
    turned = Ecosystem(there.actors, there.ties_frame().rename(columns={"source": "target", "target": "source"}))
    again = fit_spread(turned, when, window=2, flow="reversed").hazard.set_index("exposure")
    pd.testing.assert_frame_equal(again, twice)


def test_dates_are_cut_into_periods() -> None:
    there = town(200, 1_000, 4)
    adoptions = adopt(there, 0.2, np.full((6, there.n), 0.05), 4)
    dated = adoptions.assign(time=pd.Timestamp("2025-01-10") + pd.to_timedelta(7 * adoptions["time"], unit="D"))
    assert fit_spread(there, dated, period="week").table.equals(fit_spread(there, adoptions).table)
    missing = pd.concat([dated, pd.DataFrame({"actor": ["a0", "a1"], "time": [pd.NaT, pd.NaT]})])
    missing = missing.drop_duplicates("actor")
    assert fit_spread(there, missing, period="week").adoptions == fit_spread(there, adoptions).adoptions


def test_physicians_adopt_beside_colleagues_but_the_next_month_does_not_show_it() -> None:
    if not DATA.is_dir():
        pytest.skip("no folder ../shared/data with public data sets beside the checkout")
    people = pd.read_csv(DATA / "physicians_nodes.csv", dtype={"id": str}).rename(columns={"id": "actor"})
    ties = pd.read_csv(DATA / "physicians_edges.csv", dtype=str).rename(columns={"relation": "type"})
    adopted = people[people["adoption date"] <= 17].rename(columns={"adoption date": "time"})[["actor", "time"]]
    there = Ecosystem(people[["actor", "city"]], ties)
    given = {"flow": "reversed", "parallel": "merge"}
    # A tie names whom its source asks or discusses with, so influence runs against it.
    ever = fit_spread(there, adopted, window=None, within="city", **given)
    assert ever.adoptions == 98 and "109 of 246 actors adopted over 17 periods" in ever.notes[1]
    assert 0 < ever.per_tie().low < 0.012 < ever.per_tie().high < 0.03
    assert fit_spread(there, adopted, window=1, within="city", **given).per_tie().low == 0.0


def test_too_little_is_refused_and_said() -> None:
    there = network([("a", "b", 0.5), ("b", "c", 0.5)])
    with pytest.raises(TableError, match=r"3 of 3 actors adopted, and 1 of them can tell .* 10 are needed at least"):
        fit_spread(there, {"a": 0, "b": 1, "c": 2})
    with pytest.raises(TableError, match="0 of 3 actors adopted"):
        fit_spread(there, {})
    loose = Ecosystem(pd.DataFrame({"actor": [str(k) for k in range(40)]}), pd.DataFrame(columns=["source", "target"]))
    with pytest.raises(TableError, match="all actors at risk have as many adopted neighbours"):
        fit_spread(loose, {str(k): k % 4 for k in range(20)})


def test_unusable_adoptions_are_refused_with_what_to_do() -> None:
    there = network([("a", "b", 0.5)])
    dates = pd.DataFrame({"actor": ["a"], "time": ["2025-01-01"]})
    for adoptions, options, error, message in (
        (dates, {}, OptionError, "Dates of adoption need a period"),
        (dates, {"period": "hour"}, OptionError, "period='hour' is not known"),
        (dates.assign(time="soon"), {"period": "day"}, OptionError, "1 times of adoption are no dates, such as 'soon'"),
        ({"a": 1}, {"period": "day"}, OptionError, "these times are numbers"),
        ({"a": 1.5}, {}, OptionError, "must be whole"),
        ({"a": 1}, {"window": 0}, OptionError, "window=0 is no number of periods"),
        ({"a": 1}, {"within": "citty"}, OptionError, "The actors have no column 'citty'"),
        ({"a": 1, "b": 5}, {"end": 2}, OptionError, "end=2 is before the last adoption, in period 4"),
        ({"q": 1}, {}, TableError, "1 of 1 adopters are no actors of the ecosystem: 'q'"),
        (pd.DataFrame({"actor": ["a", "a"], "time": [1, 2]}), {}, TableError, "'a' adopts more than once"),
        (pd.DataFrame({"who": ["a"], "time": [1]}), {}, TableError, "The adoptions have no column 'actor'"),
    ):
        with pytest.raises(error, match=message):
            fit_spread(there, adoptions, **options)
