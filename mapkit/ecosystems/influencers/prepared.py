"""Influencers made ready to be ranked: what each one is worth, and how far chance moves it, worked out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.influencers.audience_fit import audience_fit, authenticity
from mapkit.ecosystems.influencers.components import Components
from mapkit.ecosystems.influencers.engagement import engaged
from mapkit.ecosystems.influencers.people import ENGAGEMENTS, Per, read_people
from mapkit.ecosystems.influencers.relevance import FIELDS
from mapkit.ecosystems.influencers.tiers import KolRule, kol_types_of
from mapkit.errors import OptionError, TableError


@dataclass(frozen=True, eq=False)
class Prepared:
    """Influencers with their components and the draws of these: new weights only weigh them anew.

    ``people`` has a row each (actor, name, platform, followers, tier, type, posts, engagement, compared_with, note);
    ``scored`` are the rows that get a score. ``components`` names the columns of ``points`` (a row for each of the
    ``scored``, 0..1); ``drawn`` has the logarithms of the draws, one array (draws, scored) or (scored,) a component.
    """

    people: pd.DataFrame
    posts: pd.DataFrame = field(repr=False)
    scored: np.ndarray = field(repr=False)
    components: tuple[str, ...]
    points: np.ndarray = field(repr=False)
    drawn: tuple[np.ndarray, ...] = field(repr=False)
    topics: tuple[str, ...]
    draws: int
    seed: int
    notes: tuple[str, ...]
    parts: Components = field(repr=False)

    def about(self, topics: Sequence[str] | None) -> Prepared:
        """Return the same influencers with their relevance to other topics, or to none; nothing else is worked out."""
        return prepared_of(self.parts.about(topics))

    def intervals(self, row: int, confidence: float = 0.95) -> dict[str, tuple[float, float, float]]:
        """Return value, low and high of each component of one of the ``scored``."""
        ends = [0.5 - confidence / 2, 0.5 + confidence / 2]
        found = {}
        for k, (name, drawn) in enumerate(zip(self.components, self.drawn, strict=True)):
            value = float(self.points[row, k])
            low, high = (value, value) if drawn.ndim == 1 else np.quantile(np.exp(drawn[:, row]), ends)
            found[name] = (value, min(float(low), value), max(float(high), value))
        return found


def prepare_ranking(
    actors: Any,
    posts: Any,
    *,
    topics: Sequence[str] | None = None,
    half_life: str | pd.Timedelta = "90 days",
    fields: Mapping[str, float] = FIELDS,
    per: Per = "followers",
    count: Sequence[str] = ENGAGEMENTS,
    since: Any = None,
    until: Any = None,
    audiences: Any = None,
    wanted: Mapping[str, float] | None = None,
    audience: Any = None,
    authentic: str | None = None,
    kol_types: KolRule | None = None,
    unguarded: bool = False,
    draws: int = 500,
    seed: int = 0,
) -> Prepared:
    """Return influencers ready to be ranked by any weights. Parameters as in :func:`rank_influencers`."""
    if not 20 <= draws <= 10_000:
        raise OptionError(f"draws={draws!r} is out of range. Use 20 to 10,000; 500 is usual.")
    known = read_people(actors, posts, per=per, count=count, since=since, until=until)
    sums, prior, note = engaged(known)
    parts = Components(known, (sums, prior, note), (draws, seed), unguarded, kol_types)
    parts.reach(audiences)
    parts.half_life, parts.fields = _span(half_life), fields
    if topics is not None:
        parts.relevance(topics)
    parts.resonance()
    if wanted is not None:
        parts.share("fit", audience_fit(known.people, wanted, audience), "audience not known")
    if authentic is not None:
        parts.share("authenticity", authenticity(known.people, authentic), f"{authentic} not known")
    return prepared_of(parts)


def prepared_of(parts: Components) -> Prepared:
    """Return the components ready to be weighed. Raises TableError where nobody can be scored."""
    scored = parts.use
    if not scored.any():
        raise TableError(_nobody(np.where(parts.note != "", parts.note, parts.missing)))
    points, drawn = parts.worked_out()
    return Prepared(
        _people(parts, scored),
        parts.known.posts,
        np.flatnonzero(scored),
        tuple(parts.raw),
        points,
        drawn,
        parts.topics,
        parts.draws,
        parts.seed,
        (*parts.known.notes, *parts.said.values(), *_told(parts, scored)),
        parts,
    )


def _nobody(notes: np.ndarray) -> str:
    """Return why nobody can be scored, by reason, and what to do about each."""
    counted = pd.Series(notes).str.split("; ").explode().str.replace(r"^\d+ of", "fewer than", regex=True)
    reasons = counted[counted != ""].value_counts()
    said = "; ".join(f"{reason} ({count:,})" for reason, count in reasons.items())
    advice = ""
    if any("not known" in str(each) for each in reasons.index):
        advice += " Give the actors a column 'followers', and look whether both tables name actors alike."
    if any(str(each).startswith(("under", "fewer")) for each in reasons.index):
        advice += " unguarded=True scores those who are small or post little."
    return f"None of {len(notes):,} influencers can be scored: {said}.{advice}"


def _people(parts: Components, scored: np.ndarray) -> pd.DataFrame:
    people = parts.known.people
    assert parts.cells is not None
    cells = np.array(parts.cells.names, dtype=object)[parts.cells.numbers]
    note = np.where(scored, "", np.where(parts.note != "", parts.note, parts.missing)).astype(object)
    note = np.where(scored & (parts.note != ""), parts.note, note)
    if "relevance" in parts.raw:
        note = np.where(scored & (note == "") & ~(parts.raw["relevance"] > 0), "no post about the topics", note)
    kinds = kol_types_of(people, parts.rule)
    return people.drop(columns=[name for name in ("type", "row") if name in people]).assign(
        type=pd.Series(kinds, dtype=object),
        engagement=np.where(scored, parts.raw["resonance"], np.nan),
        compared_with=pd.Series(cells, dtype=object).where(pd.Series(scored), None),
        note=note,
    )


def _told(parts: Components, scored: np.ndarray) -> list[str]:
    said = []
    guarded = int((parts.note != "").sum())
    if guarded and not parts.unguarded:
        said.append(
            f"{guarded:,} of {len(scored):,} influencers are too small or post too little for a score: see note."
        )
    elif guarded:
        said.append(f"{guarded:,} influencers are too small or post too little; they are scored because you asked.")
    return said


def _span(given: str | pd.Timedelta) -> pd.Timedelta:
    try:
        span = pd.Timedelta(given)
    except ValueError as fault:
        raise OptionError(f"half_life={given!r} is no span of time. Write it as '90 days'.") from fault
    if not span > pd.Timedelta(0):
        raise OptionError(f"half_life={given!r} is not positive. Use '90 days', say.")
    return span
