"""What the whole goes with: against scikit-learn, with a planted coefficient, and with answers missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mapkit as mk
from mapkit.errors import OptionError, TableError
from mapkit.maps.touchpoints import find_moments_of_truth


def survey(respondents: int = 200, rated: float = 1.0, seed: int = 1) -> pd.DataFrame:
    """Return NPS that follows satisfaction with the desk far more than with the door; each rates a share of three."""
    random = np.random.default_rng(seed)
    rows = []
    for who in range(respondents):
        desk, door, roof = (int(score) for score in np.clip(np.round(random.normal(3, 1, size=3)), 1, 5))
        whole = np.clip(round(5 + 1.5 * (desk - 3) + 0.3 * (door - 3) + random.normal()), 0, 10)
        rows.append({"metric": "nps", "score": whole, "respondent": who, "touchpoint": None})
        for name, score in (("desk", desk), ("door", door), ("roof", roof)):
            if random.random() < rated:
                rows.append({"metric": "satisfaction", "score": score, "respondent": who, "touchpoint": name})
    return pd.DataFrame(rows)


def test_complete_answers_give_the_coefficients_of_least_squares():
    from sklearn.linear_model import LinearRegression

    feedback = survey()
    found = find_moments_of_truth(feedback).table.set_index("touchpoint")
    wide = feedback[feedback["metric"] == "satisfaction"].pivot(
        index="respondent", columns="touchpoint", values="score"
    )
    nps = feedback[feedback["metric"] == "nps"].set_index("respondent")["score"].loc[wide.index]
    x, y = (wide - wide.mean()) / wide.std(ddof=0), (nps - nps.mean()) / nps.std(ddof=0)
    expected = dict(zip(wide.columns, LinearRegression().fit(x, y).coef_, strict=True))
    assert found["importance"].to_dict() == pytest.approx(expected)


def test_what_decides_is_found_and_what_does_not_is_not():
    found = find_moments_of_truth(survey())
    assert found.moments == ["desk"]
    assert found.table.set_index("touchpoint").loc["roof", "verdict"] == "cannot tell"
    assert found.importance("desk").low > found.importance("door").high
    assert "Ordinary least squares over 200" in found.method


def test_missing_ratings_are_handled_and_told():
    found = find_moments_of_truth(survey(300, rated=0.4))
    assert "Missing ratings are at their touchpoint's mean" in found.method
    assert found.moments == ["desk"]
    assert found.table["n"].between(80, 160).all()


def test_too_few_who_gave_both_get_no_numbers():
    found = find_moments_of_truth(survey(20))
    assert set(found.table["verdict"]) == {"too few"}
    assert found.table["importance"].isna().all()


def test_the_same_seed_gives_the_same_intervals_and_ratings_all_alike_get_none():
    one, other = (find_moments_of_truth(survey(), draws=100).table for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
    feedback = survey()
    feedback.loc[feedback["touchpoint"] == "roof", "score"] = 3
    found = find_moments_of_truth(feedback).table.set_index("touchpoint")
    assert np.isnan(found.loc["roof", "importance"])
    assert found.loc["desk", "verdict"] == "moment of truth"


def test_what_cannot_be_put_together_is_refused():
    with pytest.raises(TableError, match="neither 'respondent' nor 'customer'"):
        find_moments_of_truth(survey().drop(columns="respondent"))
    with pytest.raises(TableError, match="answers to 'csat' about the whole"):
        find_moments_of_truth(survey(), outcome="csat")
    with pytest.raises(OptionError, match="at least 5"):
        find_moments_of_truth(survey(), minimum=1)


def test_harbour_asks_too_few_people_both_questions_and_it_is_said():
    harbour = mk.load_dataset("harbour")
    found = find_moments_of_truth(harbour.feedback, harbour.events, harbour.touchpoints)
    assert found.moments == []
    assert set(found.table["verdict"]) == {"too few"}
