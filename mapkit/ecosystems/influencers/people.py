"""Who the influencers are, and which of their posts count: actors and posts read once, numbered, and lined up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.influencers.tiers import tiers_of
from mapkit.errors import OptionError, TableError, listed, nearest, one_of
from mapkit.loaders import read_actors, read_posts

Per = Literal["followers", "reach", "impressions", "views"]
ENGAGEMENTS = ("likes", "comments", "shares", "saves")
LEAST_FOLLOWERS, LEAST_POSTS = 2_000, 10
YEAR = pd.Timedelta(days=365)
_KOL = "kol"
_NO_COUNT = 1e15  # nothing has been liked so often


@dataclass(frozen=True, eq=False)
class People:
    """Influencers and their posts, lined up.

    ``people`` has a row each: actor, name, platform, followers, tier, posts (that count), posts_in_year and whatever
    else the actors table has. ``posts`` has a row for each post that counts, in the order of influencers: ``who`` (row
    of ``people``), ``time``, ``engagements``, ``exposure`` and the columns of the posts table.
    """

    people: pd.DataFrame
    posts: pd.DataFrame = field(repr=False)
    per: str
    count: tuple[str, ...]
    since: pd.Timestamp | None
    until: pd.Timestamp
    notes: tuple[str, ...]

    def too_little(self) -> np.ndarray:
        """Return why an influencer gets no score, as text; empty where nothing stands against one."""
        followers = self.people["followers"].to_numpy(dtype=float)
        posts = self.people["posts_in_year"].to_numpy()
        unknown = np.isnan(followers)
        small, few = followers < LEAST_FOLLOWERS, posts < LEAST_POSTS
        words = np.where(unknown, "followers not known; ", "").astype(object)
        words += np.where(small, f"under {LEAST_FOLLOWERS:,} followers; ", "").astype(object)
        counted = np.array([f"{n} of {LEAST_POSTS} posts in 12 months; " for n in posts], dtype=object)
        words += np.where(few, counted, "").astype(object)
        return np.array([each.removesuffix("; ") for each in words], dtype=object)


def read_people(
    actors: Any,
    posts: Any,
    *,
    per: Per = "followers",
    count: Sequence[str] = ENGAGEMENTS,
    since: Any = None,
    until: Any = None,
) -> People:
    """Return the influencers among the actors, and their posts from ``since`` to ``until`` (the last post).

    Influencers are the actors of type "kol"; where nobody has that type, every actor with followers or posts. Those who
    post and are not among the actors are influencers too: with what their posts say.

    Raises
    ------
    OptionError, TableError
        A column is missing, a kind of engagement is not known, an actor stands twice, or no post is left.
    """
    one_of(per, ("followers", "reach", "impressions", "views"), "per")
    frame = read_posts(posts).data.to_pandas()
    _check(frame, per, count)
    end = _moment(until) if until is not None else frame["time"].max()
    begin = None if since is None else _moment(since)
    inside = (frame["time"] <= end) & ((frame["time"] >= begin) if begin is not None else True)
    year = frame[(frame["time"] > end - YEAR) & (frame["time"] <= end)]
    people, kinds_note = _people(actors, frame)
    code = pd.Series(np.arange(len(people)), index=people["actor"])
    mine = frame[inside & frame["actor"].isin(code.index)]
    kept, notes = _counted(mine.assign(who=code[mine["actor"]].to_numpy()), people, per, tuple(count))
    if kept.empty:
        raise TableError(
            f"No post of an influencer is left to count: {len(frame):,} posts, {int(inside.sum()):,} in the time asked"
            f" for, {len(mine):,} by influencers. Look at since, until, and the ids of actors in both tables."
        )
    people = people.assign(
        posts=np.bincount(kept["who"], minlength=len(people)),
        posts_in_year=people["actor"].map(year["actor"].value_counts()).fillna(0).astype("int64"),
    )
    return People(people, kept, per, tuple(count), begin, end, (*kinds_note, *notes))


def influencers_of(actors: Any) -> pd.DataFrame:
    """Return the actors table as a frame, of an ecosystem or of anything that ``read_actors`` takes."""
    if isinstance(actors, Ecosystem):
        return actors.actors.copy()
    frame = read_actors(actors).data.to_pandas()
    if frame["actor"].duplicated().any():
        twice = frame.loc[frame["actor"].duplicated(), "actor"].unique()
        raise TableError(f"Ids of actors stand twice: {listed(twice, most=5)}. An id is one influencer; join the rows.")
    return frame


def _check(frame: pd.DataFrame, per: str, count: Sequence[str]) -> None:
    if isinstance(count, str) or not len(count):
        raise OptionError(f"count={count!r} is no list of engagements. Give one: count=['likes', 'comments'].")
    for name in count:
        if name not in frame:
            has = [each for each in ENGAGEMENTS if each in frame]
            raise TableError(
                f"The posts have no column {name!r} to count as engagement. They have {listed(has)}."
                f"{nearest(str(name), has)} Name those to count: count={tuple(has)!r}."
            )
    if per != "followers" and per not in frame:
        raise TableError(f"The posts have no column {per!r}, which per={per!r} needs. Use per='followers'.")
    if frame.empty:
        raise TableError("The posts table has no row that can be used.")


def _people(actors: Any, posts: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    posting = pd.Series(posts["actor"].unique())
    if actors is None:
        frame, notes = pd.DataFrame({"actor": posting}), ["No actors were given: influencers are those who post."]
    else:
        frame = influencers_of(actors)
        frame = frame.assign(actor=frame["actor"].astype(str))
        notes = []
        strangers = posting[~posting.isin(frame["actor"])]
        typed = "type" in frame and (frame["type"] == _KOL).any()
        if typed:
            frame = frame[frame["type"] == _KOL]
        else:
            followed = frame["followers"].notna() if "followers" in frame else False
            frame = frame[followed | frame["actor"].isin(posting)]
        if len(strangers):
            notes.append(f"{len(strangers):,} who post are not among the actors: {listed(strangers, most=3)}.")
            frame = pd.concat([frame, pd.DataFrame({"actor": strangers})], ignore_index=True)
    frame = frame.reset_index(drop=True)
    for name in ("name", "platform", "followers"):
        if name not in frame:
            frame[name] = np.nan if name == "followers" else None
    frame["name"] = frame["name"].astype(object).where(frame["name"].notna(), frame["actor"])
    frame["platform"] = _platforms(frame, posts)
    followers = _followers(frame)
    frame["followers"] = followers.where((followers >= 0) & (followers < _NO_COUNT))
    return frame.assign(tier=pd.Series(tiers_of(frame["followers"]), dtype=object)), notes


def _followers(frame: pd.DataFrame) -> pd.Series:
    """Return the followers. Raises TableError where they are no whole numbers: 12.000 was read as twelve."""
    followers = pd.to_numeric(frame["followers"], errors="coerce").astype(float)
    broken = frame[followers.notna() & np.isfinite(followers) & (followers % 1 != 0)]
    if len(broken):
        first = broken.iloc[0]
        raise TableError(
            f"Followers are whole numbers, and actor {first['actor']!r} has {first['followers']} ({len(broken):,} such"
            " rows). Where the file writes 5.400 for five thousand four hundred, the point was read as a decimal:"
            " write 5400 in the file, or multiply by 1000 before you go on."
        )
    return followers


def _platforms(frame: pd.DataFrame, posts: pd.DataFrame) -> pd.Series:
    """Return each influencer's platform: that of the actors table, else the one with most posts."""
    own = frame["platform"].astype(object).where(frame["platform"].notna(), None)
    if "platform" not in posts or own.notna().all():
        return own
    known = posts[posts["platform"].notna()].groupby(["actor", "platform"], as_index=False).size()
    most = known.sort_values(["size", "platform"], ascending=[False, True]).drop_duplicates("actor")
    return own.where(own.notna(), frame["actor"].map(most.set_index("actor")["platform"])).astype(object)


def _counted(
    posts: pd.DataFrame, people: pd.DataFrame, per: str, count: tuple[str, ...]
) -> tuple[pd.DataFrame, list[str]]:
    numbers = posts[list(count)].astype(float)
    engaged = numbers.sum(axis=1, min_count=1)
    if per == "followers":
        now = people["followers"].to_numpy()[posts["who"].to_numpy()]
        exposure = posts["followers"].astype(float).fillna(pd.Series(now, posts.index)) if "followers" in posts else now
    else:
        exposure = posts[per].astype(float)
    exposure = pd.Series(exposure, posts.index)
    unknown = engaged.isna() | (numbers < 0).any(axis=1) | (engaged >= _NO_COUNT)
    bare = ~unknown & ~((exposure > 0) & (exposure < _NO_COUNT))
    if per == "followers":
        bare &= False  # an influencer without followers is told so; the posts still tell what they are about
    notes = []
    if unknown.any():
        notes.append(f"{int(unknown.sum()):,} posts are left out: their engagements are missing, negative or endless.")
    if bare.any():
        notes.append(f"{int(bare.sum()):,} posts are left out: their {per} are missing or 0.")
    if per == "followers" and "followers" not in posts:
        notes.append("Followers are those of the actors table, the same for every post.")
    kept = posts.assign(engagements=engaged, exposure=exposure)[~(unknown | bare)]
    elsewhere = _elsewhere(kept, people)
    if elsewhere and per == "followers":
        notes.append(f"{elsewhere:,} posts are on another platform than the influencer's own, whose followers count.")
    order = np.lexsort((kept["time"].to_numpy(), kept["who"].to_numpy()))
    return kept.iloc[order].reset_index(drop=True), notes


def _elsewhere(posts: pd.DataFrame, people: pd.DataFrame) -> int:
    if "platform" not in posts:
        return 0
    own = people["platform"].to_numpy(dtype=object)[posts["who"].to_numpy()]
    return int((posts["platform"].notna().to_numpy() & pd.notna(own) & (posts["platform"].to_numpy() != own)).sum())


def _moment(given: Any) -> pd.Timestamp:
    try:
        moment = pd.Timestamp(given)
    except (ValueError, TypeError) as fault:
        raise OptionError(f"{given!r} is no time. Write it as '2025-09-01'.") from fault
    return moment.tz_convert("UTC").tz_localize(None) if moment.tzinfo is not None else moment
