"""What is asked, of whom, and what is held against mapkit: the form that all questions share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Answer = list[Any]
Contestant = Callable[[Path], Answer]
Steps = dict[str, Callable[[], Answer]]


@dataclass(frozen=True)
class Worth:
    """What an answer is worth where none is the right one; more is better.

    The run stops where a contestant's is above mapkit's by more than the share ``within``.
    """

    heading: str
    judge: Callable[[Path, Answer], float]
    within: float


@dataclass(frozen=True)
class Question:
    """Contestants by name; one of ``parted`` returns steps by name, which are timed one by one, in their order.

    ``cpu`` and ``memory`` are goals: mapkit's cost as a multiple of the peer's, at most. ``most_mb`` is one without
    a peer. Without a ``worth`` all must give the same answer.
    """

    contestants: dict[str, Contestant] = field(default_factory=dict)
    parted: dict[str, Callable[[Path], Steps]] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    most_mb: int | None = None
    worth: Worth | None = None

    @property
    def names(self) -> list[str]:
        """Who is asked; mapkit first."""
        return [*self.contestants, *self.parted]

    def steps(self, name: str, path: Path) -> Steps:
        """Return what a contestant does, part by part; most do it in one go."""
        if name in self.parted:
            return self.parted[name](path)
        return {"": lambda: self.contestants[name](path)}


@dataclass(frozen=True)
class Family:
    """Questions on files of one kind: ``make`` writes one of a size, ``setting`` names the variable with the sizes.

    A run on a file of the size ``small`` goes before each, so that no time holds imports and compiling. Goals are
    judged at ``goal_size`` alone. ``peers`` are packages.
    """

    unit: str
    make: Callable[[Path, int], Path]
    small: int
    setting: str
    sizes: str
    goal_size: int
    peers: tuple[str, ...]
    questions: dict[str, Question]
