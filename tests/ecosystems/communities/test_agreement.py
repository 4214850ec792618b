"""Agreement of two partitions, held against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from mapkit.ecosystems.communities.agreement import adjusted_rand, normalised_information, stays

two = st.integers(1, 30).flatmap(lambda n: st.tuples(*[st.lists(st.integers(0, 4), min_size=n, max_size=n)] * 2))


@settings(max_examples=80, deadline=None)
@given(two)
def test_they_are_those_of_scikit_learn(both) -> None:
    one, other = np.array(both[0]), np.array(both[1])
    assert adjusted_rand(one, other) == pytest.approx(adjusted_rand_score(one, other), abs=1e-12)
    assert normalised_information(one, other) == pytest.approx(normalized_mutual_info_score(one, other), abs=1e-9)


def test_who_leaves_the_majority_of_its_community_does_not_stay() -> None:
    kept, other = np.array([0, 0, 0, 1, 1]), np.array([7, 7, 3, 3, 3])
    assert list(stays(kept, other)) == [True, True, False, True, True]
