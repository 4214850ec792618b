"""The parts of a right influencer: audience, position in the ecosystem, effect at a stage, each from 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems import Ecosystem
from mapkit.ecosystems.position import measure_position
from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.maps.influence.by_stage_result import InfluenceByStage
from mapkit.statistics.intervals import normal_quantile
from mapkit.tables.beside import frame_of

_RANKING = ("score", "reach", "relevance", "resonance", "rank", "rank_low", "rank_high", "tier", "note")
EFFECT = ("effect", "effect_low", "effect_high")


def audience_of(ranking: Any, actors: Sequence[str]) -> pd.DataFrame:
    """Return ``audience`` (the score, 0..1) and what stands behind it, a row an actor; NaN where there is no score."""
    frame = pd.DataFrame({"actor": list(actors)})
    if ranking is None:
        return frame.assign(audience=np.nan)
    table = frame_of(getattr(ranking, "table", ranking), "the ranking", "actor", "score")
    kept = table[["actor", *(name for name in _RANKING if name in table.columns)]]
    if kept["actor"].duplicated().any():
        raise TableError("The ranking has an actor more than once. Give one row an actor.")
    return frame.merge(kept, on="actor", how="left").rename(columns={"score": "audience"})


def position_of(ecosystem: Ecosystem, codes: np.ndarray, reached: list[np.ndarray]) -> pd.DataFrame:
    """Return influence (PageRank along reversed ties), betweenness, targets reached, and ``position``: a mean of three.

    They are the percentiles of influence and betweenness among the candidates, and ``access``: the targets reached as a
    share of the most that anybody reaches.
    """
    table = measure_position(ecosystem, ("influence", "betweenness")).table
    found = table.set_index("actor").loc[ecosystem.ids[codes], ["influence", "betweenness"]].reset_index(drop=True)
    targets = pd.Series([len(each) for each in reached], dtype=float)
    access = targets / max(float(targets.max()), 1.0)
    ranks = found.apply(percentiles).assign(access=access)
    return found.assign(targets_reached=targets.astype("int64"), access=access, position=ranks.mean(axis=1))


def percentiles(values: pd.Series) -> pd.Series:
    """Return the share of the other values that each is above, ties counted half; 0.5 for one alone.

    >>> percentiles(pd.Series([3.0, 1.0, 1.0])).tolist()
    [1.0, 0.25, 0.25]
    """
    others = max(int(values.notna().sum()) - 1, 1)
    alone = values.notna().sum() <= 1
    return values * 0 + 0.5 if alone else (values.rank(method="average") - 1) / others


def targets_within(ecosystem: Ecosystem, codes: np.ndarray, types: Sequence[str], steps: int) -> list[np.ndarray]:
    """Return for each candidate the codes of the actors of some types that are within so many steps along the ties."""
    wanted = np.isin(pd.Series(ecosystem.types, dtype=object).fillna("").to_numpy(str), list(types))
    rows, found = ecosystem.links.out, []
    for code in codes:
        seen = np.zeros(ecosystem.n, dtype=bool)
        seen[code] = True
        frontier = np.array([code])
        for _ in range(steps):
            parts = [rows.ends[rows.starts[each] : rows.starts[each + 1]] for each in frontier]
            fresh = np.unique(np.concatenate(parts)) if parts else np.array([], dtype=np.int64)
            frontier = fresh[~seen[fresh]]
            seen[frontier] = True
        seen[code] = False
        found.append(np.flatnonzero(seen & wanted))
    return found


def stage_of(influence: InfluenceByStage | None, stage: str | None, actors: Sequence[str]) -> pd.DataFrame:
    """Return what is known of each actor at a stage: its effect, what is left of it after chance, and ``stage_part``.

    ``expected`` is the effect drawn towards the mean of all influencers, the more the less is known of this one
    (random effects, DerSimonian and Laird), and that mean for one whom nobody has met; ``spread`` is its standard
    deviation. ``stage_part`` is it as a share of the largest, 0 where it is negative. An effect that another difference
    of the customers explains takes no part in the mean and counts 0.

    Source: DerSimonian and Laird (1986), Controlled Clinical Trials 7, 177-188.
    """
    frame = pd.DataFrame({"actor": list(actors)})
    words = ("verdict", "evidence", "confounded_by")
    columns = [*EFFECT, "customers_with", "customers_alone", *words]
    if influence is None:
        empty = {name: "" if name in words else np.nan for name in [*columns, "expected", "spread", "stage_part"]}
        return frame.assign(**empty)
    rows = influence.table[(influence.table["kind"] == "influencer") & (influence.table["to_stage"] == stage)]
    rows = rows[~rows["whole"]].rename(columns={"influencer": "actor"})
    rows = rows.rename(columns={name.replace("effect", "difference_within"): name for name in EFFECT})
    table = frame.merge(rows[["actor", *columns]], on="actor", how="left").fillna(dict.fromkeys(words, ""))
    error = (table["effect_high"] - table["effect_low"]) / (2 * normal_quantile(influence.confidence))
    blamed = table["verdict"] == "confounded"
    told = ~blamed & (table["customers_with"] > 1)
    table["expected"], table["spread"] = drawn_together(table["effect"].where(told), error.where(told))
    table.loc[blamed, ["expected", "spread"]] = 0.0
    largest = table["expected"].max()
    part = table["expected"] / largest if largest > 0 else table["expected"] * 0
    return table.assign(stage_part=part.clip(lower=0))


def drawn_together(effects: pd.Series, errors: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return effects drawn towards their common mean, and how uncertain each still is (standard deviation).

    What is not known is expected to be the mean, as uncertain as one more effect of the kind.

    >>> drawn_together(pd.Series([0.0, 0.2, float("nan")]), pd.Series([0.05] * 3))[0].round(3).tolist()
    [0.013, 0.188, 0.1]
    """
    d, v = effects.to_numpy(float), errors.to_numpy(float) ** 2
    known = np.isfinite(d) & np.isfinite(v) & (v > 0)
    if not known.any():
        return np.full(len(d), np.nan), np.full(len(d), np.nan)
    w = 1 / v[known]
    mean = (w * d[known]).sum() / w.sum()
    room = w.sum() - (w**2).sum() / w.sum()
    between = max(0.0, ((w * (d[known] - mean) ** 2).sum() - (known.sum() - 1)) / room) if room > 0 else 0.0
    w = 1 / (v[known] + between)
    mean = (w * d[known]).sum() / w.sum()
    kept = np.where(known, between / (between + np.where(known, v, 1.0)), 0.0)
    expected = mean + kept * np.where(known, d - mean, 0.0)
    return expected, np.sqrt(between * (1 - kept) + (1 - kept) ** 2 / w.sum())


def stage_for(influence: InfluenceByStage | None, stage: str | None) -> str | None:
    """Return the stage to judge influencers by: the one asked for, else the one where all together do most."""
    if influence is None:
        if stage is not None:
            raise OptionError(f"stage={stage!r} needs the result of measure_influence_by_stage: influence=result.")
        return None
    steps = influence.table[~influence.table["whole"]]
    known = list(dict.fromkeys(steps["to_stage"]))
    if stage is not None and stage not in known:
        raise OptionError(
            f"stage={stage!r} is not reached in this result. There is {listed(known)}.{nearest(stage, known)}"
        )
    if stage is not None or steps.empty:
        return stage
    together = steps[steps["kind"] == "all"].drop_duplicates("to_stage")
    margin = together["difference_within_high"] - together["difference_within_low"]
    far = (together["difference_within"] / margin).fillna(-np.inf).to_numpy(float)
    return str(together["to_stage"].iloc[int(far.argmax())])
