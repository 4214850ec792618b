"""Pain points: bars of priority with whiskers, and the ranks each may take."""

from __future__ import annotations

from matplotlib.axes import Axes

from mapkit.maps.touchpoints import PainPoints
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, name_column, open_rows, whisker
from mapkit.plots.style import BLUE, FADED, QUIET, SKY, SMALL, THIN_N
from mapkit.plots.wording import level

_ROW, _HEAD, _MOST = 19.0, 24.0, 20
_RANKS, _SEVERITY, _SHARE = 62.0, 52.0, 104.0


@drawing.register
def draw_pain_points(pains: PainPoints, ax: Axes | None = None) -> Axes:
    """Draw the first twenty; pale bars may not be first."""
    rows = pains.table.head(_MOST)
    if rows.empty or not rows["priority"].max() > 0:
        return nothing_to_draw(ax, pains.title, "nobody is affected by anything")
    figures = _RANKS + _SEVERITY + _SHARE
    ranks = width_of("88", bold=True) + 8
    names = name_column(ranks + max(width_of(shown(name), bold=True) for name in rows["pain_point"]), figures)
    top = float(rows["priority_high"].max())
    ax = open_rows(ax, _heading(pains), height=_HEAD + _ROW * len(rows) + 4, names=names, figures=figures, top=top)
    ends = (_RANKS, _RANKS + _SEVERITY, figures)
    say(ax, 0, _HEAD / 2 - 4, "priority", size=SMALL, colour=QUIET)
    for dx, head in zip(ends, ("rank", "severity", "affected"), strict=True):
        say(ax, top, _HEAD / 2 - 4, head, dx=dx, size=SMALL, colour=QUIET, align="right")
    for k, row in enumerate(rows.to_dict("records")):
        y, first = _HEAD + _ROW * (k + 0.5), row["rank_low"] == 1
        alpha = FADED if row["n"] < THIN_N else 1.0
        say(ax, 0, y, str(row["rank"]), at="row", dx=ranks - 8, bold=first, align="right")
        say(ax, 0, y, fitted(row["pain_point"], names - ranks - COLUMN_GAP, bold=first), at="row", dx=ranks, bold=first)
        ax.barh(y, row["priority"], height=_ROW * 0.6, color=BLUE if first else SKY, alpha=alpha, zorder=2)
        whisker(ax, row["priority_low"], row["priority_high"], y, alpha=alpha)
        said = f"{percent(row['share_affected'])} · n {count(row['n'])}"
        written = (f"{row['rank_low']} to {row['rank_high']}", f"{row['severity']:.1f}", said)
        for dx, text in zip(ends, written, strict=True):
            say(ax, top, y, text, dx=dx, size=SMALL, colour=QUIET, align="right")
    return ax


def _heading(pains: PainPoints) -> Heading:
    rows = pains.table
    rivals = [fitted(name, 110) for name in rows.loc[rows["rank_low"] == 1, "pain_point"]]
    more = f" and {len(rivals) - 3} more" if len(rivals) > 3 else ""
    title = f"May come first: {', '.join(rivals[:3])}{more}"
    if pains.first is not None:
        title = f"{fitted(pains.first, 200)} comes first"
    formula = "severity (1 to 5) × share affected × stage value × confidence / effort"
    subtitle = f"{formula} · n answers each · {level(pains)}"
    note = "Dark: may be first; faded: fewer than 30 answers. Whiskers and ranks show the chance in who was asked, not"
    note += " that in judgements."
    note += f" The first {_MOST} of {len(rows)}." if len(rows) > _MOST else ""
    if pains.apart:
        named = [fitted(name, 90) for name in pains.apart[:4]]
        note += f" Not ranked, as not in the log: {', '.join(named)}."
    return Heading(title, subtitle, note)


@sentence.register
def say_pain_points(pains: PainPoints) -> str:
    """Say the order in one sentence."""
    parts = ", ".join(
        f"{row['rank']} {shown(row['pain_point'])} (ranks {row['rank_low']} to {row['rank_high']})"
        for row in pains.table.head(8).to_dict("records")
    )
    return f"Ranking of {len(pains.table)} pain points: {parts or 'none'}."
