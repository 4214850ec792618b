"""What each canonical table must and may hold. Column names are said here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

# "id" is text or a whole number, as the source has it; whole numbers are quicker to group by.
Kind = Literal["id", "text", "time", "number", "flag", "any"]


@dataclass(frozen=True)
class Column:
    """One column: its name, the kind of value it holds, what it means, and whether a table can do without it."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False


@dataclass(frozen=True)
class Contract:
    """The columns of one canonical table. Columns beyond these are kept as they are."""

    name: str
    columns: tuple[Column, ...]

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The names a table cannot do without, in order."""
        return tuple(column.name for column in self.columns if column.required)

    @cached_property
    def known(self) -> dict[str, Column]:
        """Every column that mapkit knows by name."""
        return {column.name: column for column in self.columns}


def _needs(name: str, kind: Kind, meaning: str) -> Column:
    return Column(name, kind, meaning, required=True)


EVENTS = Contract(
    "events",
    (
        _needs("customer", "id", "who did it; text or a whole number"),
        _needs("event", "text", "what was done"),
        _needs("time", "time", "when, in UTC, to the microsecond"),
        Column("row", "number", "order in the source; breaks ties of time"),
        Column("stage", "text", "the stage that map_stages gave"),
        Column("channel", "text", "the channel that brought the event"),
        Column("campaign", "text", "the campaign behind it"),
        Column("source", "text", "traffic source, such as google"),
        Column("medium", "text", "traffic medium, such as cpc"),
        Column("session", "id", "the visit it belongs to"),
        Column("account", "text", "the account the customer belongs to"),
        Column("touchpoint", "text", "the touchpoint it happened at"),
        Column("influencer", "text", "the influencer who led to it"),
        Column("value", "number", "money, in currency"),
        Column("currency", "text", "ISO 4217 code"),
    ),
)

TOUCHPOINTS = Contract(
    "touchpoints",
    (
        _needs("touchpoint", "text", "one way a customer is touched"),
        Column("name", "text", "what people call it"),
        Column("channel", "text", "channel it belongs to"),
        Column("medium", "text", "digital or physical"),
        Column("paid", "flag", "paid (true) or organic (false)"),
        Column("ownership", "text", "owned, earned or paid media"),
        Column("stage", "text", "point of relationship"),
        Column("business_reason", "text", "educate, inspire, inform, support, obtain payment, other"),
        Column("customer_impact", "text", "differentiation, loyalty, repeat purchase, other"),
        Column("owner", "text", "who answers for it"),
        Column("mandated", "flag", "required by law, payment or accessibility"),
        Column("cost", "number", "cost in a period"),
        Column("events", "any", "events of the log that witness it, separated by |"),
    ),
)

FEEDBACK = Contract(
    "feedback",
    (
        _needs("metric", "text", "nps, csat, ces, emotion, importance, satisfaction, expectation"),
        _needs("score", "number", "the answer, on its own scale"),
        Column("respondent", "id", "who answered"),
        Column("customer", "id", "the customer in the log, where known"),
        Column("touchpoint", "text", "what the answer is about"),
        Column("stage", "text", "the stage it is about"),
        Column("segment", "text", "segment of the respondent"),
        Column("time", "time", "when answered, in UTC"),
        Column("rater", "text", "customer or employee"),
        Column("scale_min", "number", "lowest answer possible"),
        Column("scale_max", "number", "highest answer possible"),
        Column("comment", "text", "free text"),
    ),
)

ACTORS = Contract(
    "actors",
    (
        _needs("actor", "text", "id of one stakeholder; labels may repeat, ids may not"),
        Column("name", "text", "label"),
        Column(
            "type", "text", "customer, partner, competitor, supplier, brand, platform, media, kol, decision_maker, own"
        ),
        Column("account", "text", "account the actor belongs to"),
        Column("role", "text", "role in the buying group"),
        Column("power", "number", "0 to 10"),
        Column("interest", "number", "0 to 10"),
        Column("legitimacy", "number", "0 to 10"),
        Column("urgency", "number", "0 to 10"),
        Column("platform", "text", "main platform"),
        Column("followers", "number", "audience size"),
        Column("posts", "number", "posts in the period"),
        Column("topics", "any", "topics, separated by |"),
        Column("cost", "number", "price of one engagement"),
    ),
)

TIES = Contract(
    "ties",
    (
        _needs("source", "text", "actor the tie starts from"),
        _needs("target", "text", "actor the tie goes to"),
        Column("type", "text", "kind of relationship"),
        Column("weight", "number", "strength, not negative"),
        Column("sign", "number", "+1 supports, -1 opposes"),
        Column("directed", "flag", "whether the tie has a direction"),
        Column("time", "time", "when it began, in UTC"),
        Column("probability", "number", "chance that influence passes, 0 to 1"),
        Column("evidence", "text", "where it is known from"),
    ),
)

POSTS = Contract(
    "posts",
    (
        _needs("actor", "text", "who posted"),
        _needs("time", "time", "when, in UTC"),
        Column("platform", "text", "where"),
        Column("text", "text", "what it says"),
        Column("topics", "any", "topics, separated by |"),
        Column("impressions", "number", "times shown"),
        Column("reach", "number", "people shown to"),
        Column("views", "number", "times watched"),
        Column("likes", "number", "likes and reactions"),
        Column("comments", "number", "comments"),
        Column("shares", "number", "shares"),
        Column("saves", "number", "saves"),
    ),
)

CONTRACTS = {contract.name: contract for contract in (EVENTS, TOUCHPOINTS, FEEDBACK, ACTORS, TIES, POSTS)}
