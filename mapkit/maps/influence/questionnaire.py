"""Which map answers which question, what it needs, and where to begin: a questionnaire as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

MapKind = Literal["ecosystem map", "influencer map", "both maps"]
ECOSYSTEM: MapKind = "ecosystem map"
INFLUENCER: MapKind = "influencer map"
BOTH: MapKind = "both maps"


@dataclass(frozen=True)
class Objective:
    """A sales objective: what it asks for, and how much either map says about it (0 nothing .. 3 the answer)."""

    said: str
    ecosystem: int
    influencer: int
    why_ecosystem: str
    why_influencer: str


OBJECTIVES: Mapping[str, Objective] = {
    "find partners": Objective(
        "find partners who open a market", 3, 1,
        "Partners are found among pairs who share neighbours and are not tied yet.",
        "A ranking of influencers says nothing of firms that have no audience.",
    ),
    "enter a market": Objective(
        "enter a market that we do not know", 3, 1,
        "Suppliers, competitors, platforms and media must be seen together before anybody is approached.",
        "Influencers show who is listened to, but not who supplies, competes or decides.",
    ),
    "win accounts": Objective(
        "win named accounts with several people who decide", 3, 1,
        "Accounts are won through their buying group: who is missing, who decides, and over whom they can be reached.",
        "An influencer helps only where somebody of the buying group listens; the ecosystem map shows whether.",
    ),
    "optimise channels": Objective(
        "decide which sales channels deserve the effort", 3, 2,
        "Channels are actors with ties: which feeds which stage, at which cost, and where is a hole.",
        "Influencers are one channel among others, and should be measured as one.",
    ),
    "manage stakeholders": Objective(
        "know whom a decision concerns, and win them over", 3, 0,
        "Power, interest and salience are facts of all stakeholders, also of those without an audience.",
        "Most stakeholders have no followers to count.",
    ),
    "raise awareness": Objective(
        "become known to an audience", 1, 3,
        "The ecosystem tells which media and platforms stand between us and the audience.",
        "Reach, relevance and resonance say who is heard by the audience, and audiences that overlap are paid once.",
    ),
    "launch a product": Objective(
        "launch a product", 2, 3,
        "A launch also needs the trade: suppliers, platforms and partners who must be ready.",
        "Influencers bring the first audience; what they do shows at the stages of the journey.",
    ),
    "raise conversion": Objective(
        "get more of those who come to buy", 1, 3,
        "Where in the ecosystem customers get stuck is seen best on the journey itself.",
        "Compare conversion with and without an influencer at each stage before paying anybody.",
    ),
    "build credibility": Objective(
        "be trusted by experts and decision makers", 2, 3,
        "Experts speak to decision makers over ties: reach within a few steps says whether they can be heard.",
        "Relevance and resonance tell an expert voice from a loud one.",
    ),
    "reach decision makers": Objective(
        "reach decision makers through people they listen to", 3, 3,
        "The strongest path to a decision maker runs over ties of the ecosystem.",
        "Whom decision makers listen to is a question of influence, not of position alone.",
    ),
    "spread a message": Objective(
        "have a message passed on", 3, 3,
        "A message spreads over ties; those who reach the most people together are not the largest accounts.",
        "What a post of theirs sets off, and whom it costs what, is a fact of the influencers.",
    ),
}  # fmt: skip

NEEDS: Mapping[MapKind, tuple[tuple[str, str], ...]] = {
    ECOSYSTEM: (
        ("actors", "actors: id, name, type; power and interest where they are known"),
        ("ties", "ties: source, target, type, weight, with the evidence for each"),
    ),
    INFLUENCER: (
        ("actors", "influencers as actors: platform, followers, topics, cost"),
        ("posts", "posts: time, likes, comments, shares, and reach or views"),
        ("exposures", "exposures: which customer met whom and when, best of all by chance"),
        ("events", "events of the journey, to see what an influencer does at each stage"),
    ),
}

STARTS: Mapping[MapKind, tuple[str, ...]] = {
    ECOSYSTEM: (
        "mk.Ecosystem(actors, ties)",
        "mk.measure_position",
        "mk.measure_stakeholders",
        "mk.find_partners",
        "mk.measure_buying_groups",
    ),
    INFLUENCER: ("mk.rank_influencers", "mk.measure_audience_overlap", "mk.measure_influence_by_stage"),
    BOTH: ("mk.find_right_influencers",),
}

LESSONS: Mapping[MapKind, tuple[str, ...]] = {
    ECOSYSTEM: ("notebooks/13_the_ecosystem_map.ipynb", "template ecosystem-map"),
    INFLUENCER: ("notebooks/15_influencers.ipynb", "template influencer-map"),
    BOTH: (
        "notebooks/16_the_right_influencers_within_the_ecosystem.ipynb",
        "notebooks/17_influencers_at_each_stage.ipynb",
    ),
}

KNOWN: Mapping[str, tuple[int, int, str]] = {
    "the audience": (0, 1, "We know whose ear we want, so the question is who has it."),
    "the players": (0, 1, "The players are known already; what is missing is who moves them."),
    "the influencers": (
        1,
        0,
        "The influencers are known already; what is missing is where they stand among all others.",
    ),
    "nothing": (1, 0, "When little is known, look at the whole before looking at voices."),
}
"""What is known already: points for the ecosystem map, for the influencer map, and why."""
