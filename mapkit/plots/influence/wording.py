"""What pictures of influence say in words."""

from __future__ import annotations

import numpy as np

from mapkit.maps.influence import InfluenceByStage
from mapkit.plots.names import fitted
from mapkit.plots.numbers import count

# A note longer than a name may be is cut in its middle: see `shown`.
NOTES = {
    "heat": (
        "Points; below: how many had met it. Coloured: beyond chance; pale: too few; hatched: explained by what it"
        " says. ◆ chance decided who met whom; the rest is association, not cause."
    ),
    "forest": (
        "Coloured: beyond chance, all judged together; faded: too few; in brackets: what explains it. ◆ chance decided"
        " who met whom; the rest is association, not cause."
    ),
    "flow": (
        "A band: who had met this influencer and no other when they entered the stage. Pale ends went no further. Bands"
        " differ in more than the influencer: association, not cause."
    ),
}


def points(share: float) -> str:
    """Return a difference of shares as points, with its sign.

    >>> points(0.1136), points(-0.004)
    ('+11.4', '−0.4')
    """
    return f"{100 * share:+.1f}".replace("-", "−")


def stage_of_interest(influence: InfluenceByStage) -> str:
    """Return the stage at which all influencers together differ most, for their margin, from none."""
    table = influence.table[(influence.table["kind"] == "all") & ~influence.table["whole"]]
    margin = table["difference_within_high"] - table["difference_within_low"]
    far = (table["difference_within"].abs() / margin).fillna(-np.inf).to_numpy(float)
    return str(table["to_stage"].iloc[int(far.argmax())])


def finding(influence: InfluenceByStage, to_stage: str | None = None) -> str:
    """Return the finding: what goes with an influencer, where, and how sure that is."""
    stage = to_stage or stage_of_interest(influence)
    table = influence.table
    rows = table[(table["to_stage"] == stage) & ~table["whole"] & (table["kind"] == "all")]
    told = rows[rows["evidence"] != "association"]
    row = (told if len(told) else rows).iloc[0]
    trial = row["evidence"] != "association"
    name = fitted(stage, 150)
    low, high = (points(row[f"difference_within_{end}"]).removeprefix("+") for end in ("low", "high"))
    figure = f"{points(row['difference_within'])} points [{low}, {high}]"
    if row["verdict"] == "confounded":
        return f"What influencers seem to do for {name} is explained by {fitted(row['confounded_by'], 130)}"
    if row["verdict"] not in ("more", "less"):
        return f"Nothing beyond chance goes with influencers at {name}: {figure}"
    if trial:
        return f"An influencer moves {name} by {figure}"
    return f"Who met an influencer goes on to {name} {row['verdict']} often: {figure}"


def definition(influence: InfluenceByStage) -> str:
    """Return what is compared, of how many."""
    within = f"within {fitted(', '.join(influence.strata), 110)}, " if influence.strata else ""
    n = f"n = {count(influence.customers)} customers"
    return f"conversion with minus without, {within}overlap removed · {n} · {100 * influence.confidence:.3g}% intervals"
