"""How likely chance alone would make two shares differ as much as they do."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Below this the normal approximation of a 2x2 table misleads (Cochran's rule), so the table is counted out exactly.
_LEAST_EXPECTED = 5.0


def share_p_values(
    successes_a: ArrayLike, trials_a: ArrayLike, successes_b: ArrayLike, trials_b: ArrayLike
) -> NDArray[np.float64]:
    """Return two-sided p-values for share a = share b (independent samples), element by element.

    The score test with the pooled share, which is Pearson's chi-square without correction; Fisher's exact test where
    a cell of the 2x2 table is expected to hold fewer than 5. NaN where nobody was tried. Where both shares are 0, or
    both 1, nothing speaks against chance: 1.

    Source: Fisher (1922), Journal of the Royal Statistical Society 85, 87-94; Cochran (1954), Biometrics 10, 417-451.

    >>> [round(float(p), 4) for p in share_p_values([56, 1], [70, 30], [48, 15], [80, 30_000])]
    [0.008, 0.0159]
    """
    columns = (np.asarray(each, dtype=float) for each in (successes_a, trials_a, successes_b, trials_b))
    hits_a, n_a, hits_b, n_b = np.broadcast_arrays(*columns)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (hits_a + hits_b) / (n_a + n_b)
        error = np.sqrt(pooled * (1 - pooled) * (1 / n_a + 1 / n_b))
        score = np.abs(hits_a / n_a - hits_b / n_b) / error
        expected = np.minimum(pooled, 1 - pooled) * np.minimum(n_a, n_b)
    known = (n_a > 0) & (n_b > 0)
    p = np.array([math.erfc(each / math.sqrt(2)) for each in np.nan_to_num(score).ravel()]).reshape(known.shape)
    p = np.where(known, p, np.nan)
    few = known & (expected < _LEAST_EXPECTED) & (expected > 0)
    if few.any():
        from scipy.stats import fisher_exact  # half a second to import, and most tables have no such row

        cells = zip(*(each[few] for each in (hits_a, n_a, hits_b, n_b)), strict=True)
        p[few] = [fisher_exact([[a, n - a], [b, m - b]]).pvalue for a, n, b, m in cells]
    return p
