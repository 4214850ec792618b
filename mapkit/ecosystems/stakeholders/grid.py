"""Where each stakeholder stands: the power-interest grid, the class of salience, and what to do about each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mapkit.ecosystems.stakeholders.classes import (
    CLASSES,
    NOT_SCORED,
    QUADRANTS,
    counted,
    moved_classes,
    moved_quadrants,
    others,
    quadrants,
    salience,
)
from mapkit.ecosystems.stakeholders.engagement import plan, rhythm
from mapkit.ecosystems.stakeholders.grid_result import Stakeholders
from mapkit.ecosystems.stakeholders.scores import HIGHEST, LOWEST, SCORES, averaged, read_scores
from mapkit.errors import OptionError

_ORDER = (*QUADRANTS, NOT_SCORED)
_COLUMNS = [
    *("actor", "name", "type", *SCORES, "quadrant", "near", "salience", "plan", "every_days"),
    *("missing", "raters", "raters_placed", "disagreement"),
]


def measure_stakeholders(
    actors: Any, *, high: float = 5.0, margin: float = 1.0, every_days: Mapping[str, int] | None = None
) -> Stakeholders:
    """Return each stakeholder's quadrant of power and interest, class of salience, and plan.

    Scores run from 0 to 10. A score at or above ``high`` is high. The quadrants are "manage closely" (high power and
    interest), "keep satisfied" (power), "keep informed" (interest) and "monitor" (neither). Who lacks a score is
    "not scored": nothing is guessed. A quadrant is a judgement of those who scored, no forecast of what anybody does.

    ``table`` columns, a row an actor, those to manage closely first:

    - ``actor``, ``name``, ``type``, ``power``, ``interest``, ``legitimacy``, ``urgency`` (means over raters), each
      with the lowest and highest rating (``_low``, ``_high``)
    - ``quadrant``; ``near``: the other quadrants it falls into when a threshold moves by up to ``margin``
    - ``salience``: definitive, dominant, dangerous, dependent, dormant, discretionary, demanding, non-stakeholder
    - ``missing``: the scores it lacks; ``raters``; ``disagreement``: the share of ``raters_placed`` (raters who gave
      both power and interest) who put it into another quadrant than the means do
    - ``every_days``: days between contacts; ``plan``: what to do, in words

    ``quadrants`` and ``classes`` have ``quadrant`` or ``salience``, ``actors``, ``scored`` (the denominator),
    ``of_scored``, and ``fewest``, ``most``, ``of_scored_low``, ``of_scored_high`` as the thresholds move by ``margin``.

    Parameters
    ----------
    actors
        An actors table, anything ``read_actors`` takes, or an ecosystem. Several ratings of an actor are rows of their
        own with a column ``rater``.
    every_days
        Days between contacts by quadrant, where the house's 14, 30, 30 and 90 do not suit.

    Raises
    ------
    OptionError
        A threshold off the scale, or a rhythm for a quadrant that does not exist.
    TableError
        An actor stands twice without a rater.

    Source: the grid: Mendelow (1991), as commonly cited for power and interest; salience: Mitchell, Agle and Wood
    (1997), Academy of Management Review 22, 853-886.
    """
    if not LOWEST < high <= HIGHEST or not 0 <= margin < HIGHEST:
        raise OptionError(
            f"high={high!r} and margin={margin!r} do not fit scores of 0 to 10. Use, for example, high=5, margin=1."
        )
    days = rhythm(every_days)
    rows, outside = read_scores(actors)
    table = averaged(rows)
    table["quadrant"] = quadrants(table["power"], table["interest"], high, high)
    table["salience"] = salience(table["power"], table["legitimacy"], table["urgency"], (high, high, high))
    own, moved = table["quadrant"].to_numpy(object), moved_quadrants(table, high, margin)
    table["near"] = others(own, moved, QUADRANTS)
    by_quadrant = counted("quadrant", own, moved, QUADRANTS)
    classes = table["salience"].to_numpy(object)
    by_class = counted("salience", classes, moved_classes(table, high, margin), CLASSES)
    table["missing"] = _missing(table)
    table = _with_disagreement(table, rows, high)
    table["every_days"] = table["quadrant"].map(days).astype("Int64")
    table["plan"] = [plan(row, days) for row in table.to_dict("records")]
    table = _sorted(table)
    return Stakeholders(
        f"{len(table):,} stakeholders by power and interest",
        table,
        tuple(_notes(table, outside, high, margin)),
        by_quadrant,
        by_class,
        float(high),
        float(margin),
    )


def _missing(table: pd.DataFrame) -> list[str]:
    lacks = table[list(SCORES)].isna()
    return [", ".join(name for name in SCORES if row[name]) for row in lacks.to_dict("records")]


def _with_disagreement(table: pd.DataFrame, rows: pd.DataFrame, high: float) -> pd.DataFrame:
    own = table.set_index("actor")["quadrant"]
    placed = rows.assign(quadrant=quadrants(rows["power"], rows["interest"], high, high))
    placed = placed[placed["quadrant"] != NOT_SCORED]
    other = (placed["quadrant"] != placed["actor"].map(own)).groupby(placed["actor"])
    counts = table["actor"].map(other.size()).fillna(0).astype("int64")
    shares = table["actor"].map(other.mean()).where(counts > 1)
    return table.assign(raters_placed=counts, disagreement=shares.to_numpy(float))


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    place = table["quadrant"].map({name: k for k, name in enumerate(_ORDER)})
    keyed = table.assign(place=place, weight=-(table["power"] + table["interest"]))
    keyed = keyed.sort_values(["place", "weight", "actor"], kind="stable", ignore_index=True)
    ends = [f"{name}{end}" for name in SCORES for end in ("_low", "_high")]
    return keyed[[*_COLUMNS, *ends]]


def _notes(table: pd.DataFrame, outside: dict[str, int], high: float, margin: float) -> list[str]:
    unplaced = int((table["quadrant"] == NOT_SCORED).sum())
    near = int((table["near"] != "").sum())
    notes = [
        f"A score at or above {high:g} of 10 is high, for every score.",
        f"{near:,} of {len(table) - unplaced:,} change their quadrant when a threshold moves"
        f" by up to {margin:g}; the ranges of the counts are from those moves, not from sampling.",
    ]
    if unplaced:
        notes.append(f"{unplaced:,} lack power or interest and are not scored; what is missing stands beside each.")
    unclassed = int((table["salience"] == NOT_SCORED).sum())
    if unclassed:
        notes.append(f"{unclassed:,} lack power, legitimacy or urgency and have no class of salience.")
    for name, count in outside.items():
        notes.append(f"{count:,} scores of {name} lie outside 0 to 10 and count as missing.")
    if (table["raters"] > 1).any():
        apart = int((table["disagreement"] > 0).sum())
        notes.append(f"Scores are means over raters; for {apart:,} actors some rater sees another quadrant.")
    notes.append("Scores are opinions: a quadrant says how those who scored see an actor.")
    return notes
