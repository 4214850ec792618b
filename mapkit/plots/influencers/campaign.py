"""A campaign: what each influencer cost for what it brought, against the campaign as a whole."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes

from mapkit.ecosystems.influencers import Campaign
from mapkit.errors import OptionError, listed, nearest
from mapkit.plots.around import Mark, Section, draw_around
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BAD, GOOD, OTHER
from mapkit.plots.wording import level

_WORDS = {
    "cost_per_conversion": ("a conversion", "conversions"),
    "cost_per_added": ("a person added", "adds"),
    "cost_per_engagement": ("an engagement", "engagements"),
    "cost_per_mille": ("1,000 impressions", "impressions"),
}
_TICKS = (1.5, 2, 3, 5, 10, 30)


@drawing.register
def draw_campaign(campaign: Campaign, ax: Axes | None = None, *, quantity: str | None = None, most: int = 30) -> Axes:
    """Draw what each influencer cost for one of ``quantity`` (the first the campaign has), the cheapest first."""
    known = [name for name in _WORDS if name in campaign.table]
    if quantity is not None and quantity not in known:
        raise OptionError(f"There is no {quantity!r}. There is {listed(known)}.{nearest(quantity, known)}")
    name = quantity or (known[0] if known else "")
    rows = campaign.table[campaign.table[name] > 0].sort_values([name, "actor"]) if name else campaign.table.head(0)
    whole = float(campaign.total[name].iloc[0]) if name else math.nan
    if rows.empty or not whole > 0:
        return nothing_to_draw(ax, campaign.title, "nobody was paid for anything that was brought")
    drawn = rows.head(most)
    marks = [_mark(row, name, whole) for row in drawn.to_dict("records")]
    far = max([1.6, *(math.exp(min(abs(mark.at), math.log(30))) * 1.15 for mark in marks)])
    ticks = [
        (0.0, "the whole"),
        *((sign * math.log(k), f"{'×' if sign > 0 else '1/'}{k:g}") for k in _TICKS if k < far for sign in (-1, 1)),
    ]
    heading = _heading(campaign, rows, name, whole, len(rows) - len(drawn))
    return draw_around(ax, heading, [Section("", marks, ticks)], span=(-math.log(far), math.log(far)))


def _mark(row: dict[Any, Any], name: str, whole: float) -> Mark:
    low, high = row.get(f"{name}_low", math.nan), row.get(f"{name}_high", math.nan)
    at = math.log(row[name] / whole)
    ends = [math.log(end / whole) if end == end and end > 0 else at for end in (low, high)]
    surely = (low == low) and (low > whole or high < whole)
    colour = OTHER if not surely else GOOD if high < whole else BAD
    figure = money(row[name]) + (f" [{money(low)}, {money(high)}]" if low == low else "")
    remark = f"{money(row['spend'])} for {count(row[_WORDS[name][1]])}"
    return Mark(shown(row["name"]), at, ends[0], ends[1], colour, figure, remark)


def money(amount: float) -> str:
    """Return money with three digits.

    >>> money(0.2734), money(148.2), money(57_510)
    ('0.27', '148', '57,510')
    """
    if amount != amount:
        return "?"
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:,.1f}" if amount >= 10 else f"{amount:.2f}"


def _heading(campaign: Campaign, rows: Any, name: str, whole: float, cut: int) -> Heading:
    one, many = _WORDS[name]
    unit = f" {campaign.currency}" if campaign.currency else ""
    first = rows.iloc[0]
    title = (
        f"{one.capitalize()} cost {money(whole)}{unit}; cheapest: {fitted(first['name'], 120)}, {money(first[name])}"
    )
    total = campaign.total.iloc[0]
    subtitle = f"spend per {one.removeprefix('a ').removeprefix('an ')}, against the campaign as a whole"
    subtitle += f" · {money(total['spend'])}{unit} for {count(total[many])} {'people' if many == 'adds' else many}"
    subtitle += f" · {level(campaign)}"
    note = "Blue: surely cheaper than the whole, vermilion: surely dearer, grey: cannot tell. Spend is taken as known."
    if name == "cost_per_conversion":
        nobody = int((campaign.table["conversions"] == 0).sum())
        note += " A code used is no cause." + (f" Without a conversion: {count(nobody)}." if nobody else "")
    return Heading(title, subtitle, note + (f" Not drawn: {count(cut)} dearer ones." if cut else ""))


@sentence.register
def say_campaign(campaign: Campaign) -> str:
    """Say what the campaign cost for what it brought, in one sentence."""
    total = campaign.total.iloc[0]
    unit = f" {campaign.currency}" if campaign.currency else ""
    parts = "; ".join(f"{money(total[name])}{unit} for {_WORDS[name][0]}" for name in _WORDS if name in total)
    return f"Campaign with {count(len(campaign.table))} influencers for {money(total['spend'])}{unit}: {parts}."
