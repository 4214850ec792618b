"""Who the customers are, when they first visit and by which channel."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa

from . import clock
from .chance import Chance, draw, draw_by_group
from .ids import account_ids, customer_ids
from .planted import Flags, Floats, Ints, Planted


@dataclass(frozen=True, slots=True)
class People:
    """One row per customer, as arrays of equal length. `inviter` and `account` are -1 where there is none."""

    number: Ints
    segment: Ints
    region: Ints
    channel: Ints
    joined: Ints
    daily: Flags
    account: Ints
    inviter: Ints

    def __len__(self) -> int:
        return len(self.number)


def join_people(parts: list[People]) -> People:
    """Return the customers of several groups, one after the other."""
    return People(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(People)})


def draw_people(
    planted: Planted, chance: Chance, *, numbers: Ints, joined: Ints | None = None, inviter: Ints | None = None
) -> People:
    """Draw new customers; those with an `inviter` come by referral at the moment they `joined`."""
    size, rng = len(numbers), chance.of("people")
    segment = draw(rng, np.array(list(planted["people"]["segments"].values())), size)
    region = draw(rng, np.array(list(planted["people"]["regions"].values())), size)
    mixes = [planted.mix(planted["channels"]["mix"][name]) for name in planted.segments]
    channel = draw_by_group(rng, mixes, segment)
    if inviter is not None:
        channel = np.full(size, planted.channels.index("referral"))
    if joined is None:
        joined = clock.draw_entries(rng, planted, size)
    return People(
        number=numbers,
        segment=segment,
        region=region,
        channel=channel,
        joined=joined,
        daily=rng.random(size) < _daily_share(planted, channel),
        account=_accounts(planted, rng, segment, numbers),
        inviter=np.full(size, -1) if inviter is None else inviter,
    )


def _daily_share(planted: Planted, channel: Ints) -> Floats:
    people = planted["people"]
    from_display = channel == planted.channels.index("display")
    return np.where(from_display, people["daily_drinkers_from_display"], people["daily_drinkers"])


def _accounts(planted: Planted, rng: np.random.Generator, segment: Ints, numbers: Ints) -> Ints:
    """Return account numbers of the office customers; each is some member's number, and so unique."""
    account = np.full(len(segment), -1)
    offices = np.flatnonzero(segment == planted.segments.index("offices"))
    if len(offices):
        many = max(1, len(offices) // planted["people"]["account_size"])
        account[offices] = numbers[offices[rng.integers(0, many, len(offices))]]
    return account


def customers_table(planted: Planted, people: People) -> pa.Table:
    """Return customer, segment, region, first_channel, account, joined, daily_drinker."""

    def named(codes: Ints, names: list[str]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), names).cast(pa.string())

    return pa.table(
        {
            "customer": customer_ids(people.number),
            "segment": named(people.segment, planted.segments),
            "region": named(people.region, planted.regions),
            "first_channel": named(people.channel, planted.channels),
            "account": account_ids(people.account),
            "joined": pa.array(people.joined).cast(pa.timestamp("us", tz="UTC")),
            "daily_drinker": pa.array(people.daily),
        }
    )
