"""Eigenvector centrality: an actor counts for as much as those around it do, part by part."""

from __future__ import annotations

from typing import Any

import numpy as np

from mapkit.ecosystems.position.adjacency import Adjacency
from mapkit.errors import OptionError

_SMALL = 200
_CLOSE = 1e-12


def eigenvector(around: Adjacency, parts: np.ndarray) -> np.ndarray:
    """Return the leading eigenvector of each part, of length 1 and not negative; 0 where an actor has no ties.

    Direction is left out, because along directed ties whoever no circle leads to would have 0; a tie to oneself
    counts once from either side. ``parts`` numbers the connected parts.

    Source: Bonacich (1987), American Journal of Sociology 92, 1170-1182.
    """
    from scipy import sparse

    shape = (around.actors, around.actors)
    whole = sparse.csr_array((around.weights, around.ends, around.starts.astype(np.int32)), shape=shape)
    values, sizes = np.zeros(around.actors), np.bincount(parts, minlength=1)
    members = np.argsort(parts, kind="stable").astype(np.int32)
    ends = np.cumsum(sizes)
    for part in np.flatnonzero(sizes > 1):
        rows = members[ends[part] - sizes[part] : ends[part]]
        matrix = whole if len(rows) == around.actors else whole[rows][:, rows]
        values[rows] = _leading(matrix, around.own[rows])
    alone = members[(ends - 1)[sizes == 1]]
    values[alone] = around.own[alone] > 0
    return values


def _leading(matrix: Any, own: np.ndarray) -> np.ndarray:
    """Return the leading eigenvector of a symmetric matrix plus ``own`` on its diagonal."""
    if not matrix.data.any() and not own.any():
        return np.zeros(matrix.shape[0])
    if matrix.shape[0] <= _SMALL:
        vector = np.linalg.eigh(matrix.toarray() + np.diag(own))[1][:, -1]
    else:
        vector = _settled(matrix, own)
    positive: np.ndarray = np.abs(vector) / np.linalg.norm(vector)
    return positive


def _settled(matrix: Any, own: np.ndarray) -> np.ndarray:
    from scipy.sparse import linalg
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    shape = matrix.shape
    product = linalg.LinearOperator(shape, matvec=lambda x: matrix @ x + own * x, dtype=float)
    start = np.asarray(matrix.sum(axis=1)).ravel() + own + 1e-9
    try:
        # The vectors are few: a second thread would wait for the products, and burn a core while it does.
        with threadpool_limits(1, user_api="blas"):
            return np.asarray(linalg.eigsh(product, k=1, which="LA", v0=start, tol=_CLOSE, maxiter=3_000)[1])[:, 0]
    except linalg.ArpackNoConvergence:
        raise OptionError(
            f"eigenvector does not settle on a part of {shape[0]:,} actors: its two leading eigenvalues are all but"
            " equal, as on a long chain. Leave 'eigenvector' out of measures; 'prestige' and 'core' have no such limit."
        ) from None
