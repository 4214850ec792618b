"""Who was put into which arm of an experiment, and whose rows cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.tables.beside import frame_of, texts_of

_WHAT = "The frame of arms"
_ODD_RATIO = 0.001


@dataclass(frozen=True, eq=False)
class Assignment:
    """One row a customer: ``customer``, ``arm``, ``time`` (UTC, where the frame has it) and the frame's own columns.

    ``arms`` has the control first. ``notes`` say how many rows were set apart, and why.
    """

    people: pd.DataFrame
    arms: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def timed(self) -> bool:
        """Whether it is known when each customer was assigned."""
        return "time" in self.people


def read_assignment(source: Any, arm: str, control: str) -> Assignment:
    """Return who is in which arm; a customer found in two arms is in none.

    Of several rows of a customer in one arm the earliest counts.
    """
    frame = frame_of(source, _WHAT, "customer", arm, why="an experiment")
    people = frame.assign(customer=texts_of(frame["customer"]), arm=texts_of(frame[arm]))
    if "time" in people:
        people["time"] = _times(people["time"])
    known = people["customer"].notna() & people["arm"].notna()
    lost = {"have no customer or no arm": int((~known).sum())}
    if "time" in people:
        lost["have no readable time"] = int((known & people["time"].isna()).sum())
        known &= people["time"].notna()
        people = people.sort_values("time", kind="stable")
    people = people[known.reindex(people.index)]
    both = people.groupby("customer")["arm"].nunique()
    mixed = both.index[both > 1]
    people = people[~people["customer"].isin(mixed)]
    repeated = int(people["customer"].duplicated().sum())
    people = people.drop_duplicates("customer").reset_index(drop=True)
    notes = [f"{rows:,} rows of the arms {why}: set apart." for why, rows in lost.items() if rows]
    if len(mixed):
        notes.append(f"Contamination: {len(mixed):,} customers are in more than one arm: set apart, in no count.")
    if repeated:
        notes.append(f"{repeated:,} rows repeat a customer in the same arm: the earliest counts.")
    return Assignment(people, _in_order(people["arm"], control), tuple(notes))


def check_ratio(sizes: pd.Series, planned: Mapping[str, float] | None) -> tuple[float, tuple[str, ...]]:
    """Return the p-value of the arms' sizes against the planned shares (equal without a plan), and what it means.

    Below .001 the assignment or its record is broken, and no effect can be trusted.

    Source: chi-square test of Pearson; as a check of experiments, Fabijan and others (2019), KDD, on sample ratio
    mismatch.
    """
    from scipy.stats import chisquare

    arms = [str(name) for name in sizes.index]
    shares = _planned(arms, planned)
    p = float(chisquare(sizes, [share * sizes.sum() for share in shares]).pvalue)
    counted = ", ".join(f"{name} {size:,}" for name, size in sizes.items())
    plan = "equal arms" if planned is None else f"the plan of {', '.join(f'{share:.3g}' for share in shares)}"
    if p < _ODD_RATIO:
        return p, (
            f"Problem: sample ratio mismatch. {counted} against {plan} has p = {p:.2g}: customers went missing from an"
            " arm, or were not assigned as planned. No effect is judged until that is explained.",
        )
    return p, (f"Sizes fit {plan} (sample ratio p = {p:.2g}): {counted}.",)


def _planned(arms: list[str], planned: Mapping[str, float] | None) -> list[float]:
    if planned is None:
        return [1 / len(arms)] * len(arms)
    for name in arms:
        if name not in planned:
            raise OptionError(f"planned says nothing of the arm {name!r}. It has {listed(planned)}.")
    if not all(planned[name] > 0 for name in arms):
        raise OptionError(f"planned={dict(planned)!r} must give every arm a share above 0.")
    total = sum(planned[name] for name in arms)
    return [planned[name] / total for name in arms]


def _in_order(arms: pd.Series, control: str) -> tuple[str, ...]:
    there = sorted(arms.unique())
    if not there:
        raise TableError(f"{_WHAT} has no row with a customer and an arm. Give at least two arms.")
    if control not in there:
        raise OptionError(
            f"control={control!r} is not one of the arms {listed(there)}.{nearest(control, there)}"
            " Name the arm that the others are measured against."
        )
    if len(there) < 2:
        raise OptionError(f"Everybody is in the arm {control!r}: there is nothing to compare it with.")
    return (control, *(name for name in there if name != control))


def _times(column: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column):
        raise TableError(
            f"{_WHAT} has numbers in its column 'time'. Make them times first, saying what they count:"
            " pandas.to_datetime(frame['time'], unit='s', utc=True)."
        )
    ways: dict[str, Any] = {} if pd.api.types.is_datetime64_any_dtype(column) else {"format": "ISO8601"}
    times = pd.to_datetime(column, utc=True, errors="coerce", **ways)
    return times.dt.tz_localize(None).astype("datetime64[us]")
