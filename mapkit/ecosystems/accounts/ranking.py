"""Which accounts to work on first: fit, intent and engagement in one score, with how sure its rank is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.accounts.ranking_result import AccountRanking
from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.statistics.intervals import normal_quantile
from mapkit.tables.beside import frame_of

_PARTS = ("fit", "intent", "engagement")


def rank_accounts(
    accounts: Any,
    *,
    fit: str = "fit",
    intent: str = "intent",
    engagement: str = "engagement",
    weights: Mapping[str, float] | None = None,
    tiers: Sequence[int] = (5, 15),
    concentration: float = 30.0,
    draws: int = 2_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> AccountRanking:
    """Return accounts by the weighted geometric mean of fit, intent and engagement, in tiers of declared sizes.

    The geometric mean lets nothing be bought off: an account without any fit scores 0, however keen it is. The weights
    are a judgement, so they are drawn at random around those given and every rank has the interval that follows.

    ``table`` columns, a row an account, the best first and those not scored last:

    - ``account``, ``fit``, ``intent``, ``engagement`` (0..1), ``score`` (0..1)
    - ``rank`` (equal scores share the best rank), ``rank_low``, ``rank_high`` over the draws of weights
    - ``tier`` (1, 2, ...), ``of_draws_tier_1``: the share of draws in which it is in tier 1
    - ``missing``: the scores it lacks, joined by ", "; ``reason``: what carries it and what holds it back

    Parameters
    ----------
    accounts
        A frame with ``account`` and the three scores; ``fit``, ``intent`` and ``engagement`` name their columns.
    weights
        How much each counts, such as {"fit": 2, "intent": 1, "engagement": 1}; None weighs them equally.
    tiers
        The sizes of the tiers but the last, which takes the rest. Accounts of equal score at a border share its
        better tier.
    concentration
        How close the drawn weights stay to those given: with 30 and equal weights, two draws in three have each weight
        within 0.085 of a third.

    Raises
    ------
    TableError
        A column is missing, or an account stands twice.
    OptionError
        A score lies outside 0 to 1, or weights or tiers make no sense.

    Source: rank intervals from Dirichlet weights as in stochastic multicriteria analysis: Lahdelma and Salminen (2001),
    Operations Research 49, 444-454.
    """
    shares = _weights(weights)
    sizes = _sizes(tiers)
    normal_quantile(confidence)
    if draws < 1 or not concentration > 0:
        raise OptionError(f"draws={draws!r} and concentration={concentration!r}: both must be above 0.")
    frame = _frame(accounts, {"fit": fit, "intent": intent, "engagement": engagement})
    known = frame[list(_PARTS)].notna().all(axis=1)
    scores = frame.loc[known, list(_PARTS)].to_numpy(float)
    table = frame.assign(missing=[_missing(row) for row in frame.to_dict("records")])
    table.loc[known, "score"] = _mean(scores, shares[None, :])[:, 0]
    table.loc[known, "rank"] = _ranks(table.loc[known, "score"].to_numpy(float)[:, None])[:, 0]
    drawn = np.random.default_rng(seed).dirichlet(concentration * shares, draws)
    ranks = _ranks(_mean(scores, drawn))
    if known.any():
        table.loc[known, "rank_low"] = np.quantile(ranks, (1 - confidence) / 2, axis=1, method="lower")
        table.loc[known, "rank_high"] = np.quantile(ranks, (1 + confidence) / 2, axis=1, method="higher")
    table = _tiered(table, known, ranks, sizes)
    table["reason"] = [_reason(row, shares) for row in table.to_dict("records")]
    return AccountRanking(
        f"{int(known.sum()):,} accounts by fit, intent and engagement",
        table,
        tuple(_notes(table, shares, sizes, concentration, draws)),
        {name: float(share) for name, share in zip(_PARTS, shares, strict=True)},
        sizes,
        confidence,
    )


def _weights(given: Mapping[str, float] | None) -> np.ndarray:
    wanted = dict.fromkeys(_PARTS, 1.0) if given is None else dict(given)
    for name in wanted:
        if name not in _PARTS:
            raise OptionError(f"weights has {name!r}. It weighs {listed(_PARTS)}.{nearest(str(name), _PARTS)}")
    values = np.array([float(wanted.get(name, 0.0)) for name in _PARTS])
    if not np.isfinite(values).all() or (values <= 0).any():
        raise OptionError(f"weights={wanted!r}: give each of {listed(_PARTS)} a number above 0.")
    shares: np.ndarray = values / values.sum()
    return shares


def _sizes(tiers: Sequence[int]) -> tuple[int, ...]:
    sizes = tuple(int(size) for size in tiers)
    if not sizes or any(size < 1 for size in sizes):
        raise OptionError(
            f"tiers={tuple(tiers)!r}: name the sizes of the first tiers, such as (5, 15); the rest is one."
        )
    return sizes


def _frame(accounts: Any, columns: Mapping[str, str]) -> pd.DataFrame:
    frame = frame_of(accounts, "The accounts")
    for part, name in {"account": "account", **columns}.items():
        if name not in frame:
            todo = "Rename yours to 'account'." if part == "account" else f"Name yours: {part}='...'."
            raise TableError(
                f"The accounts have no column {name!r}. They have {listed(frame.columns)}."
                f"{nearest(name, map(str, frame.columns))} {todo}"
            )
    again = frame["account"][frame["account"].duplicated()]
    if len(again):
        raise TableError(f"Accounts stand more than once: {listed(again.unique(), most=5)}. Give one row an account.")
    made = pd.DataFrame({"account": frame["account"].astype(str).to_numpy(object)})
    for part, name in columns.items():
        made[part] = pd.to_numeric(frame[name], errors="coerce").to_numpy(float)
        _refuse_words(frame[name], made[part], name)
        off = made[made[part].notna() & ~made[part].between(0, 1)]
        if len(off):
            raise OptionError(
                f"{len(off):,} scores of {name!r} lie outside 0 to 1, such as {off[part].iloc[0]:g} for"
                f" {off['account'].iloc[0]!r}. Bring them to 0..1 first: divide by the top of their scale, or take"
                " their rank: frame[name].rank(pct=True)."
            )
    return made


def _refuse_words(given: pd.Series, read: pd.Series, name: str) -> None:
    """Raise TableError where a cell holds something that is no number: it would pass for a score not known."""
    said = given.astype(object).where(given.notna(), "").astype(str).str.strip().to_numpy(object)
    bad = np.flatnonzero(read.isna().to_numpy() & (said != ""))
    if len(bad):
        raise TableError(
            f"{len(bad):,} scores in {name!r} are no numbers, such as {str(said[bad[0]])[:40]!r} in row {bad[0] + 1}."
            " Where a comma is the decimal sign, say so on reading: pandas.read_csv(..., decimal=','). Leave a cell"
            " empty where the score is not known."
        )


def _missing(row: Mapping[Any, Any]) -> str:
    return ", ".join(name for name in _PARTS if row[name] != row[name])


def _mean(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted geometric means: a row an account, a column a draw of weights."""
    with np.errstate(divide="ignore"):
        logs = np.where(scores > 0, np.log(scores), -1e300)
    means: np.ndarray = np.exp(np.maximum(logs @ weights.T, -1e300))
    return means


def _ranks(scores: np.ndarray) -> np.ndarray:
    """Return ranks from 1 within each column; equal scores share the best. Rounding makes no order."""
    from scipy.stats import rankdata

    ranks: np.ndarray = rankdata(-np.round(scores, 12), method="min", axis=0)
    return ranks


def _tiered(table: pd.DataFrame, known: pd.Series, ranks: np.ndarray, sizes: tuple[int, ...]) -> pd.DataFrame:
    borders = np.cumsum(sizes)
    places = np.searchsorted(borders, table["rank"].fillna(0).to_numpy(float)) + 1
    table["tier"] = pd.array(np.where(known, places, 0), dtype="Int64")
    table.loc[~known, "tier"] = pd.NA
    table.loc[known, "of_draws_tier_1"] = (ranks <= sizes[0]).mean(axis=1) if known.any() else np.nan
    for name in ("rank", "rank_low", "rank_high"):
        table[name] = (table[name] if name in table else pd.Series(np.nan, index=table.index)).astype("Int64")
    order = table.sort_values(["rank", "account"], kind="stable", na_position="last", ignore_index=True)
    columns = ["account", "score", "rank", "rank_low", "rank_high", "tier", "of_draws_tier_1", *_PARTS, "missing"]
    return order.reindex(columns=columns)


def _reason(row: Mapping[Any, Any], shares: np.ndarray) -> str:
    if row["missing"]:
        return f"Not scored: {row['missing']} is missing."
    values = {name: float(row[name]) for name in _PARTS}
    zero = [name for name in _PARTS if values[name] == 0]
    if zero:
        return f"No {' and no '.join(zero)}: the score is 0 whatever else it has."
    costs = {name: -share * np.log(values[name]) for name, share in zip(_PARTS, shares, strict=True)}
    best, worst = max(values, key=lambda name: values[name]), max(costs, key=lambda name: costs[name])
    if values[worst] >= 0.8 or max(values.values()) - min(values.values()) < 0.05:
        return f"Even: fit {values['fit']:.2f}, intent {values['intent']:.2f}, engagement {values['engagement']:.2f}."
    return f"Carried by {best} ({values[best]:.2f}), held back by {worst} ({values[worst]:.2f})."


def _notes(
    table: pd.DataFrame, shares: np.ndarray, sizes: tuple[int, ...], concentration: float, draws: int
) -> list[str]:
    said = ", ".join(f"{name} {share:.2f}" for name, share in zip(_PARTS, shares, strict=True))
    unscored = int(table["rank"].isna().sum())
    notes = [
        f"Weighted geometric mean with the weights {said}.",
        f"Rank intervals from {draws:,} draws of weights (Dirichlet, concentration {concentration:g}); the scores"
        " themselves are taken as given, so real doubt is larger.",
        f"Tiers: the first {', the next '.join(f'{size:,}' for size in sizes)}, then the rest; sizes are a choice of"
        " capacity, no finding.",
    ]
    if unscored:
        notes.append(
            f"Not ranked for want of a score: {unscored:,} of {len(table):,}; what is missing stands beside each."
        )
    return notes
