"""Claims: a sentence, the number it rests on, and whether the number still carries it."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

from mapkit.errors import OptionError
from mapkit.statistics import Condition
from mapkit.statistics.estimates import written

State = Literal["reversed", "untestable", "weakened", "holds"]

STATES: tuple[State, ...] = ("reversed", "untestable", "weakened", "holds")
"""Every state, worst first: a claim with several conditions has the state of its worst."""

MIME_TYPE = "application/vnd.mapkit.claim+json"
_COLOURS = {"reversed": "#D55E00", "untestable": "#8A8A8A", "weakened": "#E69F00", "holds": "#0072B2"}


@dataclass(frozen=True)
class Weighed:
    """One condition, the state it is in, and why in a few words (empty where the numbers say it all)."""

    condition: Condition
    state: State
    reason: str = ""

    def said(self, before: Weighed | None = None) -> str:
        """Return the condition in words; an estimate that stood in the one ``before`` is not said again."""
        estimate, sign = self.condition.estimate, self.condition.operator
        number = "" if before and before.condition.estimate == estimate else f"{estimate.name} {estimate}; "
        reason = f"; {self.reason}" if self.reason else ""
        return f"{number}needs {sign} {written(self.condition.threshold, estimate.unit)}{reason}"


@dataclass(frozen=True, repr=False)
class Claim:
    """A sentence about the data and the conditions that must be met for it to stand.

    Each condition is weighed, in this order:

    - **untestable**: the value is unknown, or it rests on fewer than ``minimum_n``;
    - **reversed**: the value itself does not meet the condition;
    - **weakened**: it does, but with less than ``margin`` to spare, or its interval reaches the threshold;
    - **holds**: it does, by at least ``margin``, and the whole interval lies on the right side.

    An estimate without an interval is judged by its value and margin alone. The claim is in the worst state of its
    conditions (``STATES``, worst first).
    """

    text: str
    conditions: tuple[Condition, ...]
    margin: float = 0.0
    minimum_n: int = 30

    @cached_property
    def weighed(self) -> tuple[Weighed, ...]:
        """Every condition with its state and reason, in the order given."""
        return tuple(_weigh(condition, self.margin, self.minimum_n) for condition in self.conditions)

    @property
    def decisive(self) -> Weighed:
        """The condition that decides the state: the first of the worst."""
        return min(self.weighed, key=lambda weighed: STATES.index(weighed.state))

    @property
    def state(self) -> State:
        """One of ``STATES``."""
        return self.decisive.state

    @property
    def reason(self) -> str:
        """Why the claim is not plainly as its numbers say, or an empty string."""
        return self.decisive.reason

    def to_json(self) -> dict[str, Any]:
        """Return the claim as plain data: the decisive condition's numbers, and every condition when there are more.

        Keys: text, state, reason, number (the estimate's name), value, low, high, n, unit, operator, threshold,
        margin, minimum_n, said (the line as text) and, for several, conditions. An unknown value is None.
        """
        plain = {"text": self.text, "state": self.state, "reason": self.reason, **_numbers(self.decisive.condition)}
        plain |= {"margin": self.margin, "minimum_n": self.minimum_n, "said": str(self)}
        if len(self.weighed) > 1:
            plain["conditions"] = [
                {"state": each.state, "reason": each.reason, **_numbers(each.condition)} for each in self.weighed
            ]
        return plain

    def __str__(self) -> str:
        spare = f", margin {_margin(self.margin, self.decisive.condition.estimate.unit)}" if self.margin else ""
        said = [each.said(before) for before, each in pairwise((None, *self.weighed)) if each]
        return f"{self.state}: {self.text} ({' and '.join(said)}{spare})"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return headline(self.to_json())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": str(self), "text/html": self._repr_html_(), MIME_TYPE: self.to_json()}


def claim(text: str, *, holds_if: Condition | Sequence[Condition], margin: float = 0.0, minimum_n: int = 30) -> Claim:
    """Return a claim: holds, weakened, reversed or untestable (see :class:`Claim` for the rule).

    Parameters
    ----------
    text
        The sentence as you would say it to a colleague.
    holds_if
        A comparison of an estimate with a number or with another estimate, or a list of them that must all be met.
    margin
        How much must be to spare for the claim to hold, in the estimate's unit: 0.02 is two percentage points of a
        share.
    minimum_n
        The smallest denominator that is worth a claim.

    Raises
    ------
    OptionError
        ``holds_if`` is not made of conditions, the text is empty, or a margin is negative or not a number.

    Examples
    --------
    >>> from mapkit.statistics import Estimate
    >>> bought = Estimate.of_share("purchase of first_visit", 668, 3120)
    >>> claim("Fewer than one visitor in four buys", holds_if=bought < 0.25, margin=0.02)
    holds: Fewer than one visitor in four buys (purchase of first_visit 21.4% [20.0%, 22.9%] of 3,120; needs < 25.0%, \
margin 2.0 points)
    """
    if not str(text).strip():
        raise OptionError("A claim needs its sentence: claim('Fewer than one visitor in four buys', holds_if=...).")
    if not (math.isfinite(margin) and margin >= 0):
        raise OptionError(
            f"margin={margin!r} is not a distance. Use 0 or more, in the estimate's unit (0.02 is 2 points)."
        )
    return Claim(str(text).strip(), _conditions(holds_if), float(margin), int(minimum_n))


def headline(plain: dict[str, Any]) -> str:
    """Return a claim (as ``Claim.to_json`` gives it) as an HTML block; everything in it is escaped."""
    state = plain["state"] if plain.get("state") in STATES else "untestable"
    numbers = str(plain.get("said", "")).removeprefix(f"{state}: {plain['text']}").strip()
    numbers = html.escape(numbers.removeprefix("(").removesuffix(")"))
    return (
        f"<div class='mapkit-claim {state}' style='border-left:4px solid {_COLOURS[state]};padding:.3em .9em;"
        f"margin:.5em 0'><div><strong>{state}</strong> {html.escape(plain['text'])}</div>"
        f"<div style='color:#666;font-size:.9em'>{numbers}</div></div>"
    )


def _conditions(holds_if: Condition | Sequence[Condition]) -> tuple[Condition, ...]:
    given = (holds_if,) if isinstance(holds_if, Condition) else holds_if
    if not isinstance(given, (list, tuple)) or not given or not all(isinstance(each, Condition) for each in given):
        raise OptionError(
            f"holds_if={holds_if!r} is not a condition. Compare an estimate with a number, "
            "holds_if=funnel.share('purchase') < 0.25, or give a list of such comparisons."
        )
    return tuple(given)


def _weigh(condition: Condition, margin: float, minimum_n: int) -> Weighed:
    estimate = condition.estimate
    if estimate.n == 0:
        return Weighed(condition, "untestable", "nothing was observed, n is 0")
    if not math.isfinite(estimate.value):
        return Weighed(condition, "untestable", "the value is unknown")
    if estimate.n < minimum_n:
        return Weighed(condition, "untestable", f"n is below {minimum_n:,}")
    # On the right side when positive, whichever way the condition looks.
    sign = 1 if condition.operator in (">", ">=") else -1
    spare = sign * (estimate.value - condition.threshold)
    ends = [sign * (end - condition.threshold) for end in (estimate.low, estimate.high) if not math.isnan(end)]
    if not condition.is_met:
        return Weighed(
            condition, "reversed", "the interval still reaches the threshold" if max(ends, default=-1) > 0 else ""
        )
    if ends and min(ends) < 0:
        return Weighed(condition, "weakened", "the interval reaches the threshold")
    if spare < margin and not math.isclose(spare, margin, abs_tol=1e-12):
        return Weighed(condition, "weakened", "met with less than the margin to spare")
    return Weighed(condition, "holds")


def _margin(margin: float, unit: str) -> str:
    return f"{margin * 100:.1f} points" if unit in ("share", "points") else written(margin, unit)


def _numbers(condition: Condition) -> dict[str, Any]:
    estimate = condition.estimate
    values = {"value": estimate.value, "low": estimate.low, "high": estimate.high, "threshold": condition.threshold}
    plain = {name: float(value) if math.isfinite(value) else None for name, value in values.items()}
    return {
        "number": estimate.name,
        **plain,
        "n": int(estimate.n),
        "unit": estimate.unit,
        "operator": condition.operator,
    }
