"""Harbour: the year 2025 of a fictional coffee roastery, made by a generator that knows the truth it plants.

What is planted is in truth.yaml, what came of it in truth.json beside the tables; card.md describes both.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from .cohort import COHORT, Cohort, make_cohort
from .company import write_company
from .planted import SHIPPED, Planted, read_planted
from .raw_export import write_raw_export
from .sorting import sort_log
from .tally import Tally
from .trapped import write_trapped
from .truth import write_truth

TABLES = {
    "events": "events.parquet",
    "customers": "customers.parquet",
    "invites": "invites.csv",
    "experiment": "experiment.csv",
    "exposures": "exposures.csv",
    "feedback": "feedback.csv",
    "touchpoints": "touchpoints.csv",
    "actors": "actors.csv",
    "ties": "ties.csv",
    "posts": "posts.csv",
    "spend": "spend.csv",
    "events_trapped": "events_trapped.parquet",
}
DOCUMENTS = {"truth": "truth.json", "hand_map": "hand_map.yaml", "shop_export": "raw/shop_export.csv"}

_GROWING = ("customers", "invites", "experiment", "exposures")  # besides events, with the number of customers
_PANEL = 2  # cohorts whose customers are asked for feedback


def make(
    folder: Path,
    *,
    customers: int = 20_000,
    seed: int = 2025,
    progress: Callable[[float], None] | None = None,
    truth: Path = SHIPPED,
) -> Path:
    """Write Harbour's tables and truth.json into a folder, and give the folder.

    The same customers, seed and truth give the same content. About 15 events a customer.

    Parameters
    ----------
    customers
        How many customers; memory does not grow with it.
    progress
        Called with the share done, 0..1.
    truth
        The planted parameters, a file of truth.yaml's shape.

    Raises
    ------
    ValueError
        If `customers` is below 100, or the parameters contradict each other.
    """
    if customers < 100:
        raise ValueError(f"make: customers is {customers}; Harbour needs at least 100. Ask for 100 or more.")
    planted, tally = read_planted(truth), Tally()
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".unsorted-", dir=folder) as parts:
        panel = _write_cohorts(
            planted, folder, Path(parts), customers=customers, seed=seed, tally=tally, progress=progress
        )
        sort_log(Path(parts), folder / TABLES["events"])
    facts = write_company(planted, folder, panel=panel, tally=tally, seed=seed)
    facts["trapped"] = write_trapped(planted, folder / TABLES["events_trapped"], seed=seed)
    facts["raw"] = write_raw_export(planted, folder / DOCUMENTS["shop_export"], panel[0])
    write_truth(planted, folder / DOCUMENTS["truth"], customers=customers, seed=seed, tally=tally, facts=facts)
    if progress:
        progress(1.0)
    return folder


def _write_cohorts(
    planted: Planted,
    folder: Path,
    parts: Path,
    *,
    customers: int,
    seed: int,
    tally: Tally,
    progress: Callable[[float], None] | None,
) -> list[Cohort]:
    """Write the events unsorted into `parts` and the growing tables into `folder`; give the feedback panel."""
    panel: list[Cohort] = []
    writers: dict[str, pq.ParquetWriter | pa_csv.CSVWriter] = {}
    with ExitStack() as open_files:
        for number, first in enumerate(range(0, customers, COHORT)):
            size = min(COHORT, customers - first)
            cohort = make_cohort(planted, seed=seed, cohort=number, customers=size, first=first)
            pq.write_table(cohort.events, parts / f"{number:06d}.parquet", compression="zstd")
            for name in _GROWING:
                table = getattr(cohort, name)
                if name not in writers:
                    writers[name] = open_files.enter_context(_writer(folder / TABLES[name], table.schema))
                writers[name].write_table(table)
            tally.merge(cohort.tally)
            if number < _PANEL:
                panel.append(cohort)
            if progress:
                progress(0.8 * (first + size) / customers)
    return panel


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter | pa_csv.CSVWriter:
    if path.suffix == ".parquet":
        return pq.ParquetWriter(path, schema, compression="zstd")
    return pa_csv.CSVWriter(path, schema, write_options=pa_csv.WriteOptions(quoting_style="needed"))
