"""Two results of one kind, number by number: the difference, its interval, and whether it is more than chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mapkit.errors import OptionError, listed, nearest
from mapkit.statistics.comparable import Comparable
from mapkit.statistics.estimates import Estimate
from mapkit.statistics.intervals import difference_interval, normal_quantile
from mapkit.statistics.result import Result
from mapkit.statistics.two_shares import share_p_values

_SMALL = 30
# A result may be split by any column of the data, so the columns used on the way have names that none of those has.
_PLACE, _FOUND = "\x00place", "\x00found"


@dataclass(frozen=True, eq=False)
class Comparison(Result):
    """Differences of two results, a minus b.

    ``table`` columns: the results' own key columns, ``quantity``, ``unit``, ``value_a``, ``value_b``, ``n_a``,
    ``n_b``, ``difference``, ``low``, ``high`` (interval of that one difference), ``p`` (two-sided), ``p_adjusted``
    (Benjamini-Hochberg over the whole table) and ``verdict``: "higher" or "lower" (a against b: by ``p_adjusted``, and
    the interval leaves out 0), "cannot tell", "too few" (either n below the ``minimum``, 30 unless asked), "only in
    a", "only in b".
    """

    names: tuple[str, str] = ("a", "b")
    keys: tuple[str, ...] = ()
    kind: str = ""
    confidence: float = 0.95

    @property
    def differing(self) -> pd.DataFrame:
        """The rows with a verdict of higher or lower, the surest first."""
        return self.table[self.table["verdict"].isin(["higher", "lower"])].sort_values("p_adjusted")

    def estimate(self, quantity: str | None = None, **where: object) -> Estimate:
        """Return one difference with its interval; ``where`` picks the row by key: ``estimate(step="buy")``."""
        rows = self.table if quantity is None else self.table[self.table["quantity"] == quantity]
        for key, value in where.items():
            if key not in self.keys:
                raise OptionError(
                    f"The comparison has no key {key!r}. It has {listed(self.keys)}.{nearest(key, self.keys)}"
                )
            rows = rows[rows[key] == value]
        if len(rows) != 1:
            asked = ", ".join(f"{key}={value!r}" for key, value in where.items()) or "everything"
            raise OptionError(
                f"{len(rows)} rows of the comparison are {asked}; one is needed. Its keys are {listed(self.keys)},"
                f" its quantities {listed(list(dict.fromkeys(self.table['quantity'])))}."
            )
        row = rows.iloc[0]
        unit = "points" if row["unit"] == "share" else str(row["unit"])
        name = " ".join([str(row["quantity"]), *(str(row[key]) for key in self.keys)])
        name = f"{name}: {self.names[0]} minus {self.names[1]}"
        n = min(row["n_a"], row["n_b"])
        return Estimate(name, row["difference"], row["low"], row["high"], 0 if pd.isna(n) else int(n), unit)


def compare(
    a: Result, b: Result, *, names: tuple[str, str] = ("a", "b"), minimum: int = _SMALL, confidence: float = 0.95
) -> Comparison:
    """Return every number of two results of one kind side by side, with the difference a minus b and its interval.

    Shares get Newcombe's interval and the score test (Fisher's exact test where a cell is expected to hold fewer than
    5); other numbers an interval combined from their own two (MOVER) and a normal test upon it. p-values are adjusted
    over the whole table (Benjamini-Hochberg), so the verdicts hold together: of those called higher or lower, at most
    1 - ``confidence`` are expected to be chance. The two are taken as independent samples: different customers, or
    periods that do not share them.

    Parameters
    ----------
    a, b
        What one measure returned for two segments, periods or logs.
    names
        What the two are called.
    minimum
        Rows of which either number rests on fewer are shown and not judged.
    confidence
        Of the intervals; 1 - ``confidence`` is the false discovery rate of the verdicts. Intervals that the results
        made at another confidence are widened or narrowed to this one as a normal interval would be.

    Raises
    ------
    OptionError
        The two are of different kinds or were measured by different definitions, or their kind has no numbers to
        compare.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890; Zou and Donner (2008), Statistics in Medicine 27,
    1693-1702; Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.
    """
    first, second = _alike(a, b)
    keys = list(first.keys)
    joined = _side_by_side(_numbers(a, first, confidence), _numbers(b, second, confidence), [*keys, "quantity", "unit"])
    table = _judged(_with_differences(joined, confidence), minimum, confidence)
    shown = [*keys, "quantity", "unit", "value_a", "value_b", "n_a", "n_b"]
    shown += ["difference", "low", "high", "p", "p_adjusted", "verdict"]
    return Comparison(
        f"{a.title}: {names[0]} against {names[1]}",
        table[shown].reset_index(drop=True),
        tuple(_notes(names, table, minimum, confidence)),
        names,
        first.keys,
        type(a).__name__,
        confidence,
    )


def adjust_p_values(p: ArrayLike) -> NDArray[np.float64]:
    """Return p-values adjusted by Benjamini and Hochberg; a NaN stays one and counts for nothing.

    >>> [round(float(q), 3) for q in adjust_p_values([0.01, 0.04, 0.03, 0.5])]
    [0.04, 0.053, 0.053, 0.5]
    """
    raw = np.asarray(p, dtype=float)
    adjusted = np.full(raw.shape, np.nan)
    known = np.flatnonzero(~np.isnan(raw))
    order = known[np.argsort(raw[known], kind="stable")]
    stepped = raw[order] * len(order) / np.arange(1, len(order) + 1)
    adjusted[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    return adjusted


def _alike(a: Result, b: Result) -> tuple[Comparable, Comparable]:
    if type(a) is not type(b):
        raise OptionError(
            f"A {type(a).__name__} cannot be compared with a {type(b).__name__}. Give two results of the same measure."
        )
    first, second = a.comparable(), b.comparable()
    for name in dict.fromkeys([*first.definition, *second.definition]):
        here, there = first.definition.get(name), second.definition.get(name)
        if not _alike_definitions(here, there):
            raise OptionError(
                f"The two were measured differently: {name} is {here!r} in the first and {there!r} in the second."
                " Their difference would be the definition's. Measure both in the same way."
            )
    if first.keys != second.keys:
        raise OptionError(
            f"The first has the keys {listed(first.keys)}, the second {listed(second.keys)}. Split both or neither."
        )
    return first, second


def _alike_definitions(here: Any, there: Any) -> bool:
    if isinstance(here, float) and isinstance(there, float) and math.isnan(here):
        return math.isnan(there)
    return bool(here == there)


def _numbers(result: Result, comparable: Comparable, confidence: float) -> pd.DataFrame:
    """Return a result's numbers with their intervals at ``confidence``, their ``hits`` and their ``_PLACE``."""
    numbers = comparable.numbers.reset_index(drop=True)
    repeated = numbers.duplicated([*comparable.keys, "quantity"])
    if repeated.any():
        row = numbers[repeated][[*comparable.keys, "quantity"]].iloc[0].to_dict()
        raise OptionError(f"{result.title}: several rows are {row}, so nobody can say which to compare with which.")
    own = normal_quantile(float(getattr(result, "confidence", confidence)))
    ratio = normal_quantile(confidence) / own
    value = numbers["value"].astype(float)
    return numbers.assign(
        value=value,
        low=value - (value - numbers["low"].astype(float)) * ratio,
        high=value + (numbers["high"].astype(float) - value) * ratio,
        hits=numbers["hits"].astype(float) if "hits" in numbers else np.nan,
        **{_PLACE: range(len(numbers))},
    )


def _side_by_side(a: pd.DataFrame, b: pd.DataFrame, on: list[str]) -> pd.DataFrame:
    # An empty table has forgotten what its columns hold.
    for name in on:
        if a[name].dtype != b[name].dtype:
            a, b = a.astype({name: object}), b.astype({name: object})
    joined = a.merge(b, on=on, how="outer", suffixes=("_a", "_b"), indicator=_FOUND, sort=False)
    return joined.sort_values([f"{_PLACE}_a", f"{_PLACE}_b"], ignore_index=True)


def _with_differences(joined: pd.DataFrame, confidence: float) -> pd.DataFrame:
    a, b = joined["value_a"].to_numpy(float), joined["value_b"].to_numpy(float)
    counted = (joined["hits_a"].notna() & joined["hits_b"].notna()).to_numpy()
    hits_a, n_a, hits_b, n_b = (joined[c].to_numpy(float) for c in ("hits_a", "n_a", "hits_b", "n_b"))
    low, high = _combined(joined, a, b)
    low_shares, high_shares = difference_interval(hits_a, n_a, hits_b, n_b, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.abs(a - b) * 2 * normal_quantile(confidence) / (high - low)
    # No spread at all, and no difference either: nothing speaks against chance.
    score = np.where((a == b) & ~np.isnan(a), 0.0, score)
    normal = [math.erfc(each / math.sqrt(2)) if not math.isnan(each) else math.nan for each in score]
    return joined.assign(
        difference=a - b,
        low=np.where(counted, low_shares, low),
        high=np.where(counted, high_shares, high),
        p=np.where(counted, share_p_values(hits_a, n_a, hits_b, n_b), normal),
    )


def _combined(joined: pd.DataFrame, a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[Any, Any]:
    low_a, high_a, low_b, high_b = (joined[c].to_numpy(float) for c in ("low_a", "high_a", "low_b", "high_b"))
    return a - b - np.hypot(a - low_a, high_b - b), a - b + np.hypot(high_a - a, b - low_b)


def _judged(table: pd.DataFrame, minimum: int, confidence: float) -> pd.DataFrame:
    few = (table[["n_a", "n_b"]].min(axis=1) < minimum).to_numpy()
    found = table[_FOUND].astype(str).to_numpy()
    p = table["p"].where(~few)
    adjusted = adjust_p_values(p)
    # Test and interval of a share may part at the edge; a verdict needs both.
    straddles = ((table["low"] <= 0) & (table["high"] >= 0)).to_numpy()
    sure = (adjusted < 1 - confidence) & ~straddles
    above = (table["difference"] > 0).to_numpy()
    verdict = np.select(
        [found == "left_only", found == "right_only", few, sure & above, sure],
        ["only in a", "only in b", "too few", "higher", "lower"],
        "cannot tell",
    )
    return table.assign(p_adjusted=adjusted, verdict=verdict)


def _notes(names: tuple[str, str], table: pd.DataFrame, minimum: int, confidence: float) -> list[str]:
    tested = int(table["p_adjusted"].notna().sum())
    notes = [
        f"difference is {names[0]} minus {names[1]}; intervals are {100 * confidence:.4g}%, each for itself.",
        f"Verdicts hold together over {tested} comparisons (Benjamini-Hochberg at {100 * (1 - confidence):.3g}%);"
        " the two are taken as independent samples.",
        "A difference between groups that were not made by chance is association, not cause.",
    ]
    few = int((table["verdict"] == "too few").sum())
    return notes + ([f"Rows that rest on fewer than {minimum} are not judged: {few}."] if few else [])
