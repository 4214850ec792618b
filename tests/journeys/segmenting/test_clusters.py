"""Clusters: found where they are planted, and doubted where they are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from mapkit.errors import OptionError, TableError
from mapkit.journeys.segmenting import find_clusters, map_segments
from tests.literal import events


def planted(seed: int = 0, each: int = 120) -> tuple[pd.DataFrame, np.ndarray]:
    """Three kinds of customer in two features, far apart."""
    draw, kinds = np.random.default_rng(seed), np.repeat([0, 1, 2], [each, each // 2, each // 3])
    middle = np.array([[2.0, 2.0], [6.0, 2.0], [4.0, 6.0]])[kinds]
    values = np.expm1(middle + draw.normal(0, 0.3, middle.shape))
    frame = pd.DataFrame(values, columns=["visits", "spend"])
    return frame.assign(customer=[f"c{k}" for k in range(len(frame))]), kinds


def test_planted_kinds_are_found_and_are_stable() -> None:
    frame, kinds = planted()
    clusters = find_clusters(frame)
    assert clusters.k == 3
    assert adjusted_rand_score(kinds, clusters.customers["segment"]) > 0.99
    assert clusters.table["customers"].tolist() == [120, 60, 40]
    assert (clusters.table["verdict"] == "stable").all()
    assert clusters.agreement > 0.95
    assert clusters.tried.set_index("k")["silhouette"].idxmax() == 3


def test_one_cloud_is_called_a_continuum_and_its_parts_unreliable() -> None:
    draw = np.random.default_rng(1)
    frame = pd.DataFrame(draw.normal(0, 0.3, (300, 6)), columns=list("abcdef")).assign(customer=range(300))
    clusters = find_clusters(frame, k=5)
    assert any("continuum" in note for note in clusters.notes)
    assert (clusters.table["verdict"] != "stable").any()
    assert any("Not stable" in note for note in clusters.notes)


def test_the_same_seed_gives_the_same_clusters() -> None:
    frame, _ = planted(2)
    one, other = (find_clusters(frame, seed=7, resamples=5) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, other.table)
    assert any("seed 7" in note for note in one.notes)


def test_a_profile_is_in_the_features_own_units() -> None:
    frame, kinds = planted()
    clusters = find_clusters(frame, k=3, resamples=3)
    rows = clusters.profile.set_index(["segment", "feature"])
    assert rows.loc[("cluster 1", "visits"), "mean"] == pytest.approx(frame.loc[kinds == 0, "visits"].mean(), rel=0.02)
    assert rows.loc[("cluster 2", "visits"), "standardised"] > 1
    assert clusters.table.set_index("segment").loc["cluster 2", "differs_by"].startswith("high visits")
    assert clusters.share("cluster 1").n == 220


def test_events_become_features() -> None:
    eager = [f"e{k}: " + " ".join(f"buy@{d}d{{value=30}}" for d in range(8 + k % 3)) for k in range(30)]
    idle = [f"i{k}: look@{k % 4}d" for k in range(40)]
    clusters = find_clusters(events(*eager, *idle), k=2, resamples=5)
    assert clusters.table["customers"].tolist() == [40, 30]
    assert {"events", "active_days", "recency_days", "value", "share of buy", "share of look"} == set(
        clusters.profile["feature"]
    )
    mapped = map_segments(events(*eager, *idle), clusters).to_pandas()
    assert mapped.groupby("segment")["customer"].nunique().to_dict() == {"cluster 1": 40, "cluster 2": 30}


def test_customers_who_lack_a_feature_are_in_no_cluster() -> None:
    frame, _ = planted()
    frame.loc[3, "spend"] = np.nan
    clusters = find_clusters(frame.assign(same=1.0), k=3, resamples=2)
    assert len(clusters.customers) == len(frame) - 1
    assert any("1 customers lack a feature" in note for note in clusters.notes)
    assert any("left out: same" in note for note in clusters.notes)


def test_what_cannot_be_clustered_is_refused() -> None:
    frame, _ = planted()
    with pytest.raises(OptionError, match="Did you mean 'visits'"):
        find_clusters(frame, features=["visit"])
    with pytest.raises(OptionError, match="not possible"):
        find_clusters(frame, k=1)
    with pytest.raises(TableError, match="are alike"):
        find_clusters(pd.DataFrame({"customer": [1, 2], "x": [1, 1]}))
    with pytest.raises(TableError, match="a cluster is made from numbers"):
        find_clusters(frame.assign(name="x"), features=["name"])
    with pytest.raises(TableError, match="more than one row"):
        find_clusters(pd.concat([frame, frame]))


def test_clusters_of_two_logs_are_not_compared() -> None:
    with pytest.raises(OptionError, match="not the same clusters"):
        find_clusters(planted()[0], k=2, resamples=2).comparable()
