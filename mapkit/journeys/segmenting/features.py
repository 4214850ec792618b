"""What customers are like, in numbers: the columns that clusters are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.tables import Table

_SHARES = 8


@dataclass(frozen=True, eq=False)
class Features:
    """A row a customer: ``customer`` and the numbers in ``names``. ``scaled`` has them ready for distances."""

    frame: pd.DataFrame
    names: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def scaled(self) -> np.ndarray:
        """The numbers, large ones as logarithms, each with mean 0 and deviation 1."""
        columns = []
        for name in self.names:
            values = self.frame[name].to_numpy(dtype=float)
            if np.abs(values).max(initial=0) > 1:
                values = np.sign(values) * np.log1p(np.abs(values))
            columns.append((values - values.mean()) / values.std())
        return np.column_stack(columns)


def features_of(source: Table | pd.DataFrame, chosen: Sequence[str] | None) -> Features:
    """Return the features of a log's customers, or those that a frame holds.

    Raises
    ------
    OptionError
        A feature is not known.
    TableError
        A feature is no number, or all are the same for everybody.
    """
    frame, notes = _from_events(source) if isinstance(source, Table) else _from_frame(source)
    there = [str(name) for name in frame.columns if name != "customer"]
    names = list(chosen) if chosen is not None else [n for n in there if pd.api.types.is_numeric_dtype(frame[n])]
    for name in names:
        if name not in there:
            raise OptionError(f"There is no feature {name!r}. There are {listed(there, 30)}.{nearest(name, there)}")
        if not pd.api.types.is_numeric_dtype(frame[name]) or pd.api.types.is_bool_dtype(frame[name]):
            raise TableError(f"The feature {name!r} holds {frame[name].dtype}, and a cluster is made from numbers.")
    kept = frame[["customer", *names]].replace([np.inf, -np.inf], np.nan)
    known = kept.dropna()
    if len(known) < len(kept):
        notes = (*notes, f"{len(kept) - len(known):,} customers lack a feature and are in no cluster.")
    varied = [name for name in names if len(known) and np.ptp(known[name].to_numpy(dtype=float)) > 0]
    if not varied:
        raise TableError(f"All {len(known):,} customers are alike in {listed(names)}: there is nothing to cluster by.")
    if len(varied) < len(names):
        same = [name for name in names if name not in varied]
        notes = (*notes, f"The same for everybody, and left out: {', '.join(same)}.")
    return Features(known.reset_index(drop=True), tuple(varied), notes)


def _from_frame(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    if "customer" not in frame.columns:
        there = list(map(str, frame.columns))
        raise TableError(f"The features have no column 'customer'. They have {listed(there)}.")
    if frame["customer"].duplicated().any():
        who = frame.loc[frame["customer"].duplicated(), "customer"].iloc[0]
        raise TableError(f"The features have more than one row for some customers, such as {who!r}. Give each one.")
    return frame, ()


def _from_events(events: Table) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return a row a customer: how much, how lately, how dear, and of what kind."""
    data = events.data.filter(events.data["customer"].notnull())
    kind = "stage" if "stage" in events.columns else "event"
    sizes = data.group_by(kind).agg(rows=data.count()).to_pandas().dropna()
    top = sizes.sort_values(["rows", kind], ascending=[False, True])[kind].astype(str).head(_SHARES).tolist()
    sums: dict[str, Any] = {"events": data.count(), "last": data["time"].max()}
    sums |= {f"kind_{k}": (data[kind] == name).fill_null(False).ifelse(1, 0).sum() for k, name in enumerate(top)}
    priced = "value" in events.columns and data["value"].type().is_numeric()
    if priced:
        sums["value"] = data["value"].cast("float64").sum()
    each: pd.DataFrame = data.group_by("customer").agg(**sums).order_by("customer").to_pandas()
    days = data.select(customer=data["customer"], day=data["time"].truncate("D")).distinct()
    active = days.group_by("customer").agg(active_days=days.count()).to_pandas().set_index("customer")["active_days"]
    last = pd.to_datetime(each["last"]).astype("datetime64[us]")
    frame = pd.DataFrame({"customer": each["customer"], "events": each["events"].astype(float)})
    frame["active_days"] = each["customer"].map(active).astype(float)
    frame["recency_days"] = (last.max() - last) / pd.Timedelta(days=1)
    if priced:
        frame["value"] = each["value"].astype(float).fillna(0.0)
    for k, name in enumerate(top):
        frame[f"share of {name}"] = each[f"kind_{k}"].astype(float) / frame["events"]
    said = f"Features per customer: events, active_days, recency_days{', value' if priced else ''}, and the shares"
    return frame, (f"{said} of their events that are {', '.join(top)}.",)
