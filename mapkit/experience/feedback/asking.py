"""Which answers a measure asks for, from anything that holds feedback, and how they are split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypedDict

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.loaders import read_feedback
from mapkit.statistics.intervals import normal_quantile
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

Rater = Literal["customer", "employee", "all"]

NONE = "(none)"
_NOT_GROUPS = ("metric", "score", "answers", "low", "high", "valid", "first", "last", "n", "rejected", "se", "mean")


class Options(TypedDict, total=False):
    """The options that every measure of scores takes; :func:`measure_nps` explains them."""

    by: str | Sequence[str] | None
    rater: Rater | None
    order: Sequence[str] | None
    minimum_n: int
    asked: int | Mapping[Any, int] | None
    by_mix: str | None
    weights: Mapping[str, float] | None
    confidence: float


@dataclass(frozen=True)
class Question:
    """One metric, and how its answers are split, re-weighted and judged."""

    metric: str
    keys: tuple[str, ...]
    rater: Rater
    order: tuple[str, ...]
    minimum_n: int
    asked: int | Mapping[Any, int] | None
    by_mix: str | None
    weights: Mapping[str, float] | None
    confidence: float

    @property
    def split(self) -> str:
        """How the answers are split, as the end of a title."""
        return f" by {', '.join(self.keys)}" if self.keys else ""


def question(metric: str, options: Options) -> Question:
    """Return the options as a checked question."""
    unknown = [name for name in options if name not in Options.__annotations__]
    if unknown:
        raise OptionError(
            f"There is no option {unknown[0]!r}. There are {listed(Options.__annotations__)}."
            f"{nearest(unknown[0], Options.__annotations__)}"
        )
    keys = named(options.get("by"), "by")
    by_mix, weights = options.get("by_mix"), options.get("weights")
    if by_mix in keys:
        raise OptionError(f"by_mix={by_mix!r} is in by as well. Re-weight by a column that the groups are not made of.")
    if weights is not None and by_mix is None:
        raise OptionError(
            'weights need by_mix, the column they belong to: by_mix="segment", weights={"students": 0.3}.'
        )
    minimum_n = options.get("minimum_n", 1)
    if isinstance(minimum_n, bool) or not isinstance(minimum_n, int) or minimum_n < 1:
        raise OptionError(f"minimum_n={minimum_n!r} is not a number of answers. Use a whole number from 1.")
    confidence = options.get("confidence", 0.95)
    normal_quantile(confidence)
    rater = options.get("rater") or ("all" if "rater" in keys else "customer")
    order = named(options.get("order"), "order", columns=False)
    return Question(metric, keys, rater, order, minimum_n, options.get("asked"), by_mix, weights, confidence)


def named(given: str | Sequence[str] | None, option: str, *, columns: bool = True) -> tuple[str, ...]:
    """Return one name, several or none as a tuple; names of columns must be able to name groups."""
    names = () if given is None else (given,) if isinstance(given, str) else tuple(given)
    wrong = [name for name in names if not isinstance(name, str) or (columns and name in _NOT_GROUPS)]
    if wrong or len(set(names)) < len(names):
        what = "columns of the feedback that tell groups apart, each once" if columns else "names, each once"
        raise OptionError(f"{option}={given!r} cannot be used. Give {what}, such as 'touchpoint'.")
    return names


def answers_table(feedback: Any, metric: str) -> Table:
    """Return feedback as a table; a plain sequence of scores, or a frame without ``metric``, is answers to ``metric``.

    Raises
    ------
    SourceError, TableError
        As ``read_feedback`` does.
    """
    if isinstance(feedback, pd.DataFrame) and "metric" not in feedback.columns and "score" in feedback.columns:
        feedback = feedback.assign(metric=metric)
    elif _is_scores(feedback):
        scores = pd.Series(list(feedback), dtype=object if any(isinstance(s, str) for s in feedback) else float)
        feedback = pd.DataFrame({"metric": pd.Series(metric, index=scores.index, dtype=object), "score": scores})
    return read_feedback(feedback)


def answers(table: Table, asked: Question) -> ir.Table:
    """Return the rows that answer the question, from the raters wanted.

    Raises
    ------
    TableError
        The table has a column too few, or answers to other metrics only.
    OptionError
        Nobody of that kind has answered.
    """
    for column in (*asked.keys, *([asked.by_mix] if asked.by_mix else [])):
        table.need(column, for_what="the split of the answers")
    if asked.rater not in ("customer", "all"):
        table.need("rater", for_what=f"rater={asked.rater!r}")
    metric = table.data.metric.cast("string").strip().lower()
    found = table.data.filter(metric == asked.metric)
    kept = _of_raters(found, asked.rater)
    if kept.count().execute() == 0:
        _say_why(table, found, asked)
    return kept


def _of_raters(rows: ir.Table, rater: str) -> ir.Table:
    if rater == "all" or "rater" not in rows.columns:
        return rows
    said = rows.rater.cast("string").strip().lower()
    # Who gave no rater is taken to be a customer, as in a table without the column.
    return rows.filter((said == rater) | said.isnull() if rater == "customer" else said == rater)


def _say_why(table: Table, found: ir.Table, asked: Question) -> None:
    """Raise the error that says why nothing answers the question; an empty table is no error."""
    metrics = sorted(str(name) for name in table.data.select("metric").distinct().to_pandas()["metric"].dropna())
    if metrics and found.count().execute() == 0:
        raise TableError(
            f"The feedback holds no answers to {asked.metric!r}. It has {listed(metrics)}."
            f"{nearest(asked.metric, metrics)} Rename the metric in the source, or measure another."
        )
    if metrics:
        raters = sorted(str(name) for name in found.select("rater").distinct().to_pandas()["rater"].dropna())
        raise OptionError(
            f"rater={asked.rater!r}: nobody of that kind has answered. The answers are of {listed(raters)}; or use"
            f" rater='all'.{nearest(asked.rater, raters)}"
        )


def _is_scores(given: Any) -> bool:
    if isinstance(given, np.ndarray | pd.Series):
        return given.ndim == 1
    return isinstance(given, Sequence | range) and not (
        isinstance(given, str | bytes) or any(isinstance(each, Mapping) for each in given)
    )
