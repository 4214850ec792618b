"""Whom two lists of customers share: counts only, never a row."""

from __future__ import annotations

import secrets
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.accounts.hashing import CHECK, HASH, hashed, need, normalised
from mapkit.ecosystems.accounts.overlap_result import AccountOverlap
from mapkit.errors import OptionError, SourceError
from mapkit.statistics import wilson_interval
from mapkit.tables.beside import frame_of


def measure_account_overlap(
    ours: Any,
    theirs: Any,
    *,
    key: str = "email",
    segment: str | None = None,
    population: int | None = None,
    smallest: int = 5,
    salt: bytes | None = None,
    confidence: float = 0.95,
) -> AccountOverlap:
    """Return how many customers two lists share: counts, and no row of either list.

    Keys are hashed with a random salt before they are compared, and the result holds counts alone. Where two companies
    do not want to meet in one room, each makes a file with :func:`hash_customers` and the files are compared here.

    ``table`` columns, a row for "all" and, with ``segment``, for each segment of our customers:

    - ``segment``, ``ours``, ``theirs`` (the whole list), ``both``
    - ``of_ours`` = both / ours, ``of_theirs`` = both / theirs, with Wilson intervals (``_low``, ``_high``)
    - ``lift``: shared customers as a multiple of what chance alone would give, with its interval, where ``population``
      is given
    - ``suppressed``: whether ``both`` is not told, because it or those left over are fewer than ``smallest`` (that all
      are shared would tell of each that it is), or because another such count could be worked out from it

    Parameters
    ----------
    ours, theirs
        Frames with the key, or what ``hash_customers`` returned or wrote (``hash`` and ``check``).
    key
        The column that says who a customer is; case, spaces and Unicode forms make no difference.
    segment
        A column of ours.
    population
        How many customers there are to be had, of whom both lists are part.
    smallest
        Counts below it are not told; where a single segment is held back, the next smallest is too, or it could be
        worked out from the total.
    salt
        Key of the hashes; None draws one at random and forgets it. It changes no count.

    Raises
    ------
    TableError
        A column is missing.
    SourceError
        A file that is named cannot be read.
    OptionError
        The two were hashed with different secrets, or only one is hashed; or the population is smaller than a list.
    """
    mine, others = _frame(ours), _frame(theirs)
    own = salt if salt is not None else secrets.token_bytes(32)
    mine, others, apart = _hashes(mine, others, key, own)
    if segment is not None:
        need(mine, segment)
    wanted = set(others[HASH])
    mine = mine.assign(both=[each in wanted for each in mine[HASH]])
    total = len(mine.merge(others[[HASH]], how="outer", on=HASH))
    if population is not None and population < total:
        raise OptionError(f"population={population:,} is smaller than the {total:,} customers of both lists together.")
    counts = _counts(mine, segment, len(others))
    table = _suppressed(counts, smallest)
    table = _shares(table, population, confidence)
    return AccountOverlap(
        "Customers in both lists",
        table,
        tuple(_notes(table, apart, smallest, population)),
        segment,
        confidence,
    )


def _frame(given: Any) -> pd.DataFrame:
    if not isinstance(given, str | PathLike):
        return frame_of(given, "The list of customers")
    try:
        return pd.read_csv(given, dtype=str)
    except (OSError, ValueError) as problem:
        raise SourceError(f"{given} cannot be read as a list of customers: {problem}. Give a CSV file.") from problem


def _hashes(
    ours: pd.DataFrame, theirs: pd.DataFrame, key: str, salt: bytes
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, int]]:
    """Return both lists with a hash each customer, every customer once; and the rows without a key or twice."""
    ready = [HASH in frame and CHECK in frame for frame in (ours, theirs)]
    if ready[0] != ready[1]:
        raise OptionError("Only one of the lists is hashed. Hash both with one secret, or give both as they are.")
    apart: dict[str, int] = {}
    made = []
    for name, frame in (("ours", ours), ("theirs", theirs)):
        if not ready[0]:
            need(frame, key)
            keys = normalised(frame[key])
            frame = frame[keys.notna()].assign(**{HASH: hashed(keys.dropna(), salt)})
            apart[f"without a key in {name}"] = int(keys.isna().sum())
        once = frame.drop_duplicates(HASH)
        apart[f"again in {name}"] = len(frame) - len(once)
        made.append(once)
    if ready[0] and set(made[0][CHECK]) != set(made[1][CHECK]) and len(made[0]) and len(made[1]):
        raise OptionError("The two lists were hashed with different secrets, so nothing in them matches. Agree on one.")
    return made[0], made[1], {what: count for what, count in apart.items() if count}


def _counts(mine: pd.DataFrame, segment: str | None, theirs: int) -> pd.DataFrame:
    whole = pd.DataFrame({"segment": ["all"], "ours": [len(mine)], "both": [int(mine["both"].sum())]})
    if segment is None:
        return whole.assign(theirs=theirs)
    names = mine[segment].astype(object).where(mine[segment].notna(), "(none)").astype(str)
    parts = mine["both"].groupby(names).agg(["size", "sum"]).reset_index()
    parts.columns = pd.Index(["segment", "ours", "both"])
    return pd.concat([whole, parts.sort_values("segment")], ignore_index=True).assign(theirs=theirs)


def _suppressed(counts: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """Return the counts without those that are small, or that would give a small one away."""
    # All but a few, or all: that tells of each customer what a count must not tell.
    small = (counts["both"] < smallest) | (counts["ours"] - counts["both"] < smallest)
    small.iloc[0] |= counts["theirs"].iloc[0] - counts["both"].iloc[0] < smallest
    parts = counts.index[1:]
    if small.iloc[0]:
        small.loc[parts] = True
    if small.loc[parts].sum() == 1 and len(parts) > 1:
        small.loc[counts.loc[parts[~small.loc[parts]], "both"].idxmin()] = True
    hidden = counts["both"].astype("Int64").mask(small)
    ours = counts["ours"].astype("Int64").mask(counts["ours"] < smallest)
    return counts.assign(ours=ours, both=hidden, suppressed=small)


def _shares(counts: pd.DataFrame, population: int | None, confidence: float) -> pd.DataFrame:
    both, ours, theirs = (counts[name].astype("Float64").to_numpy(float, na_value=np.nan) for name in _COUNTS)
    table = counts[["segment", "ours", "theirs", "both"]].copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        for name, below in (("of_ours", ours), ("of_theirs", theirs)):
            table[name] = both / below
            table[f"{name}_low"], table[f"{name}_high"] = wilson_interval(both, below, confidence)
        if population is not None:
            chance = theirs / population
            for end in ("", "_low", "_high"):
                table[f"lift{end}"] = table[f"of_ours{end}"] / chance
    return table.assign(suppressed=counts["suppressed"].to_numpy(bool))


_COUNTS = ("both", "ours", "theirs")


def _notes(table: pd.DataFrame, apart: dict[str, int], smallest: int, population: int | None) -> list[str]:
    notes = [
        "Counts alone: no row of either list is in this result. Keys are compared without regard to case, spaces and"
        " Unicode forms.",
        "Hashing hides nobody from whoever can guess an address and has the key: agree on a secret, destroy it after,"
        " and have a reason that the law accepts.",
    ]
    hidden = int(table["suppressed"].sum())
    if hidden:
        notes.append(
            f"Not told: {hidden:,} of {len(table):,} counts, being below {smallest}, or giving away one that is."
        )
    if population is not None:
        notes.append(f"Lift takes {population:,} as the customers there are; its interval takes that number as known.")
    if apart:
        notes.append("Rows left out: " + ", ".join(f"{count:,} {what}" for what, count in apart.items()) + ".")
    return notes
