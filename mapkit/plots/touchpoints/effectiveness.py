"""Touchpoints three ways: what customers do, what they say, what an outcome costs, one row a touchpoint."""

from __future__ import annotations

from matplotlib.axes import Axes

from mapkit.maps.touchpoints import Touchpoints, Triage
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, counted, percent
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.touchpoints.board_of import UNDERSERVED, board_of, with_effect
from mapkit.plots.touchpoints.three_columns import draw_board
from mapkit.plots.touchpoints.triage import COLOURS
from mapkit.plots.wording import level

_MOST = 40


@drawing.register
def draw_effectiveness(measured: Touchpoints, ax: Axes | None = None, *, triage: Triage | None = None) -> Axes:
    """Draw the first forty touchpoints, in the inventory's order, with the verdicts of a triage at their ends."""
    rows = with_effect(measured)
    if rows.empty:
        return nothing_to_draw(ax, measured.title, "the inventory lists no touchpoint")
    verdicts = {} if triage is None else dict(zip(triage.table["touchpoint"], triage.table["verdict"], strict=True))
    badges = {name: (verdict, COLOURS[verdict]) for name, verdict in verdicts.items()}
    return draw_board(ax, _heading(measured), board_of(rows.head(_MOST), shown(measured.outcome), badges))


def _heading(measured: Touchpoints) -> Heading:
    rows, outcome = with_effect(measured), fitted(measured.outcome, 110)
    plain = rows[rows["flag"] == ""]
    sure = int(((plain["effect_low"] > 0) | (plain["effect_high"] < 0)).sum())
    short = int((rows["opportunity_low"] > UNDERSERVED).sum())
    title = f"{sure} of {counted(len(plain), 'comparable touchpoint')} go with {outcome}"
    if not len(plain):
        title = f"No touchpoint can be compared on {outcome}"
    title += f"; {short} underserved" if short else ""
    within = f", compared within {fitted(measured.by, 80)}" if measured.by else ""
    n = f"n = {count(measured.customers)} customers, {count(measured.converted)} reached {outcome}"
    subtitle = f"of customers who had come equally far{within} · {n} · {level(measured)}"
    note = (
        "Association, not cause. Blue: more, vermilion: less, or underserved beyond chance; grey: cannot tell. Faded:"
    )
    note += " journeys begin with it or it comes late, so the difference says little; or fewer than 30 answers."
    note += f" The first {_MOST} of {len(rows)}." if len(rows) > _MOST else ""
    return Heading(title, subtitle, note)


@sentence.register
def say_effectiveness(measured: Touchpoints) -> str:
    """Say in one sentence what goes with the outcome and what is underserved."""
    rows = with_effect(measured)
    plain = rows[(rows["flag"] == "") & ((rows["effect_low"] > 0) | (rows["effect_high"] < 0))]
    said = "; ".join(f"{shown(r['touchpoint'])} {100 * r['effect']:+.1f} points" for r in plain.to_dict("records")[:8])
    short = rows.loc[rows["opportunity_low"] > UNDERSERVED, "touchpoint"]
    base = percent(measured.converted / measured.customers) if measured.customers else "unknown"
    return (
        f"Board of {len(rows)} touchpoints and {shown(measured.outcome)} ({base} of {count(measured.customers)}):"
        f" {said or 'nothing goes with it beyond chance'}; underserved: {', '.join(map(shown, short[:8])) or 'none'}."
    )
