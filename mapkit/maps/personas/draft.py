"""Personas from segments: what is true of each, how sure that is, and what sets it apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from mapkit.errors import MapkitError, OptionError, TableError, listed, nearest
from mapkit.journeys.customer_segments import NONE, with_customer_segment
from mapkit.loaders import read_events, read_feedback
from mapkit.maps.personas.drafted import DraftedPersonas
from mapkit.maps.personas.statements import statements_of
from mapkit.maps.personas.traits import counts_of_customers, counts_of_events
from mapkit.maps.two_sources import answers
from mapkit.maps.two_sources.valences import valences_of
from mapkit.statistics import wilson_interval

_SMALL = "(too small)"


def draft_personas(
    source: Any,
    segments: str,
    feedback: Any = None,
    *,
    k: int = 30,
    attributes: Sequence[str] | None = None,
    confidence: float = 0.95,
) -> DraftedPersonas:
    """Return a persona for every segment: what is true of its customers, beside everybody else, and how sure it is.

    ``table`` has a row a segment and statement:

    - ``segment``; ``list``: "events" (they did it), "channels" (how they came first) or "attributes"; ``says``
    - ``hits``, ``n`` (the segment's customers), ``share`` with Wilson's ``low`` and ``high``
    - ``others_hits``, ``others_n``, ``others``: the same among the customers of the other segments told of
    - ``difference`` (share less others) with Newcombe's ``difference_low`` and ``difference_high``; ``p_adjusted``
      (Benjamini-Hochberg over all statements) and ``verdict``: "more" or "less" than others, or "cannot tell"

    ``.cards`` are documents: size, attributes, channels and pain points, with goals and needs left for people. A
    segment is told by what defines it: where it was made from behaviour, that behaviour is no finding.

    No statement is about persons: a segment of fewer than ``k`` customers is refused, a trait that fewer than ``k`` of
    a segment have (or lack) is kept back, and columns of more than 12 values are left out, as ids and names are.

    Parameters
    ----------
    source
        Events (anything ``read_events`` takes), or a frame with one row per customer.
    segments
        The column that says the segment; of events, each customer's first value counts.
    feedback
        Answers whose ``segment`` is one of these: what they feel, by stage.
    k
        The smallest number of customers that anything is said about.
    attributes
        Columns to tell of. None takes all of a frame of customers, and none of events.
    confidence
        Of the intervals; 1 - ``confidence`` is the false discovery rate of the verdicts.

    Raises
    ------
    OptionError
        ``k`` is below 2, or no segment has that many customers.
    TableError
        A column is missing, or a customer has two rows.

    Source: for keeping small cells back Sweeney (2002), International Journal of Uncertainty, Fuzziness and
    Knowledge-Based Systems 10, 557-570.
    """
    if k < 2:
        raise OptionError(f"k={k!r} would tell of single persons. Use 2 or more; 30 is usual.")
    is_log = not isinstance(source, pd.DataFrame) or {"event", "time"} <= set(source.columns)
    counts, customers, left_out = (_of_log if is_log else _of_frame)(source, segments, attributes)
    sizes = _sizes(customers, k, confidence)
    told = sizes[sizes["refused"] == ""].set_index("segment")["customers"]
    if told.empty:
        raise OptionError(
            f"No segment of {segments!r} has {k} customers: {_largest(customers)}. Fewer would point to persons; join"
            " segments, or take more customers."
        )
    table, kept_back = statements_of(counts, told, k, confidence)
    notes = tuple(_notes(sizes, segments, k, kept_back, left_out, confidence))
    moods = _moods(feedback, list(told.index), k, confidence)
    return DraftedPersonas(f"Personas by {segments}", table, notes, sizes, moods, confidence)


def _of_log(source: Any, segments: str, attributes: Sequence[str] | None) -> tuple[pd.DataFrame, pd.Series, list[str]]:
    events = read_events(source)
    events.need("customer", "event", "time", segments, for_what="draft_personas")
    data, _ = with_customer_segment(events, segments)
    data = data.filter(data["customer"].notnull())
    people = data.select("customer", "segment").distinct()
    sizes = people.group_by("segment").agg(customers=people.count()).to_pandas().set_index("segment")["customers"]
    counts, left_out = counts_of_events(events, data, [name for name in attributes or () if name != segments])
    return counts, sizes, left_out


def _of_frame(
    source: pd.DataFrame, segments: str, attributes: Sequence[str] | None
) -> tuple[pd.DataFrame, pd.Series, list[str]]:
    if segments not in source:
        raise TableError(
            f"The customers have no column {segments!r}. They have {listed(source)}."
            f"{nearest(segments, map(str, source))}"
        )
    if "customer" in source and source["customer"].duplicated().any():
        raise TableError("A customer has two rows in the frame of customers. Give one row each, or a log of events.")
    frame = source.assign(**{segments: source[segments].astype("str").fillna(NONE)})
    counts, left_out = counts_of_customers(frame, segments, attributes)
    return counts, frame[segments].value_counts(), left_out


def _sizes(customers: pd.Series, k: int, confidence: float) -> pd.DataFrame:
    # A segment of few may bear a person's name: those are joined, and not named.
    called = pd.Series(customers.index, index=customers.index).astype("str").where(customers >= k, _SMALL)
    sizes = customers.groupby(called).sum().rename_axis("segment").reset_index(name="customers")
    sizes = sizes.sort_values(["customers", "segment"], ascending=[False, True], ignore_index=True)
    total = int(sizes["customers"].sum())
    low, high = wilson_interval(sizes["customers"], total, confidence)
    reasons = {_SMALL: f"segments of fewer than {k} customers", NONE: "no segment is known"}
    refused = [reasons.get(name, "") for name in sizes["segment"]]
    return sizes.assign(of_customers=sizes["customers"] / max(total, 1), low=low, high=high, refused=refused)


def _largest(customers: pd.Series) -> str:
    return f"the largest has {int(customers.max()):,}" if len(customers) else "there are no customers"


def _moods(feedback: Any, segments: Sequence[str], k: int, confidence: float) -> pd.DataFrame:
    columns = ["segment", "stage", "n", "mean", "low", "high"]
    if feedback is None:
        return pd.DataFrame(columns=columns)
    table = read_feedback(feedback)
    if "segment" not in table.columns:
        raise _no_segment(table.columns)
    rows = []
    for segment in segments:
        sums = valences_of(table, segment).sums
        for stage, group in sums[sums["stage"] != ""].groupby("stage"):
            n, total, squares = (float(group[name].sum()) for name in ("n", "total", "squares"))
            if n >= k:
                found = answers.of_mean(int(n), total, squares, None, tolerance=0.0, confidence=confidence)
                rows.append((segment, stage, found.n, found.value, found.low, found.high))
    return pd.DataFrame(rows, columns=columns)


def _no_segment(columns: Sequence[str]) -> MapkitError:
    return TableError(
        f"The feedback has no column 'segment', so nobody knows whose answers they are. It has {listed(columns)}."
        f'{nearest("segment", columns)} Rename it on loading: read_feedback(..., columns={{"group": "segment"}}).'
    )


def _notes(
    sizes: pd.DataFrame, segments: str, k: int, kept_back: int, left_out: Sequence[str], confidence: float
) -> Iterator[str]:
    total = int(sizes["customers"].sum())
    yield f"Segments are the values of {segments!r}, of {total:,} customers; every share is of a segment's customers."
    yield (
        f"A verdict of more or less holds together with the others (Benjamini-Hochberg at {1 - confidence:.3g});"
        " others are the customers of all other segments told of."
    )
    refused = sizes[sizes["refused"] != ""]
    if len(refused):
        said = "; ".join(f"{row['customers']:,} customers, {row['refused']}" for row in refused.to_dict("records"))
        yield f"No persona is drafted of: {said}."
    yield f"Kept back because fewer than {k} of a segment have it, or lack it: {kept_back:,} statements."
    if left_out:
        yield f"Left out, with more than 12 values: {listed(left_out)}. Put numbers into bands to tell of them."
    yield "What customers of a segment have in common need not be because of the segment."
