"""What each model gives each channel, from the sums of a tally."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mapkit.journeys.attribution.markov import removal_effects
from mapkit.journeys.attribution.replicates import Replicated
from mapkit.journeys.attribution.tally import Tally
from mapkit.statistics import difference_interval


@dataclass(frozen=True, eq=False)
class Shared:
    """One model's shares of conversions and of their value by channel; ``removal`` for the Markov model alone."""

    model: str
    conversions: Replicated
    values: Replicated
    removal: Replicated | None = None


def shares_of(tally: Tally, segment: int, models: tuple[str, ...]) -> list[Shared]:
    """Return the shares in one segment by each model, in the order of ``models``."""
    groups = np.flatnonzero(tally.outcomes[segment, :, :2].sum(axis=1))
    shared = []
    for model in models:
        if model == "markov":
            effects = removal_effects(tally, segment, groups)
            conversions, values = (
                Replicated.of_parts(np.nan_to_num(each)) for each in (effects.conversions, effects.values)
            )
            removal = Replicated(effects.conversions[0], effects.conversions[1:])
            shared.append(Shared(model, conversions, values, removal))
        else:
            sums = tally.credits[segment, groups, tally.kept.rules.index(model)]
            shared.append(Shared(model, Replicated.of_sums(sums[:, :, 0]), Replicated.of_sums(sums[:, :, 1])))
    return shared


def table_of(tally: Tally, segment: int, shared: list[Shared], confidence: float) -> pd.DataFrame:
    """Return the rows of one segment: model, channel and every number of it."""
    attributed = float(tally.outcomes[segment, :, 0].sum())
    journeys = float(tally.outcomes[segment, :, :2].sum())
    worth = float(tally.outcomes[segment, :, 3].sum())
    parts = []
    for each in shared:
        low, high = each.conversions.share_interval(confidence, attributed)
        value_low, value_high = each.values.interval(confidence)
        nothing = np.full(len(low), np.nan)
        removal = nothing if each.removal is None else each.removal.whole
        ends = (nothing, nothing) if each.removal is None else each.removal.share_interval(confidence, journeys)
        parts.append(
            pd.DataFrame(
                {
                    "segment": tally.kept.segments[segment],
                    "model": each.model,
                    "channel": list(tally.kept.channels),
                    "conversions": each.conversions.whole * attributed,
                    "value": each.values.whole * worth,
                    "value_low": value_low * worth,
                    "value_high": value_high * worth,
                    "share": each.conversions.whole,
                    "low": low,
                    "high": high,
                    "n": round(attributed),
                    "removal_effect": removal,
                    "removal_low": ends[0],
                    "removal_high": ends[1],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def disagreement_of(tally: Tally, segment: int, shared: list[Shared], confidence: float) -> pd.DataFrame:
    """Return for each channel the models that give it least and most, and whether the gap is more than chance."""
    if len(shared) < 2:
        return pd.DataFrame(columns=["segment", *_DISAGREEMENT])
    shares = np.array([each.conversions.whole for each in shared])
    # The two models are picked for being furthest apart, so the confidence is split over all pairs (Bonferroni).
    pairs = len(shared) * (len(shared) - 1) / 2
    rows = []
    for code, channel in enumerate(tally.kept.channels):
        if np.isnan(shares[:, code]).all():
            continue
        least, most = int(np.nanargmin(shares[:, code])), int(np.nanargmax(shares[:, code]))
        low, high = _gap(shared[most], shared[least], code, 1 - (1 - confidence) / pairs)
        spread = shares[most, code] - shares[least, code]
        names = (shared[least].model, shares[least, code], shared[most].model, shares[most, code])
        rows.append((tally.kept.segments[segment], channel, *names, spread, low, high, bool(low > 0)))
    frame = pd.DataFrame(rows, columns=["segment", *_DISAGREEMENT])
    return frame.sort_values(["spread", "channel"], ascending=[False, True], ignore_index=True)


_DISAGREEMENT = (
    "channel", "lowest_model", "lowest", "highest_model", "highest", "spread", "spread_low", "spread_high", "apart",
)  # fmt: skip


def _gap(one: Shared, other: Shared, code: int, confidence: float) -> tuple[float, float]:
    """Return the interval of a difference of two models over the same customers."""
    a, b = one.conversions, other.conversions
    if len(a.without) != len(b.without):
        # A chain of higher order was solved for fewer, larger groups: then the two are taken as independent.
        reach = np.hypot(a._reach(confidence)[code], b._reach(confidence)[code])
        gap = a.whole[code] - b.whole[code]
        return float(gap - reach), float(gap + reach)
    low, high = (a - b).interval(confidence)
    return float(low[code]), float(high[code])


def exposure_of(tally: Tally, segment: int, confidence: float) -> pd.DataFrame:
    """Return how many customers converted with each channel in their first journey, and how many without it."""
    met, converted = tally.met[segment].T
    all_customers, all_converted = tally.customers[segment]
    without, converted_without = all_customers - met, all_converted - converted
    low, high = difference_interval(converted, met, converted_without, without, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = converted / met, converted_without / without
    return pd.DataFrame(
        {
            "segment": tally.kept.segments[segment],
            "channel": list(tally.kept.channels),
            "customers_with": met.astype(np.int64),
            "converted_with": converted.astype(np.int64),
            "customers_without": without.astype(np.int64),
            "converted_without": converted_without.astype(np.int64),
            "of_with": shares[0],
            "of_without": shares[1],
            "difference": shares[0] - shares[1],
            "difference_low": low,
            "difference_high": high,
        }
    )
