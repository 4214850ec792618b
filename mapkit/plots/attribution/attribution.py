"""Attribution: what each model gives each channel, with whiskers; or removal effects, cost and return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes

from mapkit.errors import OptionError, listed, nearest, one_of
from mapkit.journeys.attribution import Attribution
from mapkit.plots.attribution.channel_rows import Mark, Row, draw_channels
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import MOST_SERIES, THIN_N
from mapkit.plots.wording import level

Show = Literal["share", "value", "removal", "cpa", "roas"]
MOST_CHANNELS = 12
_WORDS = {
    "first": "first", "last": "last", "last_non_direct": "last non-direct", "linear": "linear",
    "time_decay": "time decay", "position": "position", "markov": "Markov", "shapley": "Shapley",
}  # fmt: skip


@dataclass(frozen=True)
class _Shown:
    """What is drawn: its columns, what it is called, how it is written, and whether channels can be added up."""

    value: str
    low: str
    high: str
    what: str
    write: Callable[[float], str]
    adds_up: bool = False


def _money(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 100 or amount == round(amount) else f"{amount:,.3g}"


_SHOWN = {
    "share": _Shown("share", "low", "high", "share of the conversions with a touch", percent, adds_up=True),
    "value": _Shown("value", "value_low", "value_high", "value of conversions given", _money, adds_up=True),
    "removal": _Shown(
        "removal_effect",
        "removal_low",
        "removal_high",
        "share of conversions the Markov chain loses without it",
        percent,
    ),
    "cpa": _Shown("cpa", "cpa_low", "cpa_high", "spend per conversion given", _money),
    "roas": _Shown("roas", "roas_low", "roas_high", "value given per unit of spend", _money),
}


@drawing.register
def draw_attribution(
    found: Attribution, ax: Axes | None = None, *, show: Show = "share", models: Sequence[str] | None = None
) -> Axes:
    """Draw a row a channel and a dot a model; ``show`` is "share", "value", "removal", "cpa" or "roas".

    Of an attribution by segment, a dot a segment, by the first of ``models`` (the Markov model, where there is one).
    """
    one_of(show, _SHOWN, "show")
    drawn = _SHOWN[show]
    table, series, by = _chosen(found, show, models)
    if (
        table.empty
        or drawn.value not in table
        or table[drawn.value].isna().all()
        or (show == "share" and not table["n"].max() > 0)
    ):
        return nothing_to_draw(ax, found.title, _why_empty(found, show))
    channels = _ranked(table, drawn)
    rows = [_row(table[table["channel"] == name], shown(name), series, by, drawn) for name in channels]
    rest = [name for name in dict.fromkeys(table["channel"]) if name not in channels]
    rest = [name for name in rest if table.loc[table["channel"] == name, drawn.value].notna().any()]
    if rest and drawn.adds_up:
        rows.append(_rest(table[table["channel"].isin(rest)], len(rest), series, by, drawn))
    heading = Heading(
        _finding(found, table, show, by), _subtitle(found, drawn, series, by), _note(rest, drawn, found, show)
    )
    names = [_WORDS.get(name, name) if by == "model" else shown(name) for name in series]
    return draw_channels(ax, heading, rows, names, write=drawn.write, thin=bool(table["n"].max() < THIN_N))


def _chosen(found: Attribution, show: str, models: Sequence[str] | None) -> tuple[pd.DataFrame, list[str], str]:
    """Return the rows to draw, the series among them, and the column that names them."""
    wanted = list(found.models) if models is None else [models] if isinstance(models, str) else list(models)
    for name in wanted:
        if name not in found.models:
            raise OptionError(
                f"There is no model {name!r}. There is {listed(found.models)}.{nearest(name, found.models)}"
            )
    if show == "removal":
        wanted = [name for name in ("markov",) if name in found.models]
    table = found.table[found.table["model"].isin(wanted)]
    if found.by is None:
        return table, [name for name in found.models if name in wanted], "model"
    usual = "markov" if models is None and "markov" in wanted else (wanted or [""])[0]
    table = table[table["model"] == usual]
    sizes = table.groupby("segment", sort=False)["n"].max().sort_values(ascending=False, kind="stable")
    segments = [str(name) for name in sizes.index[:MOST_SERIES]]
    return table[table["segment"].isin(segments)], segments, "segment"


def _ranked(table: pd.DataFrame, drawn: _Shown) -> list[str]:
    mean = table.groupby("channel", sort=False)[drawn.value].mean().dropna()
    ranked = mean.sort_values(ascending=drawn.value == "cpa", kind="stable").index.tolist()
    most = MOST_CHANNELS if len(ranked) > MOST_CHANNELS + 1 else len(ranked)
    return ranked[:most]


def _row(rows: pd.DataFrame, name: str, series: Sequence[str], by: str, drawn: _Shown) -> Row:
    records = {row[by]: row for row in rows.to_dict("records")}
    marks = [
        Mark(k, row[drawn.value], row[drawn.low], row[drawn.high])
        for k, row in ((k, records[each]) for k, each in enumerate(series) if each in records)
    ]
    return Row(name, marks, _figures(marks, series, by, drawn))


def _figures(marks: Sequence[Mark], series: Sequence[str], by: str, drawn: _Shown) -> str:
    known = [mark for mark in marks if mark.value == mark.value]
    if not known:
        return ""
    if len(known) == 1:
        mark = known[0]
        if drawn.write is percent:
            return percent(mark.value, mark.low, mark.high)
        return f"{drawn.write(mark.value)} [{drawn.write(mark.low)}, {drawn.write(mark.high)}]"
    ends = min(known, key=lambda mark: mark.value), max(known, key=lambda mark: mark.value)
    names = [_WORDS.get(series[mark.series], "") if by == "model" else fitted(series[mark.series], 60) for mark in ends]
    if drawn.write(ends[0].value) == drawn.write(ends[1].value):
        return drawn.write(ends[0].value)
    return " – ".join(f"{drawn.write(mark.value)} {name}" for mark, name in zip(ends, names, strict=True))


def _rest(rows: pd.DataFrame, many: int, series: Sequence[str], by: str, drawn: _Shown) -> Row:
    summed = rows.groupby(by)[drawn.value].sum()
    nothing = float("nan")
    marks = [Mark(k, float(summed[name]), nothing, nothing) for k, name in enumerate(series) if name in summed.index]
    return Row(
        f"{many} smaller channels", marks, _figures(marks, series, by, drawn) if len(marks) > 1 else "", quiet=True
    )


def _finding(found: Attribution, table: pd.DataFrame, show: str, by: str) -> str:
    """Return a title that says no more than the intervals allow."""
    models = list(dict.fromkeys(table["model"]))
    if show == "share" and by == "model" and len(models) > 1:
        gaps = found.disagreement
        if len(models) < len(found.models):
            return f"What {len(models)} models give each channel"
        apart = gaps[gaps["apart"]]
        if apart.empty:
            return "Whichever model: no channel's share differs beyond chance"
        row = apart.iloc[0]
        low, high = (_WORDS.get(row[f"{end}_model"], row[f"{end}_model"]) for end in ("lowest", "highest"))
        name = fitted(row["channel"], 140)
        return (
            f"Models disagree most about {name}: {percent(row['lowest'])} ({low}) or {percent(row['highest'])} ({high})"
        )
    drawn = _SHOWN[show]
    if by == "model" and len(models) == 1:
        return _leader(table, drawn, show)
    what = {"share": "given", "value": "value given", "removal": "removal effects", "cpa": "cost", "roas": "return"}[
        show
    ]
    return f"{found.title}: {what} by {'segment' if by == 'segment' else 'model'}"


def _leader(table: pd.DataFrame, drawn: _Shown, show: str) -> str:
    ranked = table.dropna(subset=drawn.value).sort_values(drawn.value, ascending=show == "cpa", kind="stable")
    first = ranked.iloc[0]
    name = fitted(first["channel"], 140)
    model = _WORDS.get(first["model"], first["model"])
    said = {
        "share": f"{name} is given most conversions by {model}",
        "value": f"{name} is given most value by {model}",
        "removal": f"Most conversions are lost without {name}",
        "cpa": f"{name} costs least per conversion by {model}",
        "roas": f"{name} returns most on its spend by {model}",
    }[show]
    if len(ranked) == 1:
        return f"{name} is the only channel"
    second = ranked.iloc[1]
    clear = first[drawn.high] < second[drawn.low] if show == "cpa" else first[drawn.low] > second[drawn.high]
    written = drawn.write(first[drawn.value])
    return (
        f"{said}: {written}" if clear else f"{name} and {fitted(second['channel'], 140)} cannot be told apart in front"
    )


def _subtitle(found: Attribution, drawn: _Shown, series: Sequence[str], by: str) -> str:
    base = found.base
    model = ""
    if by == "segment":
        chosen = "markov" if "markov" in found.models else found.models[0]
        model = f"by {_WORDS[chosen]} · a dot a segment · "
    elif len(series) == 1:
        model = f"by {_WORDS[series[0]]} · "
    converted = int(found.outcomes["converted"].sum())
    return f"{drawn.what} · {model}n = {count(converted)} conversions of {count(base.n)} journeys · {level(found)}"


def _note(rest: Sequence[str], drawn: _Shown, found: Attribution, show: str) -> str:
    notes = ["Association, not cause: credit says how conversions are shared out, not what a channel brought about."]
    if found.unattributed:
        notes.append(f"{count(found.unattributed)} conversions without a touch are given to nobody.")
    if rest and not drawn.adds_up:
        notes.append(f"{len(rest)} more channels are not drawn.")
    if show in ("cpa", "roas"):
        notes.append("Channels without spend are not drawn; spend is taken as exact.")
    return " ".join(notes)


def _why_empty(found: Attribution, show: str) -> str:
    if found.table.empty:
        return "no journey has a touch"
    return {
        "removal": "the Markov model was not asked for, or nobody converted",
        "cpa": "no spend was given, or no channel with spend is given conversions",
        "roas": "no spend was given, or conversions have no value",
        "value": "conversions have no value",
    }.get(show, "no conversion has a touch before it")


@sentence.register
def say_attribution(found: Attribution) -> str:
    """Say what is given to the largest channels, in one sentence."""
    if found.table.empty or found.table["share"].isna().all():
        return f"Attribution with nothing to draw: {_why_empty(found, 'share')}."
    parts = []
    for name in found.channels[:5]:
        rows = found.table[found.table["channel"] == name]
        low, high = rows["share"].min(), rows["share"].max()
        span = percent(low) if percent(low) == percent(high) else f"{percent(low)} to {percent(high)}"
        parts.append(f"{shown(name)} {span}")
    by = f" over {len(found.models)} models" + (f", by {shown(found.by)}" if found.by else "")
    shares = f"share of conversions given to each channel{by}: {', '.join(parts)}"
    return f"Dots with whiskers, {shares}. Association, not cause."
