"""A funnel to play with: stage model, steps, window, order, unit and breakdown, and the picture that follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import traitlets

from mapkit.errors import MapkitError, OptionError
from mapkit.journeys import Funnel, Step, measure_funnel
from mapkit.loaders import read_events
from mapkit.plots import describe, render_picture
from mapkit.stages import StageModel, map_stages
from mapkit.tables import Table
from mapkit.widgets.canvas import Canvas, check_keywords, page
from mapkit.widgets.model_choice import ModelChoice
from mapkit.widgets.prepared import choices_of, hold, prepare
from mapkit.widgets.reproducing import funnel_code

# 7.5 inches of paper shown 720 pixels wide, at two dots a pixel.
_DPI = 192
_WIDE = 720
_SETTINGS = ("steps", "model", "window", "order", "unit", "breakdown")


class FunnelExplorer(Canvas):
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

    _esm = page("funnel_explorer.js", "explorer.js")
    _css = page("funnel_explorer.css")

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

    # What the page shows: the settings that the answer is for, and the answer.
    shown = traitlets.Dict().tag(sync=True)
    picture = traitlets.Bytes(b"").tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)
    notes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    code = traitlets.Unicode("").tag(sync=True)

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
        self._following = False
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
        self._follow()
        self.observe(self._changed, list(_SETTINGS))

    @property
    def options(self) -> dict[str, Any]:
        """The settings now: steps, model, window, order, unit, breakdown."""
        return {name: list(self.steps) if name == "steps" else getattr(self, name) for name in _SETTINGS}

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

    def _changed(self, change: Any) -> None:
        # Several traits in one message are all set before the first is announced: one measurement answers them all.
        if not self._following and self.shown != self.options:
            self._follow()

    def _follow(self) -> None:
        """Measure what is asked now, and show it or why it cannot be measured."""
        self._following = True
        try:
            events = self._in_stages()
            self._result = self._measured(events) if self.steps else None
        except MapkitError as fault:
            self._result = fault
        finally:
            self._following = False
        self._show()

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

    def _show(self) -> None:
        result, fault = self._result, self._result if isinstance(self._result, MapkitError) else None
        funnel = result if isinstance(result, Funnel) else None
        with self.hold_sync():
            self.picture = b"" if funnel is None else render_picture(funnel, dpi=_DPI)
            self.alt = "" if funnel is None else describe(funnel)
            self.notes = [] if funnel is None else list(funnel.notes)
            self.message = "" if fault is None else str(fault)
            self.code = funnel_code(self._full_steps(), model=self._models.expression(self.model), **self._asked())
            self.shown = self.options

    def _still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return ({"image/png": self.picture}, {"image/png": {"width": _WIDE}}) if self.picture else ({}, {})


def _names_of(steps: Sequence[str | Step] | None) -> list[str]:
    if isinstance(steps, str):
        raise OptionError(f"steps={steps!r} is one name. Give a list, such as [{steps!r}].")
    return [step.name if isinstance(step, Step) else str(step) for step in steps or ()]


def _window_text(window: str | timedelta | None) -> str | None:
    return f"{window.total_seconds():.0f}s" if isinstance(window, timedelta) else window
