"""What a notebook's kernel tells at its end."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd

from mapkit.loaders import read_events
from mapkit.plots import plot as plots  # noqa: F401
from mapkit.workbench.provenance import MIME_TYPE, tell


def test_each_reading_is_told_once_with_its_reconciliation() -> None:
    rows = {"customer": ["ann", None], "event": ["visit", "buy"], "time": ["2025-01-01", "2025-01-02"]}
    events = read_events(pd.DataFrame(rows))
    told = tell({"events": events, "_hidden": events, "filtered": events.with_data(events.data.limit(1)), "other": 3})
    assert told.tables == [
        {"name": "events", "source": events.intake.source, "rows": "rows read 2 = kept 1 + set apart 1 (1 no customer)"}
    ]


def test_pictures_without_a_description_are_not_described() -> None:
    figure, ax = plt.subplots()
    assert tell({"Out": {3: ax, 4: "text"}}).pictures == {}
    plt.close(figure)


def test_the_answer_is_plain_data() -> None:
    assert tell({})._repr_mimebundle_()[MIME_TYPE] == {"tables": [], "pictures": {}}
