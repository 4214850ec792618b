"""The AARRR measure's question, checked and in full: which events mean what, and every window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.journeys.growth.periods import OWN_DAYS
from mapkit.journeys.growth.starts import segmented
from mapkit.journeys.steps import microseconds, moment
from mapkit.loaders import read_events
from mapkit.stages import AARRR, StageModel, map_stages
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

Names = str | Sequence[str] | None
_SIGN_UPS = ("sign_up", "Signed Up", "signed_up", "Account Created", "account_created")
_STAGED = ("acquisition", "activation", "revenue")


@dataclass(frozen=True, eq=False)
class Question:
    """Rows with a flag (0 or 1) for each meaning, and the choices.

    ``rows`` has (``segment``,) ``customer``, ``time``, ``value`` (null without such a column) and ``is_*``.
    """

    rows: ir.Table
    events: Table
    meant: Mapping[str, tuple[str, ...] | None]
    there: Mapping[str, int]
    until: pd.Timestamp | None
    period: str
    within: pd.Timedelta
    own_period: str
    at: int
    referral_within: pd.Timedelta | None
    money: str
    split: bool
    decided: tuple[str, ...] = ()

    @property
    def returned_after(self) -> pd.Timedelta:
        """How long after the first event the period begins in which a customer must be seen again."""
        return pd.Timedelta(days=OWN_DAYS[self.own_period] * self.at)

    @property
    def returned_before(self) -> pd.Timedelta:
        """When that period ends."""
        return self.returned_after + pd.Timedelta(days=OWN_DAYS[self.own_period])

    @property
    def has_value(self) -> bool:
        """Whether the log says what was paid."""
        return "value" in self.events.columns

    def words(self, role: str) -> str:
        """Return what a role's events are, in words."""
        names = self.meant[role]
        if names is None:
            return "any event" if role == "retention" else f"events of the stage {role}"
        return " or ".join(names) if len(names) <= 4 else f"{' or '.join(names[:3])} or {len(names) - 3} more"


def ask(
    source: Any,
    meant: Mapping[str, Names],
    *,
    model: StageModel | None,
    by: str | None,
    customers: Any,
    until: Any,
    **windows: Any,
) -> Question:
    """Check the question against the log and return it in full."""
    events = read_events(source)
    names = {role: _names(given) for role, given in meant.items()}
    decided = [note for role, given in names.items() for note in _check_names(events, role, given)]
    if any(names[role] is None for role in _STAGED):
        events = _staged(events, model)
    if names["sign_up"] is None:
        names["sign_up"] = tuple(name for name in _SIGN_UPS if name in events.event_names)
    data, segment_notes = segmented(events, by, customers)
    flags = {f"is_{role}": _flag(data, role, given) for role, given in names.items()}
    flags |= {f"is_{name}": _flag(data, name, (name,)) for name in ("invite_sent", "invite_accepted")}
    kept = [name for name in ("segment",) if by is not None]
    import ibis

    value = data["value"].cast("float64") if "value" in data.columns else ibis.null("float64")
    rows = data.select(*kept, "customer", "time", value=value, **flags).filter(ibis._.customer.notnull())
    there, last = _look(rows, list(flags))
    decided += segment_notes
    if there["is_acquisition"] == 0 and there["rows"]:
        rows = rows.mutate(is_acquisition=ibis.literal(1))
        decided.append("No event of the log is an acquisition: a customer's first event of any kind counts as it.")
    return Question(
        rows=rows,
        events=events,
        meant=names,
        there=there,
        until=_until(until, last),
        money=_currency(data),
        split=by is not None,
        decided=tuple(decided),
        **_windows(windows),
    )


def choices(asked: Question) -> Iterator[str]:
    """Yield the definitions in words."""
    own = asked.own_period
    yield (
        f"New customers: first acquisition ({asked.words('acquisition')}). In a log that begins in the middle of"
        " business the first periods hold old customers too."
    )
    yield f"Activated: {asked.words('activation')} within {_in_days(asked.within)} of it."
    yield (
        f"Retained: {asked.words('retention')} in the customer's {own} {asked.at} after it ({OWN_DAYS[own]} days,"
        f" counted from 0). Paying: {asked.words('revenue')}."
    )
    yield "AARRR is not a strict sequence: each stage is counted by itself, in any order."
    if asked.until is not None:
        yield f"The log counts as complete until {asked.until:%Y-%m-%d %H:%M} UTC."


def _windows(given: Mapping[str, Any]) -> dict[str, Any]:
    within, referral = _span(given["within"], "within"), given["referral_within"]
    if not isinstance(given["at"], int) or given["at"] < 1:
        raise OptionError(f"at={given['at']!r} is not a whole number from 1: the period after the first that is asked.")
    return {
        "within": within,
        "referral_within": None if referral is None else _span(referral, "referral_within"),
        "period": given["period"],
        "own_period": given["retention_period"],
        "at": given["at"],
    }


def _span(given: str | timedelta, option: str) -> pd.Timedelta:
    span = microseconds(given)
    if not span:
        raise OptionError(f"{option}={given!r} is no span of time. Write it as '7d' or '12h'.")
    return pd.Timedelta(microseconds=span)


def _names(given: Names) -> tuple[str, ...] | None:
    return None if given is None else (given,) if isinstance(given, str) else tuple(given)


def _check_names(events: Table, role: str, names: tuple[str, ...] | None) -> list[str]:
    """Return a note where no event bears any of the names, or raise where that looks like a slip."""
    if names is None:
        return []
    known = events.event_names
    missing = [name for name in names if name not in known]
    if not known or (names and len(missing) < len(names)):
        return []
    guess = nearest(missing[0], known) if missing else ""
    if guess or not names or role == "acquisition":
        raise OptionError(f"{role}={listed(names)}: the log has {listed(known)}.{guess}")
    return [f"No event of the log is named {listed(names)} ({role}): nobody is counted there."]


def _staged(events: Table, model: StageModel | None) -> Table:
    if model is None and set(_STAGED) <= set(events.stages) and "stage" in events.columns:
        return events
    chosen = model or AARRR
    missing = [stage for stage in _STAGED if stage not in chosen.stages]
    if missing:
        raise OptionError(
            f"The model {chosen.name!r} has no stage {listed(missing)}; it has {listed(chosen.stages)}. Give the "
            f"events by name instead: measure_aarrr(..., {missing[0]}='...')."
        )
    return map_stages(events, chosen, unmapped="keep")


def _flag(data: ir.Table, role: str, names: tuple[str, ...] | None) -> ir.IntegerValue:
    import ibis

    if names is None:
        return ibis.literal(1) if role == "retention" else (data["stage"] == role).ifelse(1, 0)
    if not names:
        return ibis.literal(0)
    met = data["event"] == names[0] if len(names) == 1 else data["event"].isin(list(names))
    return met.ifelse(1, 0)


def _look(rows: ir.Table, flags: list[str]) -> tuple[dict[str, int], pd.Timestamp | None]:
    """Return how many rows each meaning has, and the time of the last event."""
    sums = {name: rows[name].sum() for name in flags}
    found = rows.aggregate(rows=rows.count(), last=rows["time"].max(), **sums).to_pandas().iloc[0]
    counts = {name: 0 if pd.isna(found[name]) else int(found[name]) for name in ("rows", *flags)}
    return counts, None if pd.isna(found["last"]) else pd.Timestamp(found["last"])


def _until(given: Any, last: pd.Timestamp | None) -> pd.Timestamp | None:
    asked = moment(given, "until")
    if asked is None or last is None:
        return last
    if pd.Timestamp(asked) < last:
        raise OptionError(
            f"until={given!r} is before the last event of the log ({last:%Y-%m-%d %H:%M}). It says up to when the log"
            " is complete. Leave out later events with read_events(..., where=...)."
        )
    return pd.Timestamp(asked)


def _currency(data: ir.Table) -> str:
    if "currency" not in data.columns:
        return "money"
    found = data.filter(data["currency"].notnull()).select("currency").distinct().limit(2).to_pandas()["currency"]
    if len(found) == 2:
        raise OptionError(
            f"The log has values in several currencies ({listed(found)}), and their sum means nothing. Convert them, or"
            " choose one: read_events(..., where={'currency': 'EUR'})."
        )
    return str(found.iloc[0]) if len(found) else "money"


def _in_days(span: pd.Timedelta) -> str:
    days = span / pd.Timedelta(days=1)
    return f"{days:g} day{'' if days == 1 else 's'}" if days >= 1 else f"{span / pd.Timedelta(hours=1):g} hours"
