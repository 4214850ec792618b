"""Where each measure runs, found out by running it; ``python -m tests.services.where`` writes the page in docs.

A measure is asked of a stand-in for a warehouse, and every query it sends is written in the SQL of warehouses that
cannot be had here. That a query can be written does not prove that it runs; the page says which of the two was done.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from mapkit.tables import Table
from tests.services.measures import CUSTOMERS, MEASURES, sample
from tests.services.warehouse import DIALECTS, Heard, not_in_sql, stand_in

PAGE = Path(__file__).parents[2] / "docs" / "where-measures-run.md"
WRITTEN = [name for name in DIALECTS if name != "PostgreSQL"]
# What these take is a frame, not a log; they run in this process.
OF_FRAMES = (
    "measure_attribution_paths", "measure_simple_value", "simulate_growth", "measure_cascades", "measure_downline",
    "find_sample_size", "rank_backlog", "measure_staffing", "compare", "claim", "measure_nps", "measure_csat",
    "measure_ces", "measure_emotion", "measure_opportunity", "measure_inventory", "measure_touchpoints",
    "simulate_touchpoint_removal", "rank_pain_points", "find_moments_of_truth", "measure_position", "rank_actors",
    "simulate_removal", "measure_structure", "find_communities", "measure_brokerage", "find_paths",
    "measure_step_reach", "measure_stakeholders", "measure_buying_groups", "rank_accounts", "measure_pipeline",
    "measure_account_overlap", "find_partners", "find_white_spaces", "measure_engagement", "rank_influencers",
    "measure_share_of_voice", "measure_audience_overlap", "measure_campaign", "simulate_spread", "find_seeds",
    "fit_spread", "rank_seeds_dropped", "find_right_influencers",
)  # fmt: skip
HEAD = """# Where measures run

Written by `python -m tests.services.where`; a test holds it equal to what the code does.

Every measure below was asked of the same {rows:,} events of {customers} Harbour customers.

- **DuckDB** (embedded, the default): runs, and tested by its own tests.
- **PostgreSQL**: executed by `tests/services`, with the numbers of the embedded engine (where a server is named by
  `MAPKIT_TEST_POSTGRES`).
- **Spark**: executed by `make spark`, likewise.
- **{written}**: "SQL" says that Ibis can write every query of the measure for it, which
  was done without a server and does not prove that they run. "no: …" names what cannot be written there.
- **rows back**: the most rows that any one query brought into this process; the events themselves never come.
"""


def page() -> str:
    """Return the page as it must be now."""
    head = HEAD.format(rows=len(sample()), customers=CUSTOMERS, written=", ".join(WRITTEN))
    columns = ["measure", "DuckDB", "PostgreSQL", "Spark", *WRITTEN, "rows back"]
    lines = [head, f"| {' | '.join(columns)} |", f"|{'---|' * (len(columns) - 1)}---:|"]
    lines += [f"| {' | '.join([f'`{name}`', *_row(name)])} |" for name in MEASURES]
    return "\n".join([*lines, "", *_rest(), ""])


@cache
def asked_of_stand_in(name: str) -> tuple[list[Any], Heard]:
    """Return what a measure answered from the stand-in for a warehouse, and what the stand-in heard meanwhile."""
    events, warehouse = stand_in(sample())
    answers = [ask(events) for ask in MEASURES[name]]
    heard, warehouse.heard = warehouse.heard, Heard()
    heard.asked += [answer.data for answer in answers if isinstance(answer, Table)]
    return answers, heard


def _row(name: str) -> Iterator[str]:
    _, heard = asked_of_stand_in(name)
    yield from ["runs", "runs", "runs"]
    for dialect in WRITTEN:
        reasons = not_in_sql(heard.asked, dialect)
        yield f"no: {', '.join(map(_short, reasons))}" if reasons else "SQL"
    yield f"{heard.most_rows:,}"


def _short(reason: str) -> str:
    """Return Ibis's sentence about an operation as the operation's name."""
    if "subsecond interval" in reason:
        return "microseconds in intervals"
    return reason.split("'")[1].lower() if reason.startswith("Compilation rule for") else reason.rstrip(".")


def _rest() -> Iterator[str]:
    yield "mapkit's medians and quantiles are exact. For BigQuery and Trino Ibis knows approximate ones only, and there"
    yield "such a measure ends with Ibis's error and not with another number."
    yield ""
    names = ", ".join(f"`{name}`" for name in OF_FRAMES)
    yield f"These are asked of frames, surveys, inventories and maps, and this page does not follow them:\n{names}."


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    PAGE.write_text(page(), encoding="utf-8")
