"""An attribution to play with: conversion, touch, window, Markov order, and which models are set side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pandas as pd
import traitlets

from mapkit.errors import MapkitError, OptionError, listed, nearest
from mapkit.journeys.attribution import Attribution, measure_attribution, measure_attribution_paths
from mapkit.journeys.attribution.credits import MODELS
from mapkit.loaders import read_events
from mapkit.widgets.canvas import check_keywords, page
from mapkit.widgets.explorer import PictureExplorer
from mapkit.widgets.prepared import prepare

_ASKED = ("conversion", "touch", "touches", "window", "markov_order")
_SETTINGS = (*_ASKED, "models", "show")
_USUAL: dict[str, Any] = {"touch": "channel", "touches": "changes", "window": None, "markov_order": 1}


class AttributionExplorer(PictureExplorer):
    """An attribution that follows the controls, and the code that makes the same one. Association, not cause.

    All models are measured at once, so that models are set side by side or taken away without measuring again. Events
    are held in memory once, in time order. What cannot be measured is said in words in the place of the picture.

    Parameters
    ----------
    events
        An events table, or anything ``read_events`` takes; or a frame of paths, as ``measure_attribution_paths`` takes.
    conversion, touch, touches, window, markov_order
        As in ``measure_attribution``. Of paths, only ``markov_order`` can be chosen.
    models
        Those that are shown.
    show
        "share", "value" or "removal".

    Raises
    ------
    OptionError
        An option the explorer does not have, or events without a conversion.
    """

    _settings = _SETTINGS
    _esm = page("attribution_explorer.js", "explorer.js")
    _css = page("attribution_explorer.css", "explorer.css")

    conversion = traitlets.Unicode("").tag(sync=True)
    touch = traitlets.Unicode("channel").tag(sync=True)
    touches = traitlets.Unicode("changes").tag(sync=True)
    window = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    markov_order = traitlets.Int(1).tag(sync=True)
    models = traitlets.List(traitlets.Unicode()).tag(sync=True)
    show = traitlets.Unicode("share").tag(sync=True)

    # What can be chosen: names of events and columns, ways to take touches, all models.
    conversions = traitlets.List(traitlets.Unicode()).tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    ways = traitlets.List(traitlets.Unicode()).tag(sync=True)
    all_models = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self,
        events: Any,
        *,
        conversion: str = "",
        touch: str = "channel",
        touches: str = "changes",
        window: str | timedelta | None = None,
        markov_order: int = 1,
        models: Sequence[str] = MODELS,
        show: str = "share",
        **more: Any,
    ) -> None:
        check_keywords("AttributionExplorer", more, _SETTINGS)
        self._paths = events if _is_path_list(events) else None
        self._log = None if self._paths is not None else prepare(read_events(events))
        names = [] if self._log is None else [name for name, _ in self._log.names]
        if self._log is not None and conversion not in names:
            raise OptionError(
                f"conversion={conversion!r} is no event of the log. It has {listed(names)}.{nearest(conversion, names)}"
            )
        self._measured: tuple[dict[str, Any], Attribution | MapkitError] | None = None
        super().__init__(
            conversion=conversion,
            touch=touch,
            touches=touches,
            window=f"{window.total_seconds():.0f}s" if isinstance(window, timedelta) else window,
            markov_order=markov_order,
            models=[models] if isinstance(models, str) else list(models),
            show=show,
            conversions=names,
            columns=[] if self._log is None else list(self._log.columns),
            ways=[] if self._log is None else self._ways(),
            all_models=list(MODELS),
            **more,
        )
        self._begin()

    @property
    def result(self) -> Attribution:
        """The attribution of the settings now, by all models. Raises the MapkitError that is shown in its place."""
        found = self._answer()
        if isinstance(found, MapkitError):
            raise found
        return found

    def _ways(self) -> list[str]:
        assert self._log is not None
        return ["changes", "events", *(["sessions"] if "session" in self._log.events.columns else [])]

    def _answer(self) -> Attribution | MapkitError:
        """Return the attribution by all models, measured only when something else than what is shown has changed."""
        asked = {name: getattr(self, name) for name in _ASKED}
        if self._measured is None or self._measured[0] != asked:
            try:
                found: Attribution | MapkitError = self._measure()
            except MapkitError as fault:
                found = fault
            self._measured = (asked, found)
        return self._measured[1]

    def _measure(self) -> Attribution:
        if self._log is None:
            return measure_attribution_paths(self._paths, markov_order=self.markov_order)
        return measure_attribution(self._log.events, conversion=self.conversion, **self._asked())

    def _asked(self) -> dict[str, Any]:
        """Return the options of the measure that are not the usual ones."""
        asked = {name: getattr(self, name) or None for name in _USUAL}
        known = asked if self._log is not None else {"markov_order": asked["markov_order"]}
        return {name: value for name, value in known.items() if value != _USUAL[name]}

    def _follow(self) -> None:
        """Show what is asked now, or why it cannot be measured or drawn."""
        found = self._answer()
        if self.models:
            picture, fault = self._drawn(found, show=self.show, models=list(self.models))
        else:
            picture, fault = b"", OptionError("No model is chosen. Choose at least one.")
        self._show(found, picture, fault, self._code())

    def _code(self) -> str:
        """Return the lines of Python that make the same numbers and the same picture."""
        given = [f"{name}={value!r}" for name, value in self._asked().items()]
        call = (
            f"mk.measure_attribution({', '.join(['events', f'conversion={self.conversion!r}', *given])})"
            if self._log is not None
            else f"mk.measure_attribution_paths({', '.join(['paths', *given])})"
        )
        options = [] if self.show == "share" else [f"show={self.show!r}"]
        options += [] if list(self.models) == list(MODELS) else [f"models={list(self.models)!r}"]
        return "\n".join(
            ["import mapkit as mk", "", f"attribution = {call}", f"mk.plot({', '.join(['attribution', *options])})"]
        )


def _is_path_list(given: Any) -> bool:
    columns = getattr(given, "columns", ())
    return isinstance(given, pd.DataFrame) and "path" in columns and "conversions" in columns
