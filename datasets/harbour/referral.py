"""The referral programme: buyers invite, some accept, those who accept are customers who may invite in turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import clock
from .attempt import PURCHASE, Attempt
from .chance import Chance, truncated_exponential
from .ids import customer_ids
from .log import EventLog
from .people import People
from .planted import Ints, Planted
from .tally import Tally


@dataclass(frozen=True, slots=True)
class Invites:
    """One row per invite, as arrays; invitee -1 and accepted `clock.NEVER` where nobody accepted.

    inviter and invitee are positions in the cohort.
    """

    inviter: Ints
    invitee: Ints
    sent: Ints
    accepted: Ints


def generation_sizes(planted: Planted, customers: int) -> list[int]:
    """Return how many customers come uninvited, invited by those, invited by these ...; each K times the one before."""
    k = planted["referral"]["k"]
    sizes = [round(customers * (1 - k))]
    while sum(sizes) < customers:
        sizes.append(min(max(1, round(sizes[-1] * k)), customers - sum(sizes)))
    return sizes


def draw_accepted(planted: Planted, chance: Chance, attempt: Attempt, *, size: int, first: int) -> Invites | None:
    """Draw `size` accepted invites from the buyers of a generation at positions from `first`; None without buyers."""
    part, rng = planted["referral"], chance.of("invites")
    last_call = clock.END - 30 * clock.DAY
    buyers = np.flatnonzero(attempt.times[:, PURCHASE] < last_call)
    if not len(buyers):
        return None
    activity = rng.gamma(part["concentration"], 1, len(buyers)) + 1e-9
    inviter = buyers[np.searchsorted(np.cumsum(activity) / activity.sum(), rng.random(size)).clip(0, len(buyers) - 1)]
    bought = attempt.times[inviter, PURCHASE]
    room = (clock.END - bought) / clock.DAY - 1
    to_send = truncated_exponential(rng, part["days_to_send"], room)
    to_accept = truncated_exponential(rng, part["days_to_accept"], room - to_send)
    sent = bought + (to_send * clock.DAY).astype(np.int64)
    accepted = sent + (to_accept * clock.DAY).astype(np.int64) + clock.MINUTE
    return Invites(inviter=inviter + first, invitee=np.full(size, -1), sent=sent, accepted=accepted)


def add_refused(planted: Planted, chance: Chance, accepted: Invites, attempt: Attempt) -> Invites:
    """Return the accepted invites, and as many that nobody accepted as the planted acceptance asks for."""
    part, rng, buyers = planted["referral"], chance.of("refused"), attempt.bought
    refused = int(rng.negative_binomial(len(accepted.sent), part["acceptance"])) if len(accepted.sent) else 0
    if not len(buyers):
        return accepted
    inviter = buyers[rng.integers(0, len(buyers), refused)]
    room = (clock.END - attempt.times[inviter, PURCHASE]) / clock.DAY
    wait = truncated_exponential(rng, part["days_to_send"], room)
    sent = attempt.times[inviter, PURCHASE] + (wait * clock.DAY).astype(np.int64)
    nobody = np.full(refused, -1)
    return Invites(
        inviter=np.r_[accepted.inviter, inviter],
        invitee=np.r_[accepted.invitee, nobody],
        sent=np.minimum(np.r_[accepted.sent, sent], clock.END - 1),
        accepted=np.r_[accepted.accepted, np.full(refused, clock.NEVER)],
    )


def log_invites(planted: Planted, people: People, invites: Invites, log: EventLog, tally: Tally) -> None:
    """Write the invites sent, and count the programme."""
    log.add("invite_sent", invites.inviter, invites.sent, channel=planted.channels.index("referral"))
    accepted = invites.invitee >= 0
    cycle = people.joined[invites.invitee[accepted]] - people.joined[invites.inviter[accepted]]
    tally.add("referral/invites", len(invites.sent))
    tally.add("referral/accepted", accepted.sum())
    tally.add("referral/inviters", len(np.unique(invites.inviter)))
    tally.add("referral/cycle_microseconds", cycle.sum())


def invites_table(people: People, invites: Invites) -> pa.Table:
    """Return inviter, invitee, time_sent, time_accepted, in order of sending."""
    order = np.lexsort((invites.inviter, invites.sent))
    ids, invitee = customer_ids(people.number), invites.invitee[order]
    utc = pa.timestamp("us", tz="UTC")
    return pa.table(
        {
            "inviter": pc.take(ids, pa.array(invites.inviter[order])),
            "invitee": pc.take(ids, pa.array(invitee, mask=invitee < 0)),
            "time_sent": pa.array(invites.sent[order]).cast(utc),
            "time_accepted": pa.array(invites.accepted[order], mask=invitee < 0).cast(utc),
        }
    )
