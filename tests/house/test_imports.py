"""The floors: who may import whom, and what importing mapkit costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAVY = ("pandas", "numpy", "numba", "ibis", "duckdb", "matplotlib", "scipy", "ipywidgets", "anywidget")

MEASURE = """
import sys, time
started = time.perf_counter()
import mapkit
print(time.perf_counter() - started)
print(*sorted(set(name.split(".")[0] for name in sys.modules)))
"""


def import_once(repository: Path) -> tuple[float, set[str]]:
    """Seconds that `import mapkit` takes in a fresh Python, and the packages that are loaded after it."""
    run = [sys.executable, "-c", MEASURE]
    seconds, modules = subprocess.run(run, cwd=repository, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )[:2]
    return float(seconds), set(modules.split())


def test_every_floor_imports_only_from_the_floors_below_it(repository: Path) -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    found = subprocess.run([lint, "--no-cache"], cwd=repository, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_importing_mapkit_is_quick(repository: Path) -> None:
    # The best of three: a busy machine must not fail a test about our own code.
    assert min(import_once(repository)[0] for _ in range(3)) < 0.3


def test_importing_mapkit_loads_no_heavy_package(repository: Path) -> None:
    assert not import_once(repository)[1] & set(HEAVY)
