"""A tally made into an Attribution: what both measures share once journeys are counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mapkit.errors import OptionError, listed, one_of
from mapkit.journeys.attribution.credits import MODELS, RULES
from mapkit.journeys.attribution.models import disagreement_of, exposure_of, shares_of, table_of
from mapkit.journeys.attribution.result import CAUTION, Attribution
from mapkit.journeys.attribution.spend import read_spend, spend_notes, with_spend
from mapkit.journeys.attribution.tally import Tally
from mapkit.statistics.intervals import normal_quantile


@dataclass(frozen=True, eq=False)
class Wanted:
    """The options that both measures take, checked."""

    models: tuple[str, ...]
    markov_order: int
    confidence: float
    spend: pd.DataFrame | None

    @classmethod
    def of(cls, models: Sequence[str], markov_order: int, confidence: float, spend: Any) -> Wanted:
        """Check the options and return them."""
        names = (models,) if isinstance(models, str) else tuple(dict.fromkeys(models))
        if not names:
            raise OptionError(f"models=() asks for nothing. Give some of {listed(MODELS)}.")
        for name in names:
            one_of(name, MODELS, "model")
        if markov_order not in (1, 2, 3):
            raise OptionError(f"markov_order={markov_order!r} is not 1, 2 or 3: how many touches back the chain looks.")
        normal_quantile(confidence)
        return cls(names, markov_order, confidence, None if spend is None else read_spend(spend))

    @property
    def rules(self) -> tuple[str, ...]:
        """The models that need no chain."""
        return tuple(name for name in RULES if name in self.models)


def answer(
    tally: Tally,
    wanted: Wanted,
    paths: pd.DataFrame,
    *,
    title: str,
    notes: Sequence[str],
    valued: bool,
    by: str | None,
    definition: Mapping[str, Any],
) -> Attribution:
    """Return the result for a tally; ``notes`` are those on how journeys were made."""
    confidence = wanted.confidence
    table, disagreement = list[pd.DataFrame](), list[pd.DataFrame]()
    for segment in range(len(tally.kept.segments)):
        shared = shares_of(tally, segment, wanted.models)
        table.append(table_of(tally, segment, shared, confidence))
        disagreement.append(disagreement_of(tally, segment, shared, confidence))
    exposure = [exposure_of(tally, segment, confidence) for segment in range(len(tally.kept.segments))]
    whole = pd.concat(table, ignore_index=True)
    # Sums over groups of customers end in ...9996 where a rule counts whole conversions.
    whole["conversions"] = whole["conversions"].round(9)
    if not valued:
        whole[["value", "value_low", "value_high"]] = float("nan")
    if wanted.spend is not None:
        whole = with_spend(whole, wanted.spend)
    outcomes = _outcomes(tally)
    return Attribution(
        title=title,
        table=_split(whole, by),
        notes=(
            CAUTION,
            _counted(outcomes),
            *notes,
            *_model_notes(wanted),
            *([] if wanted.spend is None else spend_notes(whole, wanted.spend)),
        ),
        models=wanted.models,
        by=by,
        confidence=confidence,
        definition=definition,
        paths=_split(paths, by),
        disagreement=_split(pd.concat(disagreement, ignore_index=True), by),
        exposure=_split(pd.concat(exposure, ignore_index=True), by),
        outcomes=_split(outcomes, by),
    )


def _outcomes(tally: Tally) -> pd.DataFrame:
    sums = tally.outcomes.sum(axis=1)
    counts = pd.DataFrame(sums[:, :3].round().astype("int64"), columns=["converted", "null", "unattributed"])
    counts.insert(0, "segment", list(tally.kept.segments))
    return counts.assign(value=sums[:, 3], unattributed_value=sums[:, 4])


def _counted(outcomes: pd.DataFrame) -> str:
    converted, null = int(outcomes["converted"].sum()), int(outcomes["null"].sum())
    unattributed = int(outcomes["unattributed"].sum())
    said = f"{converted:,} conversions are shared out, of {converted + null:,} journeys with a touch."
    if unattributed:
        said += f" {unattributed:,} more conversions had no touch before them: they are unattributed, and in no share."
    return said


def _model_notes(wanted: Wanted) -> list[str]:
    notes = []
    if "markov" in wanted.models:
        steps = "the last touch" if wanted.markov_order == 1 else f"the last {wanted.markov_order} touches"
        notes.append(
            f"Markov: a chain that knows {steps}, with the journeys that ended in nothing; a removal effect is"
            " the share of conversions lost when every move into it ends in nothing, and its share that effect over"
            " the sum of all."
        )
    if "shapley" in wanted.models:
        notes.append(
            "Shapley: a set of channels is worth the conversions of the journeys that met no other channel. Each"
            " journey's channels then share it equally, exactly, for any number of channels. The other usual worth, a"
            " set's conversion rate, is undefined for sets that nobody met, and does not add up to the conversions."
        )
    notes.append(
        "exposure compares customers whose first journey holds a channel with those whose does not: who takes longer to"
        " decide meets more channels, so compare within groups (by) that explain who is reached."
    )
    notes.append(
        f"Intervals are {wanted.confidence:.0%}, by leaving out one of up to 64 groups of customers at a time"
        " (delete-a-group jackknife), for the number of conversions as it is. Models share the same journeys, so"
        " their intervals move together; disagreement has intervals of the differences."
    )
    return notes


def _split(frame: pd.DataFrame, by: str | None) -> pd.DataFrame:
    return frame.drop(columns="segment") if by is None else frame
