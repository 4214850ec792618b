"""The services behind the warehouse tests answer; each test skips, with its reason, where its service is missing."""

from __future__ import annotations

import pytest


@pytest.mark.postgres
def test_postgresql_counts_through_ibis(postgres_url: str) -> None:
    import ibis

    visits = ibis.memtable({"visit": [1, 2, 3]})
    assert ibis.connect(postgres_url).execute(visits.count()) == 3


@pytest.mark.spark
def test_a_local_spark_counts_through_ibis(spark_connection) -> None:
    assert spark_connection.sql("select explode(sequence(1, 3)) as visit").count().execute() == 3
