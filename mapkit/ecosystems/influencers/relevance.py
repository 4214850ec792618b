"""How much influencers' posts are about the topics asked for: idf x tf x field weight x recency, post by post."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.influencers.people import People
from mapkit.errors import OptionError, TableError, listed, nearest

FIELDS: Mapping[str, float] = {"topics": 1.0, "text": 0.5, "profile": 0.5}
"""What a term counts where it stands: a post's topics, its text, and the influencer's own topics."""

_APART = re.compile(r"\s*[|;]\s*")


def topics_of(values: pd.Series) -> list[tuple[str, ...]]:
    """Return the topics of each row, separated by | or ;, in lower case.

    >>> topics_of(pd.Series(["Coffee|food", None]))
    [('coffee', 'food'), ()]
    """
    codes, known = pd.factorize(values.astype(object), use_na_sentinel=True)
    parted = [_parted(value) for value in known]
    return [parted[code] if code >= 0 else () for code in codes]


def topics_known(known: People) -> list[str]:
    """Return every topic that posts or influencers name, the most frequent first."""
    counts: dict[str, int] = {}
    for frame in (known.posts, known.people):
        if "topics" in frame:
            for value, times in frame["topics"].value_counts().items():
                for topic in _parted(value):
                    counts[topic] = counts.get(topic, 0) + int(times)
    return sorted(counts, key=lambda topic: (-counts[topic], topic))


def post_relevance(
    known: People, topics: Sequence[str], *, half_life: pd.Timedelta, fields: Mapping[str, float] = FIELDS
) -> np.ndarray:
    """Return what each post adds to its influencer's relevance.

    The sum over terms of idf(term) x field weight x times the term is there, halved for every ``half_life`` of the
    post's age. idf is ln((1 + posts) / (1 + posts with the term)) + 1. Topics are compared whole, in text a term counts
    as a word (or words), capitals aside. ``profile``: an influencer's own topics count with each of its posts.

    Raises
    ------
    OptionError, TableError
        A term is empty, a field is not known, or there is nothing to look for terms in.
    """
    terms = _terms(topics)
    times, seen = _times(known, terms, fields)
    if not seen:
        raise TableError(
            "Neither posts nor actors have topics or text, so relevance to topics cannot be told. Give the posts a"
            " column 'text' or 'topics', or leave relevance out: topics=None."
        )
    if not times.any():
        has = topics_known(known)
        hint = "".join(nearest(term, has) for term in terms)
        raise OptionError(f"No post and no influencer is about {listed(terms)}. There is {listed(has)}.{hint}")
    with_term = (times > 0).sum(axis=0)
    idf = np.log((1 + len(times)) / (1 + with_term)) + 1
    age = (known.until - known.posts["time"]).dt.total_seconds().to_numpy()
    added: np.ndarray = (times @ idf) * 2.0 ** (-np.maximum(age, 0.0) / half_life.total_seconds())
    return added


def _terms(topics: Sequence[str]) -> list[str]:
    if isinstance(topics, str):
        raise OptionError(f"topics={topics!r} is one name. Give a list: topics=[{topics!r}].")
    terms = list(dict.fromkeys(str(term).strip().lower() for term in topics))
    if not terms or "" in terms:
        raise OptionError("topics holds an empty term. Give the words the campaign is about, or None.")
    return terms


def _times(known: People, terms: Sequence[str], fields: Mapping[str, float]) -> tuple[np.ndarray, bool]:
    """Return how often each post has each term, weighted by field, and whether there was a field to look in."""
    for name in fields:
        if name not in FIELDS:
            raise OptionError(f"fields has no {name!r}. It has {listed(FIELDS)}.{nearest(name, FIELDS)}")
    posts, people = known.posts, known.people
    times, seen = np.zeros((len(posts), len(terms))), False
    sources: list[tuple[str, Any, Any]] = [
        ("topics", posts.get("topics"), _in_topics),
        ("text", posts.get("text"), _in_text),
        ("profile", people.get("topics"), _in_topics),
    ]
    for name, values, count in sources:
        weight = float(fields.get(name, 0.0))
        if values is None or not weight or values.isna().all():
            continue
        seen = True
        codes, distinct = pd.factorize(values, use_na_sentinel=True)
        counts = np.vstack([count(distinct, terms), np.zeros((1, len(terms)))])  # the last row is that of no value
        mine = counts[codes]
        times += weight * (mine[posts["who"].to_numpy()] if name == "profile" else mine)
    return times, seen


def _in_topics(values: Any, terms: Sequence[str]) -> np.ndarray:
    parted = [_parted(value) for value in values]
    return np.array([[topics.count(term) for term in terms] for topics in parted], dtype=float).reshape(-1, len(terms))


def _in_text(values: Any, terms: Sequence[str]) -> np.ndarray:
    words = [re.compile(rf"(?<!\w){re.escape(term)}(?!\w)") for term in terms]
    lowered = [str(value).lower() for value in values]
    counts = [[len(word.findall(text)) for word in words] for text in lowered]
    return np.array(counts, dtype=float).reshape(-1, len(terms))


def _parted(value: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple | np.ndarray):
        return tuple(str(each).strip().lower() for each in value)
    return tuple(each.lower() for each in _APART.split(str(value).strip()) if each) if pd.notna(value) else ()
