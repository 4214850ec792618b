"""One cohort: some thousand customers with everything they do. Cohorts know nothing of each other.

A company of any size is a row of cohorts made one at a time, so memory does not grow with it, and the first
cohorts of a large company are those of a small one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from . import clock
from .attempt import CHECKOUT, Attempt, count_attempts, join_attempts, make_attempts
from .chance import Chance
from .exposure import Exposure, count_exposure, draw_exposure, log_exposure
from .ids import customer_ids, influencer_name, influencer_number
from .log import EventLog
from .orders import add_after_sales, add_first_orders, add_repeats, add_subscriptions
from .people import People, customers_table, draw_people, join_people
from .planted import Ints, Planted
from .referral import Invites, add_refused, draw_accepted, generation_sizes, invites_table, log_invites
from .tally import Tally
from .visits import add_contacts, add_entry, add_visits

COHORT = 10_000


@dataclass(frozen=True, slots=True)
class Cohort:
    """What one cohort adds to the tables, and the count of it."""

    people: People
    attempt: Attempt
    events: pa.Table
    customers: pa.Table
    invites: pa.Table
    experiment: pa.Table
    exposures: pa.Table
    tally: Tally


def make_cohort(planted: Planted, *, seed: int, cohort: int, customers: int, first: int) -> Cohort:
    """Make the customers numbered from `first`, and their year."""
    chance, tally = Chance(seed, cohort), Tally()
    people, met, attempt, accepted = _generations(planted, chance, customers, first)
    invites = add_refused(planted, chance, accepted, attempt)
    log = EventLog(planted)
    log_exposure(planted, chance, people, met, log)
    add_entry(planted, chance, people, attempt, np.maximum(met.influencer, _audience_of(planted, met)), log)
    add_visits(planted, chance, people, attempt, log)
    add_first_orders(planted, chance, people, attempt, log)
    add_repeats(planted, chance, people, attempt, log, tally)
    add_after_sales(planted, chance, log)
    add_subscriptions(planted, chance, people, attempt, log, tally)
    log_invites(planted, people, invites, log, tally)
    add_contacts(planted, chance, people, log, tally)
    count_attempts(planted, people, attempt, tally)
    count_exposure(planted, people, met, attempt.reached, tally)
    _count_people(planted, people, attempt, tally)
    _count_log(log, tally)
    return Cohort(
        people=people,
        attempt=attempt,
        events=log.table(people, cohort),
        customers=customers_table(planted, people),
        invites=invites_table(people, invites),
        experiment=_experiment_table(people, attempt),
        exposures=_exposures_table(planted, people, met),
        tally=tally,
    )


def _generations(
    planted: Planted, chance: Chance, customers: int, first: int
) -> tuple[People, Exposure, Attempt, Invites]:
    """Make the uninvited customers, those whom they invited, those whom these invited, and so on."""
    people: list[People] = []
    mets: list[Exposure] = []
    attempts: list[Attempt] = []
    taken: list[Invites] = []
    before = 0
    for generation, size in enumerate(generation_sizes(planted, customers)):
        own, at = chance.within(f"generation/{generation}"), sum(len(part) for part in people)
        invites = draw_accepted(planted, own, attempts[-1], size=size, first=before) if attempts else None
        part = draw_people(
            planted,
            own,
            numbers=first + at + np.arange(size),
            joined=None if invites is None else invites.accepted,
            inviter=None if invites is None else invites.inviter,
        )
        if invites is not None:
            taken.append(Invites(invites.inviter, at + np.arange(size), invites.sent, invites.accepted))
        met = draw_exposure(planted, own, part)
        people.append(part)
        mets.append(met)
        attempts.append(make_attempts(planted, own, part, met))
        before = at
    none = np.zeros(0, np.int64)
    accepted = Invites(*(np.concatenate([none, *(getattr(t, f) for t in taken)]) for f in Invites.__slots__))
    joined = Exposure(*(np.concatenate([getattr(met, f) for met in mets]) for f in Exposure.__slots__))
    return join_people(people), joined, join_attempts(attempts), accepted


def _audience_of(planted: Planted, met: Exposure) -> Ints:
    return np.where(met.audience, influencer_number(planted["influencers"]["confounded"]), -1)


def _experiment_table(people: People, attempt: Attempt) -> pa.Table:
    """Return customer, arm, time (when the checkout was begun)."""
    began = attempt.reached[:, CHECKOUT]
    who = np.flatnonzero((attempt.arm >= 0) & began)
    who = who[np.argsort(attempt.times[who, CHECKOUT], kind="stable")]
    return pa.table(
        {
            "customer": pc.take(customer_ids(people.number), pa.array(who)),
            "arm": pa.array(np.where(attempt.arm[who] == 1, "treatment", "control").tolist(), pa.string()),
            "time": pa.array(attempt.times[who, CHECKOUT]).cast(pa.timestamp("us", tz="UTC")),
        }
    )


def _exposures_table(planted: Planted, people: People, met: Exposure) -> pa.Table:
    """Return customer, influencer, time, assignment (random | audience)."""
    by_chance, audience = np.flatnonzero(met.influencer >= 0), np.flatnonzero(met.audience)
    who = np.r_[by_chance, audience]
    names = [influencer_name(int(number)) for number in met.influencer[by_chance]]
    names += [planted["influencers"]["confounded"]] * len(audience)
    return pa.table(
        {
            "customer": pc.take(customer_ids(people.number), pa.array(who)),
            "influencer": pa.array(names, pa.string()),
            "time": pa.array(met.seen_at[who]).cast(pa.timestamp("us", tz="UTC")),
            "assignment": pa.array(["random"] * len(by_chance) + ["audience"] * len(audience), pa.string()),
        }
    )


def _count_people(planted: Planted, people: People, attempt: Attempt, tally: Tally) -> None:
    everybody = np.ones(len(people), bool)
    tally.add("customers/all", len(people))
    tally.add_groups("customers/by_segment", planted.segments, people.segment, everybody)
    months = clock.month(people.joined)
    bought = np.zeros(len(people), bool)
    bought[attempt.bought] = True
    tally.add_groups("acquisition/new_buyers", planted.channels, people.channel, bought)
    for number in range(12):
        tally.add_groups(f"acquisition/entries/{number + 1:02d}", planted.channels, people.channel, months == number)


def _count_log(log: EventLog, tally: Tally) -> None:
    rows = pd.DataFrame({name: log.columns()[name] for name in ("who", "time", "event", "value")})
    tally.add("events/all", len(rows))
    for number, amount in rows["event"].value_counts().items():
        tally.add(f"events/by_name/{log.events[int(str(number))]}", int(amount))
    tally.add("events/ties_within_customer", int(rows.duplicated(["who", "time"]).sum()))
    cents = np.rint(rows["value"].fillna(0).to_numpy() * 100).astype(np.int64)
    tally.add("events/value_cents", cents.sum())
