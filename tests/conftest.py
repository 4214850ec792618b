"""What every test may ask for: settings of its own, and services that may be missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


def pytest_configure(config: pytest.Config) -> None:
    # A reader's own Jupyter, IPython or matplotlib settings must not decide a test, nor a test change them.
    os.environ["MATPLOTLIBRC"] = str(Path(__file__).with_name("matplotlibrc"))
    os.environ.pop("MPLBACKEND", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("scale") and not os.environ.get("MAPKIT_TEST_SCALE"):
            item.add_marker(pytest.mark.skip(reason="large logs are tried when MAPKIT_TEST_SCALE=1 is set"))
        if item.get_closest_marker("browser") and (reason := why_no_browser()):
            item.add_marker(pytest.mark.skip(reason=reason))


def why_no_browser() -> str | None:
    if not os.environ.get("MAPKIT_TEST_BROWSER"):
        return "browser tests run with `make browser`, or when MAPKIT_TEST_BROWSER=1 is set"
    if not chromium():
        return "no Chromium here: install it (Debian: apt-get install chromium) or name it in MAPKIT_CHROMIUM"
    return None


def chromium() -> str | None:
    named = os.environ.get("MAPKIT_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout's root."""
    return REPOSITORY


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """A database of its own on a real PostgreSQL server; the test skips where there is none."""
    url = os.environ.get("MAPKIT_TEST_POSTGRES")
    if not url:
        pytest.skip("no PostgreSQL server: set MAPKIT_TEST_POSTGRES=postgresql://user@host:port/database")
    return url


@pytest.fixture(scope="session")
def spark_connection():
    """Ibis on a local Spark with two threads; the test skips where pyspark or Java is missing."""
    if not os.environ.get("MAPKIT_TEST_SPARK"):
        pytest.skip("Spark tests run with `make spark` (an environment with pyspark, and Java 17 or newer)")
    pytest.importorskip("pyspark")
    if not shutil.which("java"):
        pytest.skip("no Java here: Spark needs Java 17 or newer (Debian: apt-get install default-jre-headless)")
    import ibis
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .appName("mapkit tests")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    yield ibis.pyspark.connect(session)
    session.stop()
