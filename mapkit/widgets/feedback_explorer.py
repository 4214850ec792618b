"""Feedback to play with: question, split, one wave against another, whose answers, and the smallest group shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from mapkit.errors import MapkitError, OptionError, one_of
from mapkit.experience.feedback import (
    Scores,
    measure_ces,
    measure_csat,
    measure_emotion,
    measure_nps,
    measure_opportunity,
)
from mapkit.loaders import read_feedback
from mapkit.statistics import Comparison, Result, compare
from mapkit.tables import Table
from mapkit.widgets.canvas import check_keywords, page
from mapkit.widgets.explorer import PictureExplorer

_SETTINGS = ("metric", "by", "first", "second", "rater", "minimum_n")
_MEASURES: dict[str, Callable[..., Result]] = {
    "nps": measure_nps,
    "csat": measure_csat,
    "satisfaction": measure_csat,
    "ces": measure_ces,
    "emotion": measure_emotion,
    "opportunity": measure_opportunity,
}
_NO_SPLIT = ("metric", "score", "respondent", "customer", "time", "row", "comment", "scale_min", "scale_max")
_BOTH = {"importance", "satisfaction"}
_MOST_WAVES = 200


class FeedbackExplorer(PictureExplorer):
    """Feedback that follows the controls: the picture, the verdict on a change, and the code that measures the same.

    Every setting is a trait that Python can set as well. What cannot be measured is said in words in the place of the
    picture.

    Parameters
    ----------
    feedback
        A feedback table, or anything ``read_feedback`` takes.
    metric
        "nps", "csat", "satisfaction", "ces", "emotion" or "opportunity"; the first that has answers unless given.
    by
        The column that splits the answers.
    first, second
        A wave that is measured alone, and another it is compared with: ``second`` minus ``first``.
    wave
        The column that names the waves.
    rater
        Whose answers: "customer", "employee" or "all". Feelings are always shown apart.
    minimum_n
        Groups with fewer answers get no numbers.

    Raises
    ------
    OptionError
        An option the explorer does not have, or one of the wrong kind.
    """

    _settings = _SETTINGS
    _esm = page("feedback_explorer.js", "explorer.js")
    _css = page("feedback_explorer.css", "explorer.css")

    metric = traitlets.Unicode("nps").tag(sync=True)
    by = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    first = traitlets.Unicode("").tag(sync=True)
    second = traitlets.Unicode("").tag(sync=True)
    rater = traitlets.Unicode("customer").tag(sync=True)
    minimum_n = traitlets.Int(1).tag(sync=True)

    # What can be chosen.
    metrics = traitlets.List(traitlets.Unicode()).tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    waves = traitlets.List(traitlets.Unicode()).tag(sync=True)

    # What the page shows: the settings that the answer is for, and the answer.
    verdict = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        feedback: Any,
        *,
        metric: str | None = None,
        by: str | None = None,
        first: str = "",
        second: str = "",
        wave: str = "wave",
        rater: str = "customer",
        minimum_n: int = 1,
        **more: Any,
    ) -> None:
        check_keywords("FeedbackExplorer", more, (*_SETTINGS, "wave"))
        self._feedback = read_feedback(feedback)
        self._wave = wave
        self._result: Result | MapkitError
        metrics = _metrics(self._feedback)
        super().__init__(
            metric=metric or next(iter(metrics), "nps"),
            by=by,
            first=first,
            second=second,
            rater=rater,
            minimum_n=minimum_n,
            metrics=metrics,
            columns=[name for name in self._feedback.columns if name not in _NO_SPLIT],
            waves=_waves(self._feedback, wave),
            **more,
        )
        self._begin()

    @property
    def result(self) -> Result:
        """What is drawn for the settings now. Raises the MapkitError that is shown in its place when there is none."""
        if isinstance(self._result, MapkitError):
            raise self._result
        return self._result

    def _follow(self) -> None:
        """Measure what is asked now and draw it, or say why it cannot be had."""
        verdict = ""
        try:
            self._result = self._measured()
            verdict = self._verdict()
        except MapkitError as failed:
            self._result = failed
        picture, fault = self._drawn(self._result)
        if fault is not None:
            self._result, verdict = fault, ""
        code = _code(self.metric, self._asked(), self._wave, self._chosen(), compared=self._compares)
        with self.hold_sync():
            self.verdict = verdict
            self._show(self._result, picture, fault, code)

    def _chosen(self) -> list[str]:
        return [name for name in dict.fromkeys((self.first, self.second)) if name]

    @property
    def _compares(self) -> bool:
        """Whether two waves are set side by side in a comparison, as a curve or a quadrant cannot show both."""
        return len(self._chosen()) == 2 and self.metric in ("emotion", "opportunity")

    def _asked(self) -> dict[str, Any]:
        """Return the options of the measure that differ from the usual ones."""
        keys = [self.by] if self.by else []
        if len(self._chosen()) == 2 and not self._compares and self._wave not in keys:
            keys.append(self._wave)
        asked: dict[str, Any] = {"metric": "satisfaction"} if self.metric == "satisfaction" else {}
        if keys:
            asked["by"] = keys[0] if len(keys) == 1 else keys
        if self.rater != "customer" and self.metric != "emotion":
            asked["rater"] = self.rater
        if self.minimum_n != 1:
            asked["minimum_n"] = self.minimum_n
        return asked

    def _measured(self) -> Result:
        one_of(self.metric, _MEASURES, "metric")
        measure = _MEASURES[self.metric]
        chosen = self._chosen()
        if self.second and not self.first:
            raise OptionError("Choose a wave to compare with as well, or none to compare against.")
        if self._compares:
            before, after = (measure(self._of([name]), **self._asked()) for name in chosen)
            return compare(after, before, names=(self.second, self.first))
        return measure(self._of(chosen), **self._asked())

    def _of(self, waves: list[str]) -> Table:
        return read_feedback(self._feedback, where={self._wave: waves}) if waves else self._feedback

    def _verdict(self) -> str:
        """Return in words what changed between the two waves; over several groups, only what holds for all together."""
        found, waves = self._result, self._chosen()
        if len(waves) < 2:
            return ""
        if isinstance(found, Scores) and self.by in (None, "", self._wave):
            return found.say_change(*waves)
        if isinstance(found, Scores):
            asked = {**self._asked(), "by": self.by}
            before, after = (_MEASURES[self.metric](self._of([name]), **asked) for name in waves)
            found = compare(after, before, names=(waves[1], waves[0]))
        assert isinstance(found, Comparison)
        return _say(found, waves)


def _say(found: Comparison, waves: list[str]) -> str:
    rows = found.differing.to_dict("records")
    named = [" ".join([*(str(row[key]) for key in found.keys), str(row["verdict"])]) for row in rows[:6]]
    more = f" and {len(rows) - 6} more" if len(rows) > 6 else ""
    told = f"{', '.join(named)}{more}, beyond chance" if named else "cannot tell of any"
    return f"From {waves[0]} to {waves[1]}: {told} ({len(rows)} of {len(found.table)} comparisons)."


def _metrics(feedback: Table) -> list[str]:
    """Return the questions that the feedback can answer, in the order of the measures."""
    said = feedback.data.metric.cast("string").strip().lower()
    there = set(feedback.data.select(metric=said).distinct().to_pandas()["metric"])
    return [name for name in _MEASURES if name in there or (name == "opportunity" and there >= _BOTH)]


def _waves(feedback: Table, column: str) -> list[str]:
    """Return the waves in time where they follow one another; none where the column is missing or no wave."""
    if column not in feedback.columns:
        return []
    data = feedback.data.filter(feedback.data[column].notnull())
    ends = {"start": data.time.min()} if "time" in feedback.columns else {"start": data.count()}
    found = data.group_by(wave=data[column].cast("string")).agg(**ends).limit(_MOST_WAVES + 1).to_pandas()
    order = ["start", "wave"] if "time" in feedback.columns else ["wave"]
    return [] if len(found) > _MOST_WAVES else [str(name) for name in found.sort_values(order)["wave"]]


def _code(metric: str, asked: dict[str, Any], wave: str, waves: list[str], *, compared: bool) -> str:
    """Return the lines that measure and draw the same over a variable ``feedback``.

    >>> print(_code("nps", {"by": "wave"}, "wave", ["spring", "autumn"], compared=False))
    import mapkit as mk
    <BLANKLINE>
    answers = mk.read_feedback(feedback, where={'wave': ['spring', 'autumn']})
    nps = mk.measure_nps(answers, by='wave')
    mk.plot(nps)
    """
    kind = getattr(_MEASURES.get(metric), "__name__", f"measure_{metric}")
    options = "".join(f", {name}={value!r}" for name, value in asked.items())
    lines = ["import mapkit as mk", ""]
    if compared:
        for name, which in zip(("before", "after"), waves, strict=True):
            read = f"mk.read_feedback(feedback, where={{{wave!r}: [{which!r}]}})"
            lines.append(f"{name} = mk.{kind}({read}{options})")
        lines.append(f"{metric} = mk.compare(after, before, names=({waves[1]!r}, {waves[0]!r}))")
    else:
        if waves:
            lines.append(f"answers = mk.read_feedback(feedback, where={{{wave!r}: {waves!r}}})")
        lines.append(f"{metric} = mk.{kind}({'answers' if waves else 'feedback'}{options})")
    return "\n".join([*lines, f"mk.plot({metric})"])
