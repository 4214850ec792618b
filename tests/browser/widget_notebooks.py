"""Notebooks with one widget each, over a log whose counts are known by heart."""

from __future__ import annotations

from textwrap import dedent

import nbformat
from nbformat import NotebookNode

LOG = """
import pandas as pd
import mapkit as mk

# Of 60 who visit, every 2nd puts something into the cart and every 3rd of all buys; the window of a day halves buying.
rows = []
for k in range(60):
    day = pd.Timestamp("2025-01-01") + pd.Timedelta(days=k)
    rows.append((f"c{k}", "visit", day, "email" if k % 4 else "search"))
    if k % 2 == 0:
        rows.append((f"c{k}", "cart", day + pd.Timedelta(hours=1), "email"))
    if k % 3 == 0:
        rows.append((f"c{k}", "buy", day + pd.Timedelta(hours=2 if k % 2 else 50), "email"))
    rows.append((f"c{k}", "<b>bold</b> مرحبا 🎉", day + pd.Timedelta(hours=3), "email"))
log = pd.DataFrame(rows, columns=["customer", "event", "time", "channel"])
"""

# A window of 90 days answers slowly, so that the page has something to wait for.
SLOW = """
import time

import ipywidgets
from mapkit.journeys import measure_funnel
from mapkit.widgets import funnel_explorer as page

times = ipywidgets.Label("measured 0 times")

def counting(events, steps, **options):
    times.value = f"measured {int(times.value.split()[1]) + 1} times"
    if options.get("window") == "90d":
        time.sleep(2.5)
    return measure_funnel(events, steps, **options)

page.measure_funnel = counting
times
"""

EXPLORER = """
explorer = mk.widgets.FunnelExplorer(log, ["visit", "cart"])
explorer
"""

MAPPER = """
model = mk.StageModel("Shop", {"look": ["visit"], "want": [], "pay": ["buy"]})
mapper = mk.widgets.StageMapper(log, model)
mapper
"""


def notebook(*cells: str) -> NotebookNode:
    """A notebook of these cells, not yet run."""
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(dedent(cell).strip()) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
