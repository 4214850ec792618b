"""What a sample of reverse-reachable sets certifies about the spread of seeds, and about the best there can be.

Source: Tang, Tang, Xiao and Yuan (2018), SIGMOD, 991-1005 (OPIM-C), with the tail bounds of Tang, Shi and Xiao (2015),
SIGMOD, 1539-1554.
"""

from __future__ import annotations

import math

import numpy as np


def least_spread(covered: float, sets: int, weight: float, risk: float) -> float:
    """Return a spread that seeds fixed beforehand exceed, wrong with probability ``risk`` at most."""
    a = math.log(1 / risk)
    root = math.sqrt(covered + 2 * a / 9) - math.sqrt(a / 2)
    return max(root * abs(root) - a / 18, 0.0) * weight / sets


def most_spread(coverable: float, sets: int, weight: float, risk: float) -> float:
    """Return a spread that no permitted seeds exceed, given the most sets that any of them can cover in the sample."""
    a = math.log(1 / risk)
    return min((math.sqrt(coverable + a / 2) + math.sqrt(a / 2)) ** 2 * weight / sets, weight)


def coverable_within(gains: np.ndarray, costs: np.ndarray, covered: int, budget: float, most: int) -> float:
    """Return the most sets that a budget can cover: what is covered, and the best fractions of gains it can buy."""
    useful = gains > 0
    gains, costs = gains[useful].astype(float), costs[useful]
    largest = np.sort(gains)[::-1][:most].sum()
    if np.isinf(budget):
        return covered + float(largest)
    order = np.argsort(-gains / np.maximum(costs, 1e-12), kind="stable")
    spent = np.cumsum(costs[order])
    fraction = np.clip((budget - (spent - costs[order])) / np.maximum(costs[order], 1e-12), 0, 1)
    return covered + min(float(largest), float((gains[order] * fraction).sum()))
