"""Customers with and without each influencer at each stage: counts made where the events live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.maps.influence.equally_far import held
from mapkit.maps.influence.exposures import Exposures

if TYPE_CHECKING:
    import ibis.expr.types as ir

ANY, BY_CHANCE, NOT_BY_CHANCE = "any influencer", "any, met by chance", "any, not by chance"
WITH = ("customers_with", "converted_with")
CELLS = (*WITH, "customers_without", "converted_without")
KEYS = ("kind", "influencer", "step")


@dataclass(frozen=True, eq=False)
class Met:
    """``risk``: a row a customer and stage reached. ``met``: a row for each influencer the customer had met by then.

    ``met`` also says whether chance decided (``by_chance``) and whether there were ``others`` (1 or 0).
    """

    risk: ir.Table
    met: ir.Table
    has_assignment: bool


def meet(risk: ir.Table, exposures: Exposures, lookback: int | None) -> Met:
    """Return who had met whom when they reached a stage: at that moment or before, and within ``lookback`` of it."""
    import ibis

    risk, rows = held(risk), exposures.rows
    joined = risk.inner_join(rows, risk["customer"] == rows["customer"])
    near = rows["met"] <= risk["at"]
    if lookback is not None:
        near = near & (rows["met"] >= _earlier(risk["at"], lookback))
    facts = [name for name in risk.columns if name != "at"]
    close = joined.filter(near).select(*(risk[name] for name in facts), rows["influencer"], rows["by_chance"])
    once = close.group_by([*facts, "influencer"]).agg(by_chance=close["by_chance"].max())
    number = ibis.window(group_by=["customer", "step"])
    met = once.mutate(others=(once.count().over(number) > 1).ifelse(1, 0))
    return Met(risk, held(met), exposures.has_assignment)


def _earlier(moment: Any, span: int) -> Any:
    import ibis

    # Whole seconds by themselves: some databases know no smaller intervals.
    seconds, rest = divmod(span, 1_000_000)
    moment = moment - ibis.interval(seconds=seconds)
    return moment - ibis.interval(microseconds=rest) if rest else moment


def counted(met: Met, stratum: Any) -> pd.DataFrame:
    """Return ``KEYS``, stratum, others, and the four counts of ``CELLS``; kind "all" has the rows of all together.

    With an influencer are those who had met it. They stand beside those who had not, of the same stratum and alike in
    whether they had met another one; so whoever met several is told apart from who met only this one.
    """
    totals = _totals(met, stratum)
    parts = [_each(met, stratum, totals), _together(totals, "any", ANY)]
    # Two kinds of meetings are told apart where both occur; else each would say what "any" says.
    if met.has_assignment and totals["chance"].any() and totals["audience"].any():
        parts.append(_together(totals, "chance", BY_CHANCE, "audience"))
        parts.append(_together(totals, "audience", NOT_BY_CHANCE, "chance"))
    return pd.concat(parts, ignore_index=True)


def _totals(met: Met, stratum: Any) -> pd.DataFrame:
    """Return step, stratum, and whether anybody was met: any, chance, audience (0 or 1), with customers, converted."""
    rows = met.met
    each = rows.group_by(["customer", "step"]).agg(
        chance=rows["by_chance"].max(), audience=(1 - rows["by_chance"]).max()
    )
    risk = met.risk
    joined = risk.left_join(each, ["customer", "step"])
    flagged = joined.select(
        step=risk["step"],
        stratum=stratum(risk),
        converted=risk["converted"],
        any=each["chance"].notnull().ifelse(1, 0),
        chance=each["chance"].fill_null(0),
        audience=each["audience"].fill_null(0),
    )
    keys = ["step", "stratum", "any", "chance", "audience"]
    return _whole(flagged.group_by(keys).agg(customers=flagged.count(), converted=flagged["converted"].sum()), keys)


def _each(met: Met, stratum: Any, totals: pd.DataFrame) -> pd.DataFrame:
    rows = met.met.mutate(stratum=stratum(met.met))
    keys = ["influencer", "step", "stratum", "others"]
    grouped = rows.group_by(keys).agg(customers_with=rows.count(), converted_with=rows["converted"].sum())
    found = _whole(grouped, keys)
    # Every stratum with and without others: an influencer may have nobody in one of them and be compared in the other.
    places = totals[["step", "stratum"]].drop_duplicates().merge(pd.DataFrame({"others": [0, 1]}), how="cross")
    beside = totals.rename(columns={"any": "others"}).groupby(["step", "stratum", "others"], as_index=False)
    places = places.merge(beside[["customers", "converted"]].sum(), on=["step", "stratum", "others"], how="left")
    wide = found[["influencer", "step"]].drop_duplicates().merge(places, on="step").merge(found, on=keys, how="left")
    wide = wide.fillna(dict.fromkeys((*WITH, "customers", "converted"), 0)).assign(kind="influencer")
    met_it = wide.groupby(["influencer", "step", "stratum"])[list(WITH)].transform("sum")
    for name, column in (("customers", "customers_with"), ("converted", "converted_with")):
        wide[f"{name}_without"] = wide[name] - met_it[column].where(wide["others"] == 1, 0)
    return _tidy(wide)


def _together(totals: pd.DataFrame, flag: str, name: str, beside: str | None = None) -> pd.DataFrame:
    """Return all who met anybody (of a kind) against all who did not; those of the other kind are the others."""
    rows = totals.assign(kind="all", influencer=name, others=0 if beside is None else totals[beside])
    here = rows[flag] == 1
    for side, chosen in (("with", here), ("without", ~here)):
        rows = rows.assign(**{f"{what}_{side}": rows[what].where(chosen, 0) for what in ("customers", "converted")})
    return _tidy(rows.groupby([*KEYS, "stratum", "others"], as_index=False)[list(CELLS)].sum())


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    keys = [*KEYS, "stratum", "others"]
    told = table[(table["customers_with"] > 0) | (table["customers_without"] > 0)]
    whole: pd.DataFrame = told[[*keys, *CELLS]].astype({**dict.fromkeys(CELLS, "int64"), "others": "int64"})
    return whole.sort_values(keys, ignore_index=True)


def _whole(grouped: ir.Table, keys: list[str]) -> pd.DataFrame:
    frame: pd.DataFrame = grouped.to_pandas()
    numbers = [name for name in frame.columns if name not in ("influencer", "stratum")]
    # Databases hand groups on in any order; results come in one.
    return frame.astype(dict.fromkeys(numbers, "int64")).sort_values(keys, ignore_index=True)
