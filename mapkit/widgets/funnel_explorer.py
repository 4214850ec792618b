"""A funnel to play with: stage model, steps, window, order, unit and breakdown, and the picture that follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import traitlets

from mapkit.errors import MapkitError, OptionError
from mapkit.journeys import Funnel, Step, measure_funnel
from mapkit.loaders import read_events
from mapkit.stages import StageModel, map_stages
from mapkit.tables import Table
from mapkit.widgets.canvas import check_keywords, page
from mapkit.widgets.explorer import PictureExplorer
from mapkit.widgets.model_choice import ModelChoice
from mapkit.widgets.prepared import choices_of, hold, prepare
from mapkit.widgets.reproducing import funnel_code

_SETTINGS = ("steps", "model", "window", "order", "unit", "breakdown")


class FunnelExplorer(PictureExplorer):
    """A funnel over these events that follows the controls, and the code that makes the same funnel.

    The events are held in memory once, in time order, so that an answer takes a fraction of a second (logs of more
    than 5 million rows and remote tables are asked where they lie). What cannot be measured is said in words in the
    place of the picture. Every setting is a trait that Python can set as well.

    Parameters
    ----------
    events
        An events table, or anything ``read_events`` takes.
    steps
        Names of stages or events, or :class:`~mapkit.journeys.Step`. Without them, the stages that occur.
    model
        A stage model, or the name of a built-in one ("AARRR", "JOURNEY", "TOFU_MOFU_BOFU"); None for plain events
        (or for the stages that ``map_stages`` gave the table).
    window, order, unit, breakdown
        As in ``measure_funnel``.

    Raises
    ------
    OptionError
        An option the explorer does not have, or one of the wrong kind.
    """

    _settings = _SETTINGS
    _esm = page("funnel_explorer.js", "explorer.js")
    _css = page("funnel_explorer.css", "explorer.css")

    steps = traitlets.List(traitlets.Unicode()).tag(sync=True)
    model = traitlets.Unicode("").tag(sync=True)
    window = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    order = traitlets.Unicode("ordered").tag(sync=True)
    unit = traitlets.Unicode("customer").tag(sync=True)
    breakdown = traitlets.Unicode(None, allow_none=True).tag(sync=True)

    # What can be chosen: [kind, name, rows] of stages and events, [value, label] of models, names of columns.
    choices = traitlets.List(traitlets.List()).tag(sync=True)
    more_names = traitlets.Int(0).tag(sync=True)
    models = traitlets.List(traitlets.List()).tag(sync=True)
    units = traitlets.List(traitlets.Unicode()).tag(sync=True)
    breakdowns = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self,
        events: Any,
        steps: Sequence[str | Step] | None = None,
        *,
        model: StageModel | str | None = None,
        window: str | timedelta | None = None,
        order: str = "ordered",
        unit: str = "customer",
        breakdown: str | None = None,
        **more: Any,
    ) -> None:
        check_keywords("FunnelExplorer", more, _SETTINGS)
        names = _names_of(steps)
        self._log = prepare(read_events(events))
        self._models = ModelChoice.of(model)
        self._given = {step.name: step for step in steps or () if isinstance(step, Step)}
        self._staged: tuple[str, Table] = ("", self._log.events)
        self._result: Funnel | MapkitError | None = None
        self._last_steps: dict[str, list[str]] = {}
        super().__init__(
            steps=names,
            model=self._models.first,
            window=_window_text(window),
            order=order,
            unit=unit,
            breakdown=breakdown,
            models=self._models.labels("Stages of the table" if self._log.events.stages else "None: plain events"),
            more_names=self._log.names_in_all - len(self._log.names),
            units=["customer", *(["session"] if "session" in self._log.events.columns else []), "event"],
            breakdowns=list(self._log.columns),
            **more,
        )
        self._begin()

    @property
    def result(self) -> Funnel:
        """The funnel of the settings now. Raises the MapkitError that is shown in its place when there is none."""
        if isinstance(self._result, MapkitError):
            raise self._result
        if self._result is None:
            raise OptionError(
                "The funnel has no steps yet. Choose them in the explorer, or set explorer.steps = [...]."
            )
        return self._result

    @property
    def stage_model(self) -> StageModel | None:
        """The stage model in use, or None."""
        return self._models.get(self.model)

    def _follow(self) -> None:
        """Measure what is asked now, and show it or why it cannot be measured."""
        self._following = True
        try:
            events = self._in_stages()
            self._result = self._measured(events) if self.steps else None
        except MapkitError as failed:
            self._result = failed
        finally:
            self._following = False
        picture, fault = self._drawn(self._result)
        code = funnel_code(self._full_steps(), model=self._models.expression(self.model), **self._asked())
        self._show(self._result, picture, fault, code)

    def _in_stages(self) -> Table:
        """Return the events in the chosen model's stages; with another model come its stages, or its last steps."""
        before = self._staged[0]
        if self.model != before or not self.choices:
            self._staged = (self.model, self._put_stages())
            self.choices = choices_of(self._staged[1], self._log.names, own=self._given)
            asked_before = self.shown.get("steps", [])
            if self.steps == asked_before:
                self._last_steps[before] = list(self.steps)
                stages = [name for kind, name, rows in self.choices if kind == "stage" and rows]
                self.steps = self._last_steps.get(self.model) or stages
        return self._staged[1]

    def _put_stages(self) -> Table:
        model = self.stage_model
        if model is None:
            return self._log.events
        staged = map_stages(self._log.events, model, unmapped="keep")
        # Numbering a customer's events (nth) shuffles the rows.
        return hold(staged, in_time_order=any(rule.nth for rule in model.rules))

    def _asked(self) -> dict[str, Any]:
        """Return the options that differ from those of ``measure_funnel``."""
        asked = {
            "window": self.window or None,
            "order": self.order,
            "unit": self.unit,
            "breakdown": self.breakdown or None,
        }
        usual = {"window": None, "order": "ordered", "unit": "customer", "breakdown": None}
        return {name: value for name, value in asked.items() if value != usual[name]}

    def _measured(self, events: Table) -> Funnel:
        return measure_funnel(events, self._full_steps(), **self._asked())

    def _full_steps(self) -> list[str | Step]:
        return [self._given.get(name, name) for name in self.steps]


def _names_of(steps: Sequence[str | Step] | None) -> list[str]:
    if isinstance(steps, str):
        raise OptionError(f"steps={steps!r} is one name. Give a list, such as [{steps!r}].")
    return [step.name if isinstance(step, Step) else str(step) for step in steps or ()]


def _window_text(window: str | timedelta | None) -> str | None:
    return f"{window.total_seconds():.0f}s" if isinstance(window, timedelta) else window
