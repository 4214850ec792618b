"""Invites counted by the customer who sent them, and customers by the period in which they came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mapkit.errors import TableError
from mapkit.journeys.growth.periods import UNITS, interval
from mapkit.journeys.growth.ratios import sums
from mapkit.journeys.growth.starts import beside, split_of
from mapkit.tables.beside import frame_of, times_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

WHAT = "the invites frame"
_PAIRS = (("accepted", "here"), ("sent", "here"), ("accepted", "sent"))


@dataclass(frozen=True, eq=False)
class Invites:
    """Invites, a row each: inviter, invitee, time_sent, time_accepted, is_accepted; and what was set apart."""

    frame: pd.DataFrame
    self_invites: int = 0
    repeated: int = 0


def read_invites(source: Any) -> Invites:
    """Check a frame of invites: ``inviter``, and of ``invitee``, ``time_sent``, ``time_accepted`` what there is.

    An invite is accepted when it has a time of acceptance (without that column: an invitee). An invite to oneself is
    set apart. An invitee who accepted twice counts once, for the inviter whose acceptance came first.
    """
    given = frame_of(source, WHAT, "inviter")
    if not {"invitee", "time_accepted"} & set(given.columns):
        raise TableError(
            f"{WHAT} has neither 'invitee' nor 'time_accepted', so nobody knows which invites were accepted."
            " Add one; it is empty where nobody accepted."
        )
    nothing = pd.Series(None, index=given.index, dtype=object)
    frame = pd.DataFrame({"inviter": given["inviter"], "invitee": given.get("invitee", nothing)})
    for column in ("time_sent", "time_accepted"):
        empty = pd.Series(pd.NaT, index=given.index, dtype="datetime64[us]")
        frame[column] = times_of(given, column, WHAT) if column in given.columns else empty
    accepted = "time_accepted" if "time_accepted" in given.columns else "invitee"
    frame["is_accepted"] = given[accepted].notna()
    _refuse_nobody(frame)
    own = frame["inviter"].astype(str) == frame["invitee"].astype(str).where(frame["invitee"].notna())
    frame = frame[~own.fillna(False).astype(bool)]
    again = _accepted_again(frame)
    frame = frame.assign(is_accepted=frame["is_accepted"] & ~again)
    return Invites(frame.reset_index(drop=True), int(own.sum()), int(again.sum()))


def count_referral(
    starts: ir.Table, invites: Invites, *, period: str, within: pd.Timedelta | None, until: pd.Timestamp
) -> pd.DataFrame:
    """Return a row a (segment and) period of the inviter's start: customers, inviters, and sums for the ratios.

    ``starts`` has (``segment``,) ``customer`` and ``start``. With ``within`` an invite counts when it was sent (and, to
    be accepted, accepted) at most that long after the inviter's start, and customers are those who had that long.
    """
    frame = invites.frame
    given = beside(frame.assign(accepted_at=frame["time_accepted"].fillna(frame["time_sent"])), starts, "inviter")
    joined = starts.inner_join(given, starts["customer"] == given["inviter"])
    in_time, in_time_too = True, True
    if within is not None:
        limit = joined["start"] + interval(within)
        in_time, in_time_too = joined["time_sent"] <= limit, joined["accepted_at"] <= limit
    sent = joined["inviter"].notnull() & in_time
    each = joined.group_by("customer").agg(
        sent=sent.ifelse(1, 0).sum(), accepted=(sent & in_time_too & joined["is_accepted"]).ifelse(1, 0).sum()
    )
    every = starts.left_join(each, "customer")
    keys = split_of(starts)
    every = every.select(
        *keys,
        period=every["start"].truncate(UNITS[period]),
        had_time=_had_time(every["start"], within, until),
        sent=every["sent"].fill_null(0).cast("float64"),
        accepted=every["accepted"].fill_null(0).cast("float64"),
    )
    return _arrived(_summed(every, [*keys, "period"]))


def place_invites(starts: ir.Table, invites: Invites) -> pd.DataFrame:
    """Return every accepted invite with the seconds from the inviter's start to the invitee's, and how many joined.

    Columns: ``answer_seconds`` (sent to accepted), ``cycle_seconds`` (start of the inviter to start of the invitee; NaN
    where either is not a customer), and ``inviter``.
    """
    taken = invites.frame[invites.frame["is_accepted"]]
    answer = (taken["time_accepted"] - taken["time_sent"]).dt.total_seconds()
    people = pd.DataFrame({"person": pd.concat([taken["inviter"], taken["invitee"]]).dropna().unique()})
    cycle = pd.Series(np.nan, index=taken.index)
    if len(people):
        asked = beside(people, starts, "person")
        found = asked.inner_join(starts, asked["person"] == starts["customer"]).select("person", "start").to_pandas()
        starts_of = pd.to_datetime(found["start"]).to_numpy("datetime64[us]")
        began = pd.Series(starts_of, index=found["person"].astype(str))
        came = [began.reindex(taken[who].astype(str)).to_numpy() for who in ("inviter", "invitee")]
        cycle = pd.Series(came[1] - came[0], index=taken.index).dt.total_seconds()
    return pd.DataFrame({"inviter": taken["inviter"], "answer_seconds": answer, "cycle_seconds": cycle})


def _had_time(start: Any, within: pd.Timedelta | None, until: pd.Timestamp) -> Any:
    import ibis

    return ibis.literal(1) if within is None else (start <= (until - within).to_pydatetime()).ifelse(1, 0)


def _summed(every: ir.Table, keys: list[str]) -> ir.Table:
    here = every["had_time"].cast("float64")
    values = {"here": here, "sent": every["sent"] * here, "accepted": every["accepted"] * here}
    wanted: dict[str, Any] = {"new": every.count(), "inviters": ((values["sent"] > 0).ifelse(1, 0)).sum()}
    for pair in _PAIRS:
        y, x = (values[name] for name in pair)
        terms = (y, x, y * y, x * x, y * x)
        wanted |= {name: term.sum() for name, term in zip(sums(pair), terms, strict=True)}
    return every.group_by(keys).agg(**wanted)


def _arrived(counted: ir.Table) -> pd.DataFrame:
    frame = counted.to_pandas()
    if "segment" not in frame:
        frame.insert(0, "segment", "")
    frame["period"] = pd.to_datetime(frame["period"]).astype("datetime64[us]")
    numbers = [name for name in frame.columns if name not in ("segment", "period")]
    frame = frame.astype(dict.fromkeys(numbers, "float64"))
    return frame.sort_values(["segment", "period"], ignore_index=True)


def _refuse_nobody(frame: pd.DataFrame) -> None:
    nobody = frame.index[frame["inviter"].isna()]
    if len(nobody):
        raise TableError(
            f"{WHAT}: 'inviter' is empty in row {nobody[0] + 1} ({len(nobody):,} such rows). Leave out these rows."
        )
    back = frame.index[frame["time_accepted"] < frame["time_sent"]]
    if len(back):
        raise TableError(
            f"{WHAT}: row {back[0] + 1} was accepted before it was sent ({len(back):,} such rows). Are the two columns"
            " in one time zone?"
        )


def _accepted_again(frame: pd.DataFrame) -> pd.Series:
    """Return which accepted rows come after another acceptance of the same invitee."""
    taken = frame[frame["is_accepted"] & frame["invitee"].notna()]
    first = taken.sort_values(["time_accepted", "time_sent"], kind="stable")
    again = first["invitee"].astype(str).duplicated()
    return again.reindex(frame.index, fill_value=False)
