"""Classes of salience: a row each, by how many of power, legitimacy and urgency they have."""

from __future__ import annotations

from matplotlib.axes import Axes

from mapkit.ecosystems.stakeholders import Stakeholders
from mapkit.plots.numbers import count, counted
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.rows import Dot, Group, draw_groups
from mapkit.plots.style import ramp

_GROUPS = (
    ("All three", {"definitive": "power, legitimacy, urgency"}),
    ("Two", {"dominant": "power, legitimacy", "dangerous": "power, urgency", "dependent": "legitimacy, urgency"}),
    ("One", {"dormant": "power", "discretionary": "legitimacy", "demanding": "urgency"}),
    ("None", {"non-stakeholder": "no attribute"}),
)


def draw_salience(grid: Stakeholders, ax: Axes | None) -> Axes:
    """Draw the share of each class with its range as the thresholds move."""
    rows = {str(row["salience"]): row for row in grid.classes.to_dict("records")}
    scored = int(rows["definitive"]["scored"])
    if not scored:
        return nothing_to_draw(ax, grid.title, "nobody has power, legitimacy and urgency scored")
    colours = ramp(4)[::-1]
    groups = [
        Group(
            title,
            [
                Dot(
                    f"{name} ({count(rows[name]['actors'])})",
                    float(rows[name]["of_scored"]),
                    float(rows[name]["of_scored_low"]),
                    float(rows[name]["of_scored_high"]),
                    scored,
                    colours[k],
                    remark=has,
                )
                for name, has in classes.items()
            ],
        )
        for k, (title, classes) in enumerate(_GROUPS)
    ]
    first = int(rows["definitive"]["actors"])
    title = f"{counted(first, 'stakeholder')} have power, legitimacy and urgency: their claims come first"
    subtitle = f"salience by scores of 0 to 10, high from {grid.high:g} · n = {count(scored)} scored"
    unscored = len(grid.table) - scored
    subtitle += f", {count(unscored)} not scored" if unscored else ""
    note = (
        f"Whiskers: how the share changes as the three thresholds move by up to {grid.margin:g}. Scores are opinions."
    )
    return draw_groups(ax, Heading(title, subtitle, note), groups)
