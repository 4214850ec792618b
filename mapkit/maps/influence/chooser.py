"""Which map to draw for an objective: the ecosystem map, the influencer map or both, with the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.maps.influence.questionnaire import (
    BOTH,
    ECOSYSTEM,
    INFLUENCER,
    KNOWN,
    LESSONS,
    NEEDS,
    OBJECTIVES,
    STARTS,
    MapKind,
)
from mapkit.statistics import Result

_NEAR = 1  # points between the maps up to which both are drawn, where each has at least two


@dataclass(frozen=True, eq=False)
class MapChoice(Result):
    """Which map to draw. See :func:`choose_map` for the columns of ``table``."""

    objective: str = ""
    choice: MapKind = BOTH
    needs: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    start_with: tuple[str, ...] = ()
    lessons: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, in sentences."""
        return tuple(self.table["reason"])

    @property
    def missing(self) -> tuple[str, ...]:
        """What data is needed and not there; what is optional is not in it."""
        return tuple(self.needs.loc[self.needs["needed"] & ~self.needs["there"], "data"])


def choose_map(
    objective: str, *, known: str | Sequence[str] = (), data: Sequence[str] | None = None, accounts: bool = False
) -> MapChoice:
    """Return which map to draw for a sales objective, why, which data it needs, and where to begin.

    A short questionnaire of declared points, no measurement: read the reasons, and overrule them.

    ``table`` columns: ``about`` (the objective, what is known, who buys), ``reason``, ``ecosystem`` and ``influencer``:
    the points it gives each map. ``needs``: ``map``, ``data``, ``what``, ``needed``, ``there``.

    Parameters
    ----------
    objective
        A key of ``OBJECTIVES``, such as "find partners" or "raise conversion".
    known
        What is known already: "the audience", "the players", "the influencers", "nothing".
    data
        The data at hand: "actors", "ties", "posts", "exposures", "events". None: not said.
    accounts
        Whether groups of people decide (business to business).

    Raises
    ------
    OptionError
        An objective, or something known or at hand, that the questionnaire does not have.
    """
    if objective not in OBJECTIVES:
        raise OptionError(
            f"objective={objective!r} is not in the questionnaire. It has {listed(OBJECTIVES)}."
            f"{nearest(str(objective), OBJECTIVES)}"
        )
    told = _among([known] if isinstance(known, str) else known, KNOWN, "known")
    table = pd.DataFrame(_rows(objective, told, accounts), columns=["about", "reason", "ecosystem", "influencer"])
    points = table[["ecosystem", "influencer"]].sum()
    choice = _choice(int(points["ecosystem"]), int(points["influencer"]))
    maps = [ECOSYSTEM, INFLUENCER] if choice == BOTH else [choice]
    needs = _needs(maps, None if data is None else _among(data, _all_data(), "data"))
    parts = [*maps, BOTH] if choice == BOTH else maps
    return MapChoice(
        f"To {OBJECTIVES[objective].said}: draw {'both maps' if choice == BOTH else f'the {choice}'}",
        table,
        (
            "Points are declared, 0 to 3 for an objective and 1 for each fact: no measurement. Both maps are drawn"
            " where each has two points or more and they differ by one at most.",
            "A map of either kind is a picture of what was collected: say who was asked, and when.",
        ),
        objective,
        choice,
        needs,
        tuple(each for part in parts for each in STARTS[part]),
        tuple(each for part in parts for each in LESSONS[part]),
    )


def _rows(objective: str, known: Sequence[str], accounts: bool) -> list[tuple[str, str, int, int]]:
    asked = OBJECTIVES[objective]
    rows = [
        ("the objective", asked.why_ecosystem, asked.ecosystem, 0),
        ("the objective", asked.why_influencer, 0, asked.influencer),
    ]
    for name in known:
        ecosystem, influencer, why = KNOWN[name]
        rows.append((f"known: {name}", why, ecosystem, influencer))
    if accounts:
        why = "Groups decide: somebody who is heard by one of them has not won the others."
        rows.append(("who buys", why, 1, 0))
    return rows


def _choice(ecosystem: int, influencer: int) -> MapKind:
    if min(ecosystem, influencer) >= 2 and abs(ecosystem - influencer) <= _NEAR:
        return BOTH
    return ECOSYSTEM if ecosystem >= influencer else INFLUENCER


def _all_data() -> list[str]:
    return list(dict.fromkeys(name for needs in NEEDS.values() for name, _ in needs))


def _needs(maps: Sequence[MapKind], data: Sequence[str] | None) -> pd.DataFrame:
    optional = ("exposures", "events")
    rows = [
        {
            "map": each,
            "data": name,
            "what": what,
            "needed": name not in optional,
            "there": data is not None and name in data,
        }
        for each in maps
        for name, what in NEEDS[each]
    ]
    return pd.DataFrame(rows)


def _among(given: Sequence[str], there: object, option: str) -> tuple[str, ...]:
    names = [str(each) for each in there]  # type: ignore[attr-defined]
    wanted = [given] if isinstance(given, str) else list(given)
    for name in wanted:
        if name not in names:
            raise OptionError(
                f"{option} has {name!r}. The questionnaire has {listed(names)}.{nearest(str(name), names)}"
            )
    return tuple(dict.fromkeys(wanted))
