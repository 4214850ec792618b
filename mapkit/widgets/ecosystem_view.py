"""An ecosystem as a page draws it: places, kinds and ties as plain bytes, and every word ready written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems import Ecosystem
from mapkit.errors import OptionError
from mapkit.plots.ecosystem.scene import Scene, community_name, scene_of
from mapkit.plots.ecosystem.ties import negative
from mapkit.plots.numbers import count

MOST_ACTORS, MOST_TIES = 20_000, 100_000
PAGE = (1000.0, 660.0)
NO_TIME = 65_535
_MOST_STOPS = 60
_COLUMNS = 8
_LONGEST = 120
_OWN = ("actor", "name", "type", "row")
_TWO_WAY, _AGAINST = 1, 2

View = dict[str, Any]


def check_size(ecosystem: Ecosystem) -> None:
    """Raise OptionError where there is more than a page can hold."""
    if ecosystem.n > MOST_ACTORS or ecosystem.m > MOST_TIES:
        raise OptionError(
            f"The explorer holds {MOST_ACTORS:,} actors and {MOST_TIES:,} ties; this ecosystem has {ecosystem.n:,} and"
            f" {ecosystem.m:,}. Give it a part: ecosystem.subset(types=...), or its strongest ties by where(...)."
        )


def explorer_scene(ecosystem: Ecosystem, **looks: Any) -> Scene:
    """Return the scene that page and picture share: all ties, on a page wide enough to be zoomed into."""
    return scene_of(ecosystem, labels=0, ties=MOST_TIES, page=PAGE, **looks)


def view_of(scene: Scene, stages: dict[str, str]) -> View:
    """Return every trait that the page draws from; ties come strongest first."""
    ecosystem = scene.ecosystem
    named = _stage_names(ecosystem, stages)
    codes = {name: code for code, name in enumerate(named)}
    staged = np.array([codes.get(stages.get(str(actor), ""), -1) for actor in ecosystem.ids], dtype=np.int64)
    types = _names(ecosystem.types)
    per_actor = np.column_stack(
        [scene.shapes.codes, scene.colours.codes, scene.layout.groups, staged, _codes(ecosystem.types, types)]
    )
    places = np.column_stack([scene.layout.at, scene.layout.radii])
    return {
        "ids": [str(actor) for actor in ecosystem.ids],
        "labels": [_short(label) for label in ecosystem.labels],
        "places": places.astype("<f4").tobytes(),
        "kinds": per_actor.astype("<i2").tobytes(),
        "extent": [*PAGE, scene.layout.strip],
        "hulls": [_hull(scene, group) for group in scene.communities],
        "shapes": [list(pair) for pair in zip(scene.shapes.names, scene.shapes.markers, strict=True)],
        "colours": [list(pair) for pair in zip(scene.colours.names, scene.colours.colours, strict=True)],
        "coloured": scene.colours.what,
        "sized": scene.sized,
        "type_names": [[name, int(n)] for name, n in _counted(ecosystem.types, types)],
        "stage_names": [[name, int((staged == code).sum())] for name, code in codes.items()],
        **_facts(scene),
        **_ties(scene),
    }


def read_stages(ecosystem: Ecosystem, stages: Any) -> dict[str, str]:
    """Return each actor's stage, of a column of the actors or of a table with columns actor and stage."""
    if stages is None:
        return {}
    if isinstance(stages, str):
        if stages not in ecosystem.actors:
            known = ", ".join(map(repr, ecosystem.actors.columns))
            raise OptionError(f"stages={stages!r} is no column of the actors. There is {known}.")
        table = ecosystem.actors[["actor", stages]].set_axis(["actor", "stage"], axis=1)
    else:
        table = getattr(stages, "table", stages)
        table = table if isinstance(table, pd.DataFrame) else pd.DataFrame(table)
        if not {"actor", "stage"} <= set(table.columns):
            raise OptionError("stages takes a column of the actors, or a table with columns 'actor' and 'stage'.")
    known_rows = table.dropna(subset=["actor", "stage"]).drop_duplicates("actor")
    return dict(zip(known_rows["actor"].map(str), known_rows["stage"].map(str), strict=True))


def stops_of(times: pd.Series) -> list[pd.Timestamp]:
    """Return the moments at which a slider over the ties' times can stand: ends of days, weeks, months or quarters."""
    known = times.dropna()
    if known.empty:
        return []
    days = (known.max() - known.min()).days
    period = next(
        code for most, code in ((45, "D"), (300, "W"), (1_800, "M"), (5_400, "Q"), (10**9, "Y")) if days <= most
    )
    spans = pd.period_range(known.min(), known.max(), freq=period)
    ends = [span.end_time.ceil("D").tz_localize(None) for span in spans]
    step = -(-len(ends) // _MOST_STOPS)
    return ends[::-1][::step][::-1]


def tie_times(ecosystem: Ecosystem) -> pd.Series:
    """Return the ties' times; NaT where a tie has none."""
    if "time" not in ecosystem.ties.more.column_names:
        return pd.Series(pd.NaT, index=range(ecosystem.m), dtype="datetime64[us]")
    return pd.Series(pd.to_datetime(ecosystem.ties.more["time"].to_pandas())).reset_index(drop=True)


def _ties(scene: Scene) -> View:
    ecosystem, drawn = scene.ecosystem, scene.ties
    order = np.argsort(-drawn.share, kind="stable")
    rows, ties = drawn.rows[order], ecosystem.ties
    kinds = _tie_types(ecosystem)
    names = _names(kinds)
    times, stops = tie_times(ecosystem), stops_of(tie_times(ecosystem))
    first = np.searchsorted(np.array(stops, dtype="datetime64[ns]"), times.to_numpy("datetime64[ns]"), side="right")
    first = np.where(times.isna(), NO_TIME, np.minimum(first, max(len(stops) - 1, 0)))
    flags = ties.two_way * _TWO_WAY + negative(ecosystem) * _AGAINST
    per_tie = np.column_stack([_codes(kinds, names), first, flags])[rows]
    return {
        "tie_ends": np.column_stack([ties.sources, ties.targets])[rows].astype("<u4").tobytes(),
        "tie_shares": drawn.share[order].astype("<f4").tobytes(),
        "tie_weights": ties.weights[rows].astype("<f4").tobytes(),
        "tie_kinds": per_tie.astype("<u2").tobytes(),
        "tie_type_names": [[name, int(n)] for name, n in _counted(kinds, names)],
        "stops": [[stop.date().isoformat(), f"before {stop.date().isoformat()}"] for stop in stops],
    }


def _tie_types(ecosystem: Ecosystem) -> np.ndarray:
    """Return the ties' types; None where a tie has none."""
    if "type" not in ecosystem.ties.more.column_names:
        return np.full(ecosystem.m, None, dtype=object)
    kinds = ecosystem.ties.more["type"].to_pandas().astype(object)
    return np.asarray(kinds.where(kinds.notna(), None).to_numpy(dtype=object))


def _facts(scene: Scene) -> View:
    """Return what is known of each actor, a column each: its own columns as text, after its community and measure."""
    ecosystem = scene.ecosystem
    columns = {scene.sized: [f"{value:,.3g}" for value in scene.values]}
    names = [community_name(scene, group) for group in range(scene.groups.count)]
    columns["community"] = [names[code] if code >= 0 else "" for code in scene.groups.codes]
    for name in ecosystem.actors.columns:
        if name not in _OWN and name != scene.sized and len(columns) < _COLUMNS + 2:
            columns[str(name)] = [_fact(value) for value in ecosystem.actors[name]]
    return {"columns": list(columns), "facts": list(columns.values())}


def _fact(value: Any) -> str:
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | float | np.number):
        return count(float(value)) if float(value).is_integer() else f"{float(value):,.3g}"
    return _short(value)


def _short(value: Any) -> str:
    text = str(value) if str(value).strip() else "(empty)"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _hull(scene: Scene, group: int) -> View:
    member = int(np.flatnonzero(scene.layout.groups == group)[0])
    colour = scene.colours.colours[scene.colours.codes[member]] if scene.by_community else ""
    points = scene.layout.hull(group)
    return {
        "group": group,
        "colour": colour,
        "name": _short(community_name(scene, group)),
        "points": [round(float(number), 1) for number in points.ravel()],
    }


def _names(values: np.ndarray) -> list[str]:
    known = pd.Series(values, dtype=object).dropna().astype(str)
    counted = known.value_counts()
    return sorted(counted.index, key=lambda name: (-counted[name], name))


def _codes(values: np.ndarray, names: list[str]) -> np.ndarray:
    codes = {name: code for code, name in enumerate(names)}
    return np.array(
        [codes.get(str(value), len(names)) if value is not None else len(names) for value in values], dtype=np.int64
    )


def _counted(values: np.ndarray, names: list[str]) -> list[tuple[str, int]]:
    counted = pd.Series(values, dtype=object).dropna().astype(str).value_counts()
    return [(name, int(counted[name])) for name in names]


def _stage_names(ecosystem: Ecosystem, stages: dict[str, str]) -> list[str]:
    """Return the stages in the order in which they first occur."""
    return list(dict.fromkeys(stages[str(actor)] for actor in ecosystem.ids if str(actor) in stages))
