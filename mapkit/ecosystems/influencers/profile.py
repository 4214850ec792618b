"""One influencer on a card: the components with their intervals, what it is about, its best posts, cost and ties."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.influencers.engagement import row_of
from mapkit.ecosystems.influencers.ranking import InfluencerRanking
from mapkit.errors import OptionError
from mapkit.statistics import Result


@dataclass(frozen=True, eq=False)
class InfluencerProfile(Result):
    """One influencer. ``table`` has ``component``, ``value``, ``low``, ``high``; ``facts`` what else is known."""

    actor: str = ""
    name: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    best_posts: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def __str__(self) -> str:
        facts = "\n".join(f"{name}: {value}" for name, value in self.facts.items())
        numbers = self.table.to_string(index=False) if len(self.table) else ""
        return "\n".join([self.title, facts, "", numbers, *(f"- {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        facts = "".join(
            f"<tr><th style='text-align:left;font-weight:normal;color:#666'>{html.escape(name)}</th>"
            f"<td style='text-align:left'>{html.escape(value)}</td></tr>"
            for name, value in self.facts.items()
        )
        bars = "".join(_bar(row) for row in self.table.to_dict("records"))
        posts = "".join(
            f"<li>{html.escape(str(row['text']))} <span style='color:#666'>{row['time']:%Y-%m-%d},"
            f" {row['engagements']:,.0f} engagements</span></li>"
            for row in self.best_posts.to_dict("records")
        )
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return (
            "<div style='max-width:560px;border:1px solid #d9dce0;border-radius:8px;padding:12px 16px'>"
            f"<h4 style='margin:0 0 8px'>{html.escape(self.name)}"
            f" <span style='color:#666;font-weight:normal'>{html.escape(self.actor)}</span></h4>"
            f"<table>{bars}</table><table>{facts}</table>"
            f"{f'<p>Best posts</p><ol>{posts}</ol>' if posts else ''}<ul style='color:#666'>{notes}</ul></div>"
        )


def profile_influencer(
    ranking: InfluencerRanking, actor: str, *, ecosystem: Any = None, communities: Any = None, best: int = 3
) -> InfluencerProfile:
    """Return a card of one influencer of a ranking, to be shown as it stands in a notebook or a report.

    ``table`` has a row for each component (percentiles, 0..1), with the interval in which 95% of the draws put it.
    ``facts`` names rank, tier, type, platform, followers, engagement, topics, cost and, with an ecosystem, ties.

    Parameters
    ----------
    ranking
        What :func:`rank_influencers` returned.
    actor
        The influencer's id.
    ecosystem
        An ecosystem (or anything ``Ecosystem.of`` takes): how many ties, and the strongest.
    communities
        A frame with ``actor`` and ``community`` (or a result with such a table): which communities the ties reach.
    best
        How many of the posts with most engagements to name.

    Raises
    ------
    OptionError
        The influencer, or the actor in the ecosystem, is not there.
    """
    row = row_of(ranking.table, actor)
    prepared = ranking.prepared
    place = np.flatnonzero(prepared.people["actor"].to_numpy()[prepared.scored] == actor)
    found = prepared.intervals(int(place[0])) if len(place) else {}
    table = pd.DataFrame([(name, *found[name]) for name in found], columns=["component", "value", "low", "high"])
    facts = _facts(ranking, row, prepared.people[prepared.people["actor"] == actor].iloc[0])
    if ecosystem is not None:
        facts |= _ties(Ecosystem.of(ecosystem), actor, communities)
    notes = () if len(place) else (f"No score: {row['note']}.",)
    mine = prepared.posts[prepared.posts["actor"] == actor].nlargest(best, "engagements")
    columns = mine.reindex(columns=["time", "text", "topics", "engagements"])
    words = columns["text"].astype(object).where(columns["text"].notna(), columns["topics"].astype(object))
    columns["text"] = words.where(words.notna(), "(no text)")
    return InfluencerProfile(
        f"Profile of {row['name']}", table, notes, actor, str(row["name"]), facts, columns.reset_index(drop=True)
    )


def _facts(ranking: InfluencerRanking, row: pd.Series, person: pd.Series) -> dict[str, str]:
    facts = {}
    if pd.notna(row["rank"]):
        ends = f"{row['rank_low']:.0f} to {row['rank_high']:.0f} of {ranking.scored:,}"
        facts["Rank"] = f"{row['rank']:.0f} (95% of draws: {ends})"
        facts[f"Among the top {ranking.top}"] = f"in {row['top_share']:.0%} of draws"
    facts["Tier"] = str(row["tier"] or "not known")
    if row["type"]:
        facts["Type"] = str(row["type"])
    facts["Platform"] = str(row["platform"]) if pd.notna(row["platform"]) else "not known"
    if pd.notna(row["followers"]):
        facts["Followers"] = f"{row['followers']:,.0f}"
    if pd.notna(row["engagement"]):
        facts["Engagement"] = f"{row['engagement']:.2%} a post, among {row['compared_with']}; {row['posts']:,} posts"
    if pd.notna(person.get("topics")):
        facts["Topics"] = str(person["topics"]).replace(";", ", ").replace("|", ", ")
    if pd.notna(person.get("cost")):
        facts["Cost of a post"] = f"{person['cost']:,.0f}"
    return facts


def _ties(ecosystem: Ecosystem, actor: str, communities: Any) -> dict[str, str]:
    code = int(ecosystem.codes(actor)[0])
    ties, links = ecosystem.ties, ecosystem.links
    there = np.unique(np.concatenate([_ends(links.out, code), _ends(links.into, code)]))
    others = there[there != code]
    rows = np.flatnonzero(((ties.sources == code) | (ties.targets == code)) & (ties.sources != ties.targets))
    other_end = np.where(ties.sources[rows] == code, ties.targets[rows], ties.sources[rows])
    order = np.argsort(-np.nan_to_num(ties.weights[rows]), kind="stable")
    strongest = list(dict.fromkeys(str(ecosystem.labels[end]) for end in other_end[order]))[:3]
    facts = {"Ties": f"{len(rows):,} with {len(others):,} others" + (f": {', '.join(strongest)}" if strongest else "")}
    if communities is not None:
        table = communities.table if hasattr(communities, "table") else pd.DataFrame(communities)
        if "actor" not in table or "community" not in table:
            raise OptionError("communities needs columns actor and community. Give what find_communities returned.")
        known = dict(zip(table["actor"], table["community"], strict=True))
        reached = {known[ecosystem.ids[end]] for end in others if ecosystem.ids[end] in known}
        facts["Communities"] = f"its own: {known.get(actor, 'not known')}; its ties reach {len(reached)}"
    return facts


def _ends(rows: Any, code: int) -> np.ndarray:
    ends: np.ndarray = rows.ends[rows.starts[code] : rows.starts[code + 1]]
    return ends


def _bar(row: Mapping[Any, Any]) -> str:
    width = 160
    low, value, high = (max(0.0, min(1.0, float(row[name]))) * width for name in ("low", "value", "high"))
    return (
        f"<tr><th style='text-align:left;font-weight:normal;color:#666'>{html.escape(str(row['component']))}</th><td>"
        f"<svg width='{width}' height='12' role='img' aria-label='{row['value']:.0%}'>"
        f"<rect width='{width}' height='12' fill='#E8E8E8'/><rect width='{value:.1f}' height='12' fill='#0072B2'/>"
        f"<line x1='{low:.1f}' x2='{high:.1f}' y1='6' y2='6' stroke='#222222' stroke-width='2'/></svg></td>"
        f"<td>{row['value']:.0%} <span style='color:#666'>[{row['low']:.0%}, {row['high']:.0%}]</span></td></tr>"
    )
