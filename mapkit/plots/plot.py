"""One `plot(result)` that knows every result, and the sentence that says it to those who cannot see it."""

from __future__ import annotations

import importlib
import inspect
import weakref
from collections.abc import Callable
from functools import singledispatch
from typing import Any

from matplotlib.axes import Axes

from mapkit.errors import OptionError, listed, nearest
from mapkit.plots.names import shown

_alt_texts: weakref.WeakKeyDictionary[Axes, str] = weakref.WeakKeyDictionary()


@singledispatch
def drawing(result: object, ax: Axes | None, **options: Any) -> Axes:
    """Draw a result's page. A picture registers itself here for its class; call ``plot`` instead."""
    raise OptionError(
        f"plot cannot draw a {type(result).__name__}. It draws {listed(_drawable())}."
        f"{nearest(type(result).__name__, _drawable())} Give it what a measure_* function returned."
    )


@singledispatch
def sentence(result: object) -> str:
    """Say a result in one sentence. A picture registers itself here for its class; call ``describe`` instead."""
    return f"{getattr(result, 'title', type(result).__name__)}."


def plot(result: object, ax: Axes | None = None, **options: Any) -> Axes:
    """Draw a result and return the axes it stands on.

    Without ``ax`` a new pyplot figure takes the size the picture needs; as the last expression of a notebook cell it is
    shown once. An axes that is given is wiped and drawn upon; alone on its figure it is placed to fill it.

    Parameters
    ----------
    result
        What a ``measure_*`` function returned.
    ax
        Where to draw; see ``blank_page`` for one that pyplot does not keep.
    **options
        Options of that picture; an unknown one is refused with the list of those it has.

    Raises
    ------
    OptionError
        When there is no picture for the result's type, or the picture has no such option.
    """
    _know_picture_of(result)
    draw = drawing.dispatch(type(result))
    if draw is not drawing.dispatch(object):
        _check_options(draw, type(result).__name__, options)
    drawn: Axes = draw(result, ax, **options)
    _alt_texts[drawn] = describe(result)
    return drawn


def describe(result: object) -> str:
    """Return one sentence that says what the result's picture shows: its alt text for screen readers."""
    _know_picture_of(result)
    return " ".join(shown(part) for part in sentence(result).split())


def alt_text(ax: Axes) -> str:
    """Return the alt text of an axes that ``plot`` has drawn; empty for any other."""
    return _alt_texts.get(ax, "")


def _know_picture_of(result: object) -> None:
    # Not at the top: pictures import this module, and one that is there already needs none of the others.
    if sentence.dispatch(type(result)) is sentence.dispatch(object):
        importlib.import_module("mapkit.plots.pictures")


def _drawable() -> list[str]:
    return sorted(kind.__name__ for kind in drawing.registry if kind is not object)


def _check_options(draw: Callable[..., Axes], kind: str, options: dict[str, Any]) -> None:
    parameters = inspect.signature(draw).parameters.values()
    known = [each.name for each in parameters if each.kind is inspect.Parameter.KEYWORD_ONLY]
    for name in options:
        if name not in known:
            has = f"It has {listed(known)}." if known else "It has no options."
            raise OptionError(f"The picture of a {kind} has no option {name!r}. {has}{nearest(name, known)}")
