"""A journey map as somebody would draw it by hand, wrong in the places that truth.yaml lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from .planted import Planted

STAGES = {
    "awareness": ["first_visit", "ad_click"],
    "consideration": ["sign_up", "search", "view_item", "tasting_video"],
    "purchase": ["add_to_cart", "begin_checkout", "purchase"],
    "service": ["order_delivered", "support_contact"],
    "loyalty": ["quick_reorder", "renewal"],
    "advocacy": ["review", "invite_sent"],
}
_LANE = {"content": "actions", "sequence": "actions", "timing": "timing", "rate": "rate", "emotion": "emotion"}


def write_hand_map(planted: Planted, path: Path) -> dict[str, Any]:
    """Write the map, and give its disagreements with what is planted.

    The map: title, persona, scenario, stages (name, steps); lanes, each with cells (stage, step, says, claimed, and of
    a rate or a timing: of, to).
    """
    part, rates = planted["hand_map"], planted["funnel"]["rates"][planted["hand_map"]["persona"]["segment"]]
    wrong = [_disagreement(planted, row) for row in part["disagreements"]]
    lanes: dict[str, list[dict[str, Any]]] = {"actions": [], "timing": [], "rate": [], "emotion": []}
    for row in wrong:
        cell = {"stage": row["stage"], "step": row["cell"], "says": row["says"], "claimed": row["claimed"]}
        cell |= {name: row[name] for name in ("of", "to") if name in row}
        lanes[_LANE[row["kind"]]].append(cell)
    views: dict[str, Any] = {
        "stage": "consideration",
        "step": "view_item",
        "says": "About two of three look at an item.",
    }
    views |= {"claimed": round(rates["view_item"], 2), "of": "first_visit", "to": "view_item"}
    lanes["rate"].append(views)
    document = {
        "title": "How a household comes to drink our coffee",
        "persona": part["persona"],
        "scenario": "From the first visit to telling a friend.",
        "stages": [{"name": name, "steps": steps} for name, steps in STAGES.items()],
        "lanes": [{"name": name, "cells": cells} for name, cells in lanes.items()],
    }
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return {"disagreements": wrong}


def _disagreement(planted: Planted, row: dict[str, Any]) -> dict[str, Any]:
    found = planted.at(row["planted_at"]) if "planted_at" in row else row["planted"]
    return {key: value for key, value in row.items() if key != "planted"} | {"planted": found}
