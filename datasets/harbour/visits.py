"""Everything around the journey that is not a step of it: pages, searches, letters, stores, help desk."""

from __future__ import annotations

import numpy as np

from . import clock
from .attempt import Attempt
from .chance import Chance, draw
from .log import EventLog
from .people import People
from .planted import Flags, Ints, Planted
from .tally import Tally


def add_entry(
    planted: Planted, chance: Chance, people: People, attempt: Attempt, influencer: Ints, log: EventLog
) -> None:
    """Log the steps before purchase, and the advertisement clicked or invite accepted at the entry."""
    everybody = np.arange(len(people))
    rng = chance.of("entry")
    clicked = np.isin(
        people.channel, [planted.channels.index(name) for name in ("paid_search", "affiliate", "display")]
    )
    clicked |= (people.channel == planted.channels.index("social")) & (rng.random(len(people)) < 0.5)
    ahead = rng.integers(2 * clock.SECOND, clock.MINUTE, len(people))
    click_at = np.maximum(people.joined - ahead, clock.START)
    log.add("ad_click", everybody[clicked], click_at[clicked], channel=people.channel[clicked])
    for number, step in enumerate(planted.steps[:-1]):
        there = np.flatnonzero(attempt.reached[:, number])
        log.add(
            step,
            there,
            attempt.times[there, number],
            channel=attempt.channel[there, number],
            influencer=influencer[there] if step == "first_visit" else None,
        )
    invited = np.flatnonzero(people.inviter >= 0)
    accepted = people.joined[invited] + rng.integers(clock.SECOND, 20 * clock.SECOND, len(invited))
    log.add("invite_accepted", invited, accepted, channel=people.channel[invited])


def add_visits(planted: Planted, chance: Chance, people: People, attempt: Attempt, log: EventLog) -> None:
    """Log the pages of the first visit and of visits later in the year."""
    rng, size = chance.of("visits"), len(people)
    every = np.arange(size)
    some = every[rng.random(size) < 0.6]
    log.add("cookie_choice", some, people.joined[some] + rng.integers(0, 20 * clock.SECOND, len(some)))
    _pages(planted, chance.of("first_pages"), every, people.joined, people.channel, log)
    video = every[rng.random(size) < planted["touchpoint_facts"]["video_share"]]
    started = people.joined[video] + rng.integers(20 * clock.SECOND, 5 * clock.MINUTE, len(video))
    log.add("video_start", video, started, channel=people.channel[video])
    who = np.repeat(every, rng.poisson(1.7, size))
    when = people.joined[who] + (rng.exponential(40, len(who)) * clock.DAY + clock.HOUR).astype(np.int64)
    channel = draw(rng, planted.mix(planted["channels"]["return_mix"]), len(who))
    _pages(planted, chance.of("later_pages"), who, when, channel, log)
    in_app = rng.random(len(who)) < 0.2
    log.add("app_open", who[in_app], when[in_app] - 3 * clock.SECOND, channel=planted.channels.index("direct"))
    _viewers(planted, chance, attempt, log)
    stroll = np.repeat(every, rng.poisson(0.3, size))
    log.add("store_visit", stroll, people.joined[stroll] + rng.integers(clock.DAY, 300 * clock.DAY, len(stroll)))


def _pages(planted: Planted, rng: np.random.Generator, who: Ints, when: Ints, channel: Ints, log: EventLog) -> None:
    for event, often in (("page_view", 2.1), ("scroll", 0.5), ("search", 0.3)):
        row = np.repeat(np.arange(len(who)), rng.poisson(often, len(who)))
        pause = rng.integers(clock.SECOND, 8 * clock.MINUTE, len(row))
        # At most one of a visit's pages shares the visit's moment, so that no two rows are the same.
        pause[(rng.random(len(row)) < planted["funnel"]["tie_share"]) & (np.diff(row, prepend=-1) > 0)] = 0
        log.add(event, who[row], when[row] + pause, channel=channel[row])


def _viewers(planted: Planted, chance: Chance, attempt: Attempt, log: EventLog) -> None:
    """Log what only those do who looked at an item: sign up (and read letters), put it on the wish list."""
    rng = chance.of("viewers")
    viewers = np.flatnonzero(attempt.reached[:, 1])
    viewed_at, channel = attempt.times[viewers, 1], attempt.channel[viewers, 1]
    joins = rng.random(len(viewers)) < 0.4
    signed_at = viewed_at + rng.integers(10 * clock.SECOND, 10 * clock.MINUTE, len(viewers))
    log.add("sign_up", viewers[joins], signed_at[joins], channel=channel[joins])
    wishes = rng.random(len(viewers)) < 0.12
    log.add("add_to_wishlist", viewers[wishes], signed_at[wishes], channel=channel[wishes])
    readers, since = viewers[joins], signed_at[joins]
    letters = rng.poisson(4 * (clock.END - np.minimum(since, clock.END)) / (clock.END - clock.START))
    whom = np.repeat(readers, letters)
    room = np.maximum(clock.END - np.repeat(since, letters), 1)
    opened = np.repeat(since, letters) + (rng.random(len(whom)) * room).astype(np.int64)
    log.add("newsletter_open", whom, opened, channel=planted.channels.index("email"))


def add_contacts(planted: Planted, chance: Chance, people: People, log: EventLog, tally: Tally) -> None:
    """Log calls and messages to the help desk, from the day after the first visit, by weekday and hour."""
    rng, seasons = chance.of("contacts"), planted["seasons"]
    by_day = np.array(seasons["contact_weekday"], float)
    days_left = (clock.END - people.joined) // clock.DAY - 1
    expected = seasons["contacts_per_customer"] * np.maximum(days_left, 0) / clock.DAYS
    # Candidates are thinned by the weekday's weight, so as many more are drawn as thinning takes away.
    who = np.repeat(np.arange(len(people)), rng.poisson(expected * by_day.max() / by_day.mean()))
    day = (people.joined[who] - clock.START) // clock.DAY + 1 + (rng.random(len(who)) * days_left[who]).astype(np.int64)
    noon = clock.START + day * clock.DAY
    kept: Flags = rng.random(len(who)) < by_day[clock.weekday(noon)] / by_day.max()
    who, noon = who[kept], noon[kept]
    of_day = draw(rng, np.array(seasons["contact_hour"], float), len(who))
    times = noon + of_day * clock.HOUR + rng.integers(0, clock.HOUR, len(who))
    log.add("support_contact", who, times)
    whole = np.ones(len(who), bool)
    tally.add_groups("contacts/by_hour", [f"{hour:02d}" for hour in range(24)], of_day, whole)
    names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    tally.add_groups("contacts/by_weekday", names, clock.weekday(times), whole)
