"""truth.json: the planted parameters, and what the generator itself counted while it used them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from . import clock
from .planted import Planted
from .tally import Tally


def write_truth(
    planted: Planted, path: Path, *, customers: int, seed: int, tally: Tally, facts: dict[str, Any]
) -> None:
    """Write planted and realised values; dates as text, money in EUR, shares 0..1."""
    realised = tally.nested()
    for subject, found in facts.items():
        realised[subject] = realised.get(subject, {}) | found
    realised["events"]["value"] = realised["events"].pop("value_cents") / 100
    realised["referral"] = _referral(realised["referral"], realised["customers"]["all"])
    document = {"customers": customers, "seed": seed, "planted": planted.values, "realised": realised}
    path.write_text(json.dumps(document, indent=1, default=str, ensure_ascii=False) + "\n", encoding="utf-8")


def _referral(counts: dict[str, int], customers: int) -> dict[str, Any]:
    accepted, invites = counts["accepted"], counts["invites"]
    cycle = counts.pop("cycle_microseconds")
    return counts | {
        "invites_per_customer": invites / customers,
        "acceptance": accepted / invites if invites else None,
        "k": accepted / customers,
        "cycle_days": cycle / accepted / clock.DAY if accepted else None,
    }
