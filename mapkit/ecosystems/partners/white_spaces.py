"""Where nobody works with anybody: ties between types and communities, against what chance would give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.partners.shared import simple_neighbours
from mapkit.ecosystems.partners.white_spaces_result import WhiteSpaces
from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.statistics import adjust_p_values
from mapkit.statistics.intervals import normal_quantile
from mapkit.tables.beside import frame_of

NO_TYPE, NO_COMMUNITY = "(no type)", "(none)"
_MOST_TYPES = 200


def find_white_spaces(ecosystem: Any, communities: Any = None, *, confidence: float = 0.95) -> WhiteSpaces:
    """Return how many ties there are between each two types, and chance's expectation: the holes and the clusters.

    Ties count without direction, type or weight, each pair of actors once, self-ties not at all. Chance keeps every
    actor's number of ties and deals out who is at the other end: so a hole is no mere lack of members or of ties.

    ``table`` columns, a row a cell, the emptiest first:

    - ``kind``: "types" (``a`` and ``b`` are types) or "type and community" (``a`` a type, ``b`` a community)
    - ``actors_a``, ``actors_b``, ``pairs`` (how many ties there could be)
    - ``ties``, ``expected``; ``ratio`` = ties / expected with its interval (``_low``, ``_high``): exact for a Poisson
      count and, over all cells of its kind, together at the confidence asked for (Bonferroni)
    - ``p`` (two-sided), ``p_adjusted`` (Benjamini-Hochberg within the kind)
    - ``verdict``: "none" (no tie, and more expected), "few", "many", or "as chance"
    - ``sentence``: in words

    Parameters
    ----------
    ecosystem
        An ecosystem, or anything ``Ecosystem.of`` takes. Actors without a type are a type of their own.
    communities
        {actor: community}, a frame with ``actor`` and ``community``, or a result with such a table; None: types only.

    Raises
    ------
    OptionError
        No actor has a type.
    TableError
        The communities lack a column.

    Source: chance: the configuration model, Newman (2010), Networks; intervals: Garwood (1936), Biometrika 28, 437-442.
    """
    normal_quantile(confidence)
    ecosystem = Ecosystem.of(ecosystem)
    types = np.array([NO_TYPE if each is None else str(each) for each in ecosystem.types], dtype=object)
    if (types == NO_TYPE).all():
        raise OptionError("No actor has a type. Give the actors a column 'type', such as partner, supplier, media.")
    if len(set(types)) > _MOST_TYPES:
        raise OptionError(
            f"The actors have {len(set(types)):,} types, such as {listed(sorted(set(types))[:3])}. Is the column 'type'"
            f" an id? Put the types into at most {_MOST_TYPES} groups."
        )
    belongs = None if communities is None else _communities(ecosystem, communities)
    adjacency = simple_neighbours(ecosystem.n, ecosystem.ties.sources, ecosystem.ties.targets)
    cells = [_judged(_between_types(adjacency, types).assign(kind="types"), confidence)]
    if belongs is not None:
        kind = "type and community"
        cells.append(_judged(_in_communities(adjacency, types, belongs).assign(kind=kind), confidence))
    table = pd.concat(cells, ignore_index=True)
    table["sentence"] = [_sentence(row) for row in table.to_dict("records")]
    holes = table["verdict"].isin(["none", "few"])
    return WhiteSpaces(
        f"{int(holes.sum()):,} of {len(table):,} cells have fewer ties than chance would give",
        table[_COLUMNS],
        tuple(_notes(table, int(adjacency.nnz // 2), ecosystem, belongs, confidence)),
        int(adjacency.nnz // 2),
        confidence,
    )


_COLUMNS = [
    *("kind", "a", "b", "actors_a", "actors_b", "pairs", "ties", "expected", "ratio", "ratio_low", "ratio_high"),
    *("p", "p_adjusted", "verdict", "sentence"),
]


def _communities(ecosystem: Ecosystem, given: Any) -> np.ndarray:
    table = getattr(given, "table", given)
    if isinstance(table, Mapping):
        table = pd.DataFrame({"actor": list(table), "community": list(table.values())})
    frame = frame_of(table, "The communities")
    for name in ("actor", "community"):
        if name not in frame:
            raise TableError(
                f"The communities have no column {name!r}. They have {listed(frame.columns)}."
                f"{nearest(name, map(str, frame.columns))} Give actor and community, or {{actor: community}}."
            )
    of = frame.dropna(subset=["community"]).drop_duplicates("actor").set_index("actor")["community"]
    return np.array([str(of[each]) if each in of.index else NO_COMMUNITY for each in ecosystem.ids], dtype=object)


def _between_types(adjacency: Any, types: np.ndarray) -> pd.DataFrame:
    """Return ties and expectation between each two types, and within each."""
    names, groups = np.unique(types.astype(str), return_inverse=True)
    ties, expected, sizes = _counts(adjacency, groups, len(names))
    rows = []
    for i, one in enumerate(names):
        for j in range(i, len(names)):
            pairs = sizes[i] * (sizes[i] - 1) // 2 if i == j else sizes[i] * sizes[j]
            rows.append((str(one), str(names[j]), sizes[i], sizes[j], pairs, ties[i, j], expected[i, j]))
    return pd.DataFrame(rows, columns=_COLUMNS[1:8])


def _in_communities(adjacency: Any, types: np.ndarray, belongs: np.ndarray) -> pd.DataFrame:
    """Return ties with one end of a type and the other in a community, each tie once, and their expectation."""
    kinds, of_type = np.unique(types.astype(str), return_inverse=True)
    places, of_place = np.unique(belongs.astype(str), return_inverse=True)
    shape = (len(kinds), len(places))
    own = of_type * shape[1] + of_place
    one, other = adjacency.tocoo().coords
    degrees = np.diff(adjacency.indptr)
    found = np.bincount(of_type[one] * shape[1] + of_place[other], minlength=shape[0] * shape[1])
    # A tie within a cell's own members is met from both its ends.
    twice = np.bincount(own[one][own[one] == own[other]], minlength=shape[0] * shape[1]) // 2
    stubs = [
        np.bincount(codes, weights=degrees, minlength=k) for codes, k in ((of_type, shape[0]), (of_place, shape[1]))
    ]
    inside = np.bincount(own, weights=degrees, minlength=shape[0] * shape[1]).reshape(shape)
    every = max(float(degrees.sum()), 1.0)
    members = np.bincount(own, minlength=shape[0] * shape[1]).reshape(shape)
    sizes = members.sum(axis=1), members.sum(axis=0)
    rows, columns = (each.ravel() for each in np.indices(shape))
    return pd.DataFrame(
        {
            "a": kinds[rows].astype(object),
            "b": places[columns].astype(object),
            "actors_a": sizes[0][rows],
            "actors_b": sizes[1][columns],
            "pairs": (np.outer(*sizes) - members * (members + 1) // 2).ravel(),
            "ties": found - twice,
            "expected": (np.outer(*stubs) / every - inside**2 / (2 * every)).ravel(),
        }
    )


def _counts(adjacency: Any, groups: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ties between groups (each once), the expected number, and the groups' sizes."""
    links = adjacency.tocoo()
    ends = groups[links.coords[0]], groups[links.coords[1]]
    ties = np.bincount(ends[0] * count + ends[1], minlength=count * count).reshape(count, count).astype(float)
    stubs = ties.sum(axis=1)
    every = stubs.sum()
    expected = np.outer(stubs, stubs) / every if every else np.zeros((count, count))
    # Within a group every tie is met from both its ends.
    ties[np.diag_indices(count)] /= 2
    expected[np.diag_indices(count)] /= 2
    return ties.astype(np.int64), expected, np.bincount(groups, minlength=count)


def _judged(cells: pd.DataFrame, confidence: float) -> pd.DataFrame:
    from scipy.stats import chi2, poisson

    cells = cells[(cells["expected"] > 0) & (cells["pairs"] > 0)].reset_index(drop=True)
    ties, expected = cells["ties"].to_numpy(float), cells["expected"].to_numpy(float)
    each = (1 - confidence) / max(len(cells), 1)
    low = np.where(ties > 0, chi2.ppf(each / 2, 2 * ties) / 2, 0.0)
    high = chi2.ppf(1 - each / 2, 2 * ties + 2) / 2
    p = np.minimum(2 * np.minimum(poisson.cdf(ties, expected), poisson.sf(ties - 1, expected)), 1.0)
    few, many = high < expected, low > expected
    verdict = np.select([few & (ties == 0), few, many], ["none", "few", "many"], "as chance")
    judged = cells.assign(
        ratio=ties / expected,
        ratio_low=low / expected,
        ratio_high=high / expected,
        p=p,
        p_adjusted=adjust_p_values(p),
        verdict=verdict,
    )
    return judged.sort_values(["ratio", "expected"], ascending=[True, False], kind="stable", ignore_index=True)


def _sentence(row: Mapping[Any, Any]) -> str:
    a, b = (str(row[end]).replace("_", " ") for end in ("a", "b"))
    inside = row["kind"] == "types" and a == b
    number = f"{row['expected']:,.0f}" if row["expected"] >= 10 else f"{row['expected']:.2g}"
    if row["verdict"] == "none":
        whom = f"another {a}" if inside else f"any {b}" if row["kind"] == "types" else f"anybody in {b}"
        return f"No {a} has a tie to {whom}: chance would give {number}."
    between = f"between {a} and {'its like' if inside else b}" if row["kind"] == "types" else f"of {a} with {b}"
    word = {"few": "fewer than chance", "many": "more than chance"}.get(str(row["verdict"]), "what chance may give")
    return f"{row['ties']:,} {'tie' if row['ties'] == 1 else 'ties'} {between}: {word}, with {number} expected."


def _notes(
    table: pd.DataFrame, ties: int, ecosystem: Ecosystem, belongs: np.ndarray | None, confidence: float
) -> list[str]:
    cells = table.groupby("kind", sort=False).size()
    notes = [
        f"{ties:,} pairs of actors are tied, of {ecosystem.m:,} ties in the table: direction, type and weight do not"
        " count here.",
        "Expected: ties dealt out at random between actors with the number of ties they have (configuration model).",
        f"Intervals hold together at {100 * confidence:.3g}% over "
        + " and over ".join(f"the {count:,} cells of {kind}" for kind, count in cells.items())
        + "; they take counts as Poisson, which errs towards chance.",
    ]
    untyped = sum(each is None for each in ecosystem.types)
    if untyped:
        notes.append(f"{untyped:,} actors have no type and stand as {NO_TYPE}.")
    if belongs is not None and (belongs == NO_COMMUNITY).any():
        notes.append(
            f"{int((belongs == NO_COMMUNITY).sum()):,} actors are in no community and stand as {NO_COMMUNITY}."
        )
    if belongs is not None:
        notes.append("Communities found in these same ties are dense within by their making: look between them.")
    notes.append("A hole is a question, not an opportunity: some have good reasons, and some ties nobody wrote down.")
    return notes
