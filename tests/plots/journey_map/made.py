"""Journey maps and two-source maps with literal numbers, for pictures to draw."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from mapkit.maps.journey_map import Cell, Evidence, JourneyMap, Lane, MapStage, MapStep, Persona
from mapkit.maps.two_sources import ObservedMap


def coffee() -> JourneyMap:
    """Five steps in three stages, the last without steps."""
    stages = (
        MapStage("find", (MapStep("visit", "Visit"), MapStep("compare", "Compare prices"))),
        MapStage("buy", (MapStep("basket", "Basket"), MapStep("pay", "Pay", touchpoints=("web shop",)))),
        MapStage("tell"),
    )
    lanes = (
        Lane("actions", (Cell("buy", "pay", "Nine of ten pay.", claimed=0.9),)),
        Lane("emotion", (Cell("find", "visit", claimed=1.0), Cell("buy", "pay", "They are glad.", claimed=0.5))),
        Lane("pain_points", (Cell("buy", "basket", "It empties itself.", severity=0.8, owner="web team"),)),
        Lane("backstage", (Cell("tell", None, "Nobody asks for a review.", evidence=(Evidence("interview", "P1"),)),)),
    )
    persona = Persona("Maria", "students", "Little time, much coffee.")
    return JourneyMap("Coffee", stages, lanes, persona, "From hearing of us to telling a friend.")


def row(cell: str, **known: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("lane", "stage", "step", "kind", "observed_text"), None)
    numbers = dict.fromkeys(("observed", "low", "high", "n"), math.nan)
    return {"cell": cell, **empty, **numbers, "about": "content", "unit": "share", "grade": "D", **known}


def observed(*rows: dict[str, Any], of: JourneyMap | None = None) -> ObservedMap:
    given = rows or (
        row("actions/buy/pay", observed=0.6, low=0.55, high=0.65, n=400, state="disagree", kind="content", grade="B"),
        row("emotion/find/visit", about="emotion", unit="valence", observed=0.9, low=0.7, high=1.1, n=50, state="agree",
            grade="C"),
        row("emotion/buy/pay", about="emotion", unit="valence", observed=-0.8, low=-1.3, high=-0.3, n=12,
            state="unmeasured"),
        row("unclaimed/app", stage="tell", step="app", observed=0.25, low=0.2, high=0.3, n=400, state="unclaimed",
            grade="B"),
        row("unclaimed/kiosk", step="kiosk", observed=0.1, low=0.08, high=0.12, n=400, state="unclaimed", grade="B"),
    )  # fmt: skip
    return ObservedMap("Coffee: claimed and observed", pd.DataFrame(given), map=of, segment="students", customers=400)


def long_map(steps: int, lanes: int = 10, stages: int = 20) -> JourneyMap:
    """Many steps, every lane full of text."""
    says = "Customers compare prices, and wait for an answer before they decide to buy or to leave"
    each = tuple(
        MapStage(f"Stage {k}", tuple(MapStep(f"s{k}.{n}", f"Step {n} of stage {k}") for n in range(steps // stages)))
        for k in range(stages)
    )
    cells = tuple(Cell(stage.name, step.id, f"{says} {step.id}") for stage in each for step in stage.steps)
    return JourneyMap("Long", each, tuple(Lane(f"lane {k}", cells) for k in range(lanes)))
