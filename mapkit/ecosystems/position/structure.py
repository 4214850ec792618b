"""How a network is built: its size and density, its parts, what holds it together, and which types are tied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.position.adjacency import Adjacency, around, behind
from mapkit.ecosystems.position.cuts import Walk, walk_into_depth
from mapkit.ecosystems.position.mixing import assortativity, mixing
from mapkit.ecosystems.position.neighbourhoods import neighbourhoods
from mapkit.ecosystems.position.parts import connected_parts
from mapkit.ecosystems.position.position import EXACT_BELOW, PIVOTS, named
from mapkit.ecosystems.position.span import spans
from mapkit.ecosystems.position.structure_result import Structure

_NAMED = 5
_MOST_EXAMPLES = 1_000


def measure_structure(
    ecosystem: Any, *, exact_below: int = EXACT_BELOW, confidence: float = 0.95, seed: int = 0
) -> Structure:
    """Return how a network is built, and where it would come apart.

    ``table``: ``quantity``, ``value``, ``unit``, ``of`` (denominator):

    - ``actors``, ``ties``, ``self_ties``, ``further_ties`` (beyond the first from one actor to another)
    - ``density``: the share of ordered pairs with a tie; ``reciprocity``: of those, the share with one back
    - ``parts`` (connected, whatever the direction), ``largest_part`` (share of actors), ``strong_parts`` (within which
      everybody reaches everybody along the ties), ``isolates``
    - ``diameter``, ``mean_hops``: the most and the mean hops between two actors of the largest part, whatever the
      direction
    - ``transitivity``: the share of pairs of ties at one actor that a third closes
    - ``assortativity``: how far ties stay within a type of actors: 1 all, 0 as by chance, below 0 less
    - ``cut_points``, ``bridges``: actors, and ties, without which a part falls apart

    Frames: ``parts`` (``part``, ``actors``, ``of_actors``); ``cut_points`` (``actor``, ``name``, ``type``, ``pieces``,
    ``cut_off``: actors whom its loss parts from the largest piece, ``examples``); ``bridges`` (``source``, ``target``,
    their names and types, ``ties`` between the two, ``cut_off`` and ``examples`` of the smaller side); ``isolates``;
    ``mixing`` (ties between types of actors, by type of ties, against chance; see ``mixing``).

    Parameters
    ----------
    ecosystem
        An :class:`Ecosystem`, or anything ``Ecosystem.of`` takes.
    exact_below
        With as many actors or more in the largest part, diameter and mean hops rest on 256 actors drawn by ``seed``,
        and the diameter is a lower bound.

    Source: Wasserman and Faust (1994), Social Network Analysis, chapters 4 and 6; the methods' where they are computed.
    """
    given = Ecosystem.of(ecosystem)
    ones = np.ones(given.links.links)
    rows, pairs = around(given.links, ones), behind(given.links, ones)
    parts = connected_parts(given.links)
    walk = walk_into_depth(rows)
    who = pd.DataFrame(named(given))
    cut_points, bridges = _cut_points(walk, who), _bridges(given, walk, who)
    alone = np.diff(rows.starts) == 0
    span, drawn = _span(rows, parts, exact_below, seed)
    numbers = [*_counts(given, pairs), *_wholes(given, rows, parts, alone), *span]
    numbers += [("cut_points", len(cut_points), "", given.n), ("bridges", len(bridges), "", len(rows.ends) // 2)]
    return Structure(
        f"Structure of {given.n:,} actors with {given.m:,} ties",
        pd.DataFrame(numbers, columns=["quantity", "value", "unit", "of"]).astype({"value": float}),
        tuple(_notes(given, drawn)),
        _parts(parts),
        cut_points,
        bridges,
        who[alone].reset_index(drop=True),
        mixing(given, confidence),
        given.n,
        given.m,
        confidence,
    )


_Number = tuple[str, float, str, int]


def _counts(given: Ecosystem, pairs: Adjacency) -> Iterator[_Number]:
    links, n = given.links, given.n
    own = int((given.ties.sources == given.ties.targets).sum())
    linked = len(pairs.ends)
    to_another = int((links.sources != links.out.ends).sum())
    yield "actors", n, "", n
    yield "ties", given.m, "", given.m
    yield "self_ties", own, "", given.m
    yield "further_ties", (to_another - linked) / (1 if given.is_directed else 2), "", given.m
    yield "density", linked / (n * (n - 1)) if n > 1 else np.nan, "share", n * (n - 1)
    ahead = pairs.turned()
    one = pairs.rows.astype(np.int64) * max(n, 1) + pairs.ends
    other = ahead.rows.astype(np.int64) * max(n, 1) + ahead.ends
    back = len(np.intersect1d(one, other, assume_unique=True))
    yield "reciprocity", back / linked if linked else np.nan, "share", linked


def _wholes(given: Ecosystem, rows: Adjacency, parts: np.ndarray, alone: np.ndarray) -> Iterator[_Number]:
    n = given.n
    yield "parts", parts.max(initial=-1) + 1, "", n
    yield "largest_part", float((parts == 0).mean()) if n else np.nan, "share", n
    yield "strong_parts", connected_parts(given.links, strong=True).max(initial=-1) + 1, "", n
    yield "isolates", int(alone.sum()), "", n
    degree = np.diff(rows.starts)
    corners = int((degree * (degree - 1) // 2).sum())
    closed = int(neighbourhoods(rows).triangles.sum())
    yield "transitivity", closed / corners if corners else np.nan, "share", corners
    yield "assortativity", assortativity(given), "", given.m


def _span(rows: Adjacency, parts: np.ndarray, exact_below: int, seed: int) -> tuple[list[_Number], int]:
    """Return diameter and mean hops of the largest part, and from how many actors they were walked (0: all)."""
    members = np.flatnonzero(parts == 0)
    sources = members
    if len(members) >= max(exact_below, 1) and len(members) > PIVOTS:
        sources = np.random.default_rng(seed).choice(members, PIVOTS, replace=False)
    reached, far, farthest = spans(rows, sources)
    pairs = int(reached.sum())
    mean = float(far.sum() / pairs) if pairs else np.nan
    size = len(members)
    numbers: list[_Number] = [("diameter", int(farthest.max(initial=0)), "hops", size)]
    numbers.append(("mean_hops", mean, "hops", pairs))
    return numbers, 0 if len(sources) == size else len(sources)


def _parts(parts: np.ndarray) -> pd.DataFrame:
    sizes = np.bincount(parts) if len(parts) else np.empty(0, dtype=np.int64)
    shares = sizes / max(len(parts), 1)
    return pd.DataFrame({"part": np.arange(1, len(sizes) + 1), "actors": sizes, "of_actors": shares})


def _cut_points(walk: Walk, who: pd.DataFrame) -> pd.DataFrame:
    pieces, cut_off = walk.pieces()
    at = np.flatnonzero(pieces > 1)
    at = at[np.argsort(-cut_off[at], kind="stable")]
    children = walk.hanging[np.argsort(walk.parent[walk.hanging], kind="stable")]
    first, last = (np.searchsorted(walk.parent[children], at, side=side) for side in ("left", "right"))
    said = [""] * len(at)
    for k in range(min(len(at), _MOST_EXAMPLES)):
        said[k] = _examples(who, _lost(walk, int(at[k]), children[first[k] : last[k]]))
    found = who.iloc[at].assign(pieces=pieces[at], cut_off=cut_off[at], examples=said)
    return found.reset_index(drop=True)


def _lost(walk: Walk, actor: int, children: np.ndarray) -> np.ndarray:
    """Return whom an actor's loss parts from the largest piece."""
    sizes = walk.size[children]
    rest = walk.size[walk.begun[actor]] - 1 - sizes.sum()
    if rest >= sizes.max():
        return np.concatenate([walk.beyond(int(child)) for child in children])
    lost = [walk.beyond(int(child)) for child in np.delete(children, sizes.argmax())]
    if rest:
        whole = walk.beyond(int(walk.begun[actor]))
        lost.append(_but(walk, whole, [np.array([actor]), *(walk.beyond(int(child)) for child in children)]))
    return np.concatenate(lost)


def _but(walk: Walk, whole: np.ndarray, runs: list[np.ndarray]) -> np.ndarray:
    """Return a part without some runs of actors who were met one after the other."""
    stays = np.ones(len(whole), dtype=bool)
    for run in runs:
        here = walk.place[run[0]] - walk.place[whole[0]]
        stays[here : here + len(run)] = False
    left: np.ndarray = whole[stays]
    return left


def _bridges(given: Ecosystem, walk: Walk, who: pd.DataFrame) -> pd.DataFrame:
    child = walk.bridges
    side, whole = walk.size[child], walk.size[walk.begun[child]]
    cut_off = np.minimum(side, whole - side)
    order = np.argsort(-cut_off, kind="stable")
    child, cut_off = child[order], cut_off[order]
    n, ties = max(given.n, 1), given.ties
    pair = np.minimum(ties.sources, ties.targets).astype(np.int64) * n + np.maximum(ties.sources, ties.targets)
    above = walk.parent[child]
    wanted = np.minimum(child, above).astype(np.int64) * n + np.maximum(child, above)
    known, first, counts = np.unique(pair, return_index=True, return_counts=True)
    at = np.searchsorted(known, wanted)
    ends = {"source": ties.sources[first[at]], "target": ties.targets[first[at]]}
    columns: dict[str, Any] = {}
    for end, codes in ends.items():
        rows = who.iloc[codes].reset_index(drop=True)
        columns |= {end: rows["actor"], f"{end}_name": rows["name"], f"{end}_type": rows["type"]}
    said = [""] * len(child)
    for k in range(min(len(child), _MOST_EXAMPLES)):
        said[k] = _examples(who, _smaller(walk, int(child[k])))
    return pd.DataFrame({**columns, "ties": counts[at], "cut_off": cut_off, "examples": said})


def _smaller(walk: Walk, child: int) -> np.ndarray:
    """Return the smaller side of the tie between an actor and its parent."""
    below = walk.beyond(child)
    whole = walk.beyond(int(walk.begun[child]))
    return below if 2 * len(below) <= len(whole) else _but(walk, whole, [below])


def _examples(who: pd.DataFrame, codes: np.ndarray) -> str:
    names = ", ".join(str(name) for name in who["actor"].iloc[codes[:_NAMED]])
    return f"{names} and {len(codes) - _NAMED:,} more" if len(codes) > _NAMED else names


def _notes(given: Ecosystem, drawn: int) -> Iterator[str]:
    yield "Density, reciprocity, transitivity, parts, cut points and bridges: ties to oneself left out, several as one."
    if given.is_directed:
        yield "Parts, hops, transitivity, cut points and bridges: whatever the direction of a tie."
    if drawn:
        yield f"Diameter and mean hops: from {drawn:,} actors drawn at random; the diameter is at least so much."
    yield "Expected ties between types: as many as chance gives when each type sends and receives as many as it does."
