"""The planted truth: truth.yaml read into values that the generator's arrays can be indexed with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SHIPPED = Path(__file__).with_name("truth.yaml")


@dataclass(frozen=True, slots=True)
class Planted:
    """The parameters of truth.yaml.

    ``values`` is the document as written. Segments, channels and regions are numbered in the order of the
    document, so an array of segment numbers can index what `by_segment` gives.
    """

    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def segments(self) -> list[str]:
        """Segment names; a segment number is a position here."""
        return list(self.values["people"]["segments"])

    @property
    def regions(self) -> list[str]:
        """Region names, in the order of their numbers."""
        return list(self.values["people"]["regions"])

    @property
    def channels(self) -> list[str]:
        """Channel names, in the order of their numbers."""
        return list(self.values["channels"]["list"])

    @property
    def steps(self) -> list[str]:
        """The five steps of the first attempt."""
        return list(self.values["funnel"]["steps"])

    def by_segment(self, part: dict[str, Any], name: str) -> Floats:
        """Return one number per segment, e.g. ``by_segment(planted["subscription"], "churn")``."""
        return np.array([float(part[segment][name]) for segment in self.segments])

    def by_channel(self, name: str) -> Floats:
        """Return the multiplier (``browse`` or ``buy``) of each entry channel."""
        return np.array([float(self.values["channels"][name][channel]) for channel in self.channels])

    def mix(self, weights: dict[str, float]) -> Floats:
        """Return the shares of the channels, in the order of the channel list; channels not named get 0."""
        return np.array([float(weights.get(channel, 0.0)) for channel in self.channels])

    def at(self, path: str) -> Any:
        """Return the parameter at a dotted path, e.g. ``at("funnel.rates.households.purchase")``."""
        found: Any = self.values
        for key in path.split("."):
            found = found[key]
        return found


def read_planted(path: Path = SHIPPED) -> Planted:
    """Return the parameters in a YAML file of truth.yaml's shape.

    Raises
    ------
    ValueError
        If shares that must add up to one do not, or a probability can exceed one.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, faster, where libyaml is there
    planted = Planted(yaml.load(path.read_text(encoding="utf-8"), Loader=loader))
    shares = {"people.segments": planted["people"]["segments"], "people.regions": planted["people"]["regions"]}
    shares |= {f"channels.mix.{name}": mix for name, mix in planted["channels"]["mix"].items()}
    shares["channels.return_mix"] = planted["channels"]["return_mix"]
    for where, parts in shares.items():
        if abs(sum(parts.values()) - 1) > 1e-9:
            raise ValueError(f"{path}: the shares in {where} add up to {sum(parts.values()):.4f}, not 1. Correct one.")
    return planted


def keep_average(factor: float, share: float) -> float:
    """Return the factor for the rest of a group, when `share` of it gets `factor` and the average stays 1."""
    return (1 - share * factor) / (1 - share)


def as_probability(values: Floats, what: str) -> Floats:
    """Return the same array, if every value is a probability.

    Raises
    ------
    ValueError
        If a product of planted factors leaves 0..1.
    """
    if values.size and (values.max() > 1 or values.min() < 0):
        worst = values.max() if values.max() > 1 else values.min()
        raise ValueError(
            f"truth.yaml: the probability of {what} becomes {worst:.3f} for some customers. "
            f"Lower its rate or one of the factors that act on it."
        )
    return values
