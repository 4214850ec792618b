"""What is to be known of a result: its denominators, small cells, unfinished periods, removed customers, flags."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from mapkit.errors import OptionError
from mapkit.journeys import Drivers, Funnel, FunnelSpread
from mapkit.maps.integrity.findings import Finding, Severity
from mapkit.maps.integrity.registry import result_check
from mapkit.maps.integrity.thresholds import MANY_ROWS, POINTS, RELATIVE, SMALL
from mapkit.statistics import Comparison, Result


@result_check("denominators")
def check_denominators(result: Result, where: str) -> Iterator[Finding]:
    """Say when a table has shares and no counts that they are shares of."""
    table = result.table
    numbers = table.select_dtypes("number")
    shares = [str(name) for name in numbers if f"{name}_low" in table and numbers[name].dropna().between(0, 1).all()]
    counted = any(pd.api.types.is_integer_dtype(table[name]) or name in ("n", "n_a", "n_b") for name in numbers)
    if shares and not counted:
        what = f"{', '.join(shares)}: shares, and no column says of how many"
        yield Finding("denominators", "caution", where, what, len(table))


@result_check("small cells")
def check_small_cells(result: Result, where: str) -> Iterator[Finding]:
    """Say how many numbers rest on fewer than 30, and the widest interval that comes of it."""
    if isinstance(result, Comparison):
        n = result.table[["n_a", "n_b"]].min(axis=1)
    else:
        try:
            n = result.comparable().numbers["n"]
        except OptionError:
            return
    few = int(((n > 0) & (n < SMALL)).sum())
    if few:
        what = f"{few:,} of {len(n):,} numbers rest on fewer than {SMALL}; the smallest on {int(n[n > 0].min())}"
        how = "by chance alone, a share of 30 may lie 18 points off"
        yield Finding("small cells", "caution", where, what, few, estimated=how)


@result_check("unfinished periods")
def check_unfinished(result: Result, where: str) -> Iterator[Finding]:
    """Say how many periods have not ended for all who are counted in them."""
    if "complete" in result.table.columns:
        open_ = int((~result.table["complete"].astype(bool)).sum())
        if open_:
            what = f"{open_:,} of {len(result.table):,} periods are unfinished: who came then may still convert"
            yield Finding("unfinished periods", "note", where, what, open_)


@result_check("removed customers")
def check_removed(result: Result, where: str) -> Iterator[Finding]:
    """Say when exclusions take many out of a funnel."""
    if isinstance(result, Funnel) and result.removed:
        entered, ended = result.counts[0], result.counts[-1]
        share = result.removed / (entered + result.removed)
        severity: Severity = "caution" if share >= MANY_ROWS else "note"
        what = f"exclusions remove {result.removed:,} of {entered + result.removed:,}"
        how = f"share that reached {result.steps[-1]}, had none of the removed reached it"
        before, after = ended / max(entered, 1), ended / (entered + result.removed)
        yield Finding("removed customers", severity, where, what, result.removed, before, after, "share", how)


@result_check("definition")
def check_definition(result: Result, where: str) -> Iterator[Finding]:
    """Say when the definition decides more than a tenth of the answer."""
    if isinstance(result, FunnelSpread) and len(result.table):
        low, high = result.table["of_first"].min(), result.table["of_first"].max()
        if high - low >= POINTS and high - low >= RELATIVE * high:
            what = f"{len(result.table)} definitions give different answers: say which one is meant"
            yield Finding(
                "definition", "caution", where, what, len(result.table), low, high, "share", "lowest to highest"
            )


@result_check("flags of drivers")
def check_flags(result: Result, where: str) -> Iterator[Finding]:
    """Say which drivers tell of the log's order or of the outcome itself."""
    if isinstance(result, Drivers):
        severities: dict[str, Severity] = {"leak": "problem", "structural": "note"}
        for flag, severity in severities.items():
            named = result.table.loc[result.table["flag"] == flag, "candidate"].tolist()
            if named:
                what = f"{flag}: {', '.join(named[:8])}{' and more' if len(named) > 8 else ''}"
                yield Finding("flags of drivers", severity, where, what, len(named))
