"""An inventory of touchpoints as a frame with every column it may have, one row a touchpoint."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from mapkit.errors import TableError, listed, nearest
from mapkit.loaders import read_touchpoints
from mapkit.tables import TOUCHPOINTS

REASONS = ("educate", "inspire", "inform", "support", "obtain payment", "other")
IMPACTS = ("differentiation", "loyalty", "repeat purchase", "other")
# The columns that fill an element; effectiveness, the sixth, is filled by what the log witnesses.
ELEMENTS = {
    "inventory": ("channel", "medium", "paid", "ownership"),
    "relationship": ("stage",),
    "business reason": ("business_reason",),
    "customer impact": ("customer_impact",),
    "owner": ("owner",),
}


def read_inventory(touchpoints: Any) -> pd.DataFrame:
    """Return the inventory as a frame: text columns with None where empty, ``events`` as tuples of names.

    Raises
    ------
    TableError
        A touchpoint is listed twice.
    """
    frame: pd.DataFrame = read_touchpoints(_with_joined_events(touchpoints)).to_pandas()
    table = pd.DataFrame({"touchpoint": frame["touchpoint"].astype(str).str.strip()})
    for column in TOUCHPOINTS.columns[1:]:
        values = frame[column.name] if column.name in frame.columns else pd.Series([None] * len(frame), dtype=object)
        if column.name == "events":
            table["events"] = [names_in(value) for value in values]
        elif column.kind == "number":
            table[column.name] = pd.to_numeric(values, errors="coerce").to_numpy(float)
        elif column.kind == "flag":
            table[column.name] = [None if pd.isna(value) else bool(value) for value in values]
        else:
            table[column.name] = pd.Series([_text(value) for value in values], dtype=object)
    repeated = table.loc[table["touchpoint"].duplicated(), "touchpoint"]
    if len(repeated):
        raise TableError(
            f"the inventory lists {listed(repeated.unique())} more than once. A touchpoint is one row: put the rows"
            " together, or give each an id of its own."
        )
    table["name"] = table["name"].where(table["name"].notna(), table["touchpoint"])
    return table


def names_in(value: Any) -> tuple[str, ...]:
    """Return event names from a cell: separated by | or ;, or a list.

    >>> names_in("view; scroll|view"), names_in(None), names_in(["a"])
    (('view', 'scroll'), (), ('a',))
    """
    if isinstance(value, str):
        parts: Iterable[Any] = re.split(r"[|;]", value)
    elif isinstance(value, Iterable):
        parts = value
    else:
        parts = ()
    return tuple(dict.fromkeys(str(part).strip() for part in parts if part is not None and str(part).strip()))


def check_touchpoint(name: str, known: Iterable[str]) -> None:
    """Raise :class:`TableError` unless the inventory lists a touchpoint; the message names the nearest."""
    names = list(known)
    if name not in names:
        raise TableError(f"the inventory lists no touchpoint {name!r}. It has {listed(names)}.{nearest(name, names)}")


def _with_joined_events(touchpoints: Any) -> Any:
    """Return records or a frame with lists of events as text: a column that holds both would not be read as either.

    A document of touchpoints is taken as the table it makes of itself.
    """
    if hasattr(touchpoints, "to_table"):
        return touchpoints.to_table()
    if isinstance(touchpoints, list) and any("events" in each for each in touchpoints if isinstance(each, dict)):
        touchpoints = pd.DataFrame(touchpoints)
    if not isinstance(touchpoints, pd.DataFrame) or "events" not in touchpoints.columns:
        return touchpoints
    joined = pd.Series(["|".join(names_in(value)) for value in touchpoints["events"]], index=touchpoints.index)
    return touchpoints.assign(events=joined.where(joined != ""))


def _text(value: Any) -> str | None:
    text = "" if value is None or value != value else str(value).strip()
    return text or None
