"""What moved between the outputs a notebook was stored with and those it gives now, most telling first."""

from __future__ import annotations

import base64
import difflib
import io
import json
import math
import re
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.notebooks.widget_state import PICTURE, VIEW, Models, widget_tree

CLAIM = "application/vnd.mapkit.claim+json"
PICTURE_TOLERANCE = 2.0  # root mean square over 0..255: font hinting passes, a moved bar does not
REPOSITORY = Path(__file__).parents[2]

# Only what cannot be the same twice. A bare number of seconds may be a result, so it is left alone.
PASSING = [
    (re.compile(re.escape(tempfile.gettempdir()) + r"/[\w./-]+"), "TEMPORARY"),
    (re.compile(re.escape(str(REPOSITORY))), "REPOSITORY"),
    (re.compile(r"\b0x[0-9a-f]{6,}\b"), "ADDRESS"),
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{32}\b"), "ID"),
    (re.compile(r"\bT_[0-9a-f]{5}\b"), "STYLER"),
    (re.compile(r"(?i)\b((?:took|finished in|wall time:|elapsed:?) )[\d.]+ ?(?:[nµm]?s|seconds)\b"), r"\1TIME"),
    (re.compile(r"\[\d\d:\d\d<[^\]]*\]"), "[CLOCK]"),
]

Outputs = list[Mapping[str, Any]]


def steady(text: str) -> str:
    """The text without what passes: addresses, temporary paths, ids, clock times."""
    for pattern, replacement in PASSING:
        text = pattern.sub(replacement, text)
    return text


def output_differences(stored: Outputs, now: Outputs) -> list[str]:
    """Sentences on what moved in one cell: claims, then pictures, then text. Empty when nothing did."""
    found = claim_differences(_of_type(stored, CLAIM), _of_type(now, CLAIM))
    found += picture_differences(_of_type(stored, PICTURE), _of_type(now, PICTURE))
    views = len(_of_type(stored, VIEW)), len(_of_type(now, VIEW))
    if views[0] != views[1]:
        found.append(f"{views[0]} widgets were shown, now {views[1]}")
    before, after = _texts(stored), _texts(now)
    for kind in sorted({*before, *after}):
        found += text_differences(kind, before[kind], after[kind])
    return found


def claim_differences(stored: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[str]:
    """Which claim moved, from which state and number to which."""
    before, after = ({claim["text"]: claim for claim in claims} for claims in (stored, now))
    found = [f"claim '{text}' is no longer made" for text in before if text not in after]
    for text, claim in after.items():
        if text not in before:
            found.append(f"claim '{text}' is new: {_said(claim)}")
        elif _said(before[text]) != _said(claim) or not _close(before[text].get("value"), claim.get("value")):
            found.append(f"claim '{text}' was {_said(before[text])} is now {_said(claim)}")
        else:
            found += _field_differences(before[text], claim)
    return found


def _field_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    same = f"claim '{after['text']}' still {after.get('state')}"
    return [
        f"{same}, but {field} was {before.get(field)} is now {after.get(field)}"
        for field in sorted({*before, *after})
        if not _close(before.get(field), after.get(field))
    ]


def _said(claim: Mapping[str, Any]) -> str:
    value = claim.get("value")
    if not isinstance(value, int | float):
        return str(claim.get("state"))
    number = f"{claim['number']} {value:.6g}" if claim.get("number") else f"{value:.6g}"
    return f"{claim.get('state')} ({number})"


def _close(before: Any, after: Any) -> bool:
    """Whether two values are the same but for rounding, and two structures in each of their parts."""
    if isinstance(before, int | float) and isinstance(after, int | float):
        both_missing = math.isnan(before) and math.isnan(after)
        return both_missing or math.isclose(before, after, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(_close(before[key], after[key]) for key in before)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_close, before, after))
    return steady(str(before)) == steady(str(after))


def picture_differences(stored: list[str], now: list[str]) -> list[str]:
    """Which picture changed its size or its content beyond the tolerance."""
    found = [] if len(stored) == len(now) else [f"{len(stored)} pictures were shown, now {len(now)}"]
    for number, (before, after) in enumerate(zip(stored, now, strict=False), start=1):
        old, new = _pixels(before), _pixels(after)
        if old.shape != new.shape:
            sizes = f"{old.shape[1]} x {old.shape[0]} pixels, now {new.shape[1]} x {new.shape[0]}"
            found.append(f"picture {number} was {sizes}")
        elif (distance := float(np.sqrt(((old - new) ** 2).mean()))) > PICTURE_TOLERANCE:
            found.append(f"picture {number} changed: RMS {distance:.1f}, allowed {PICTURE_TOLERANCE:g}")
    return found


def _pixels(picture: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB"), float)


def widget_differences(stored: str, stored_models: Models, now: str, now_models: Models) -> list[str]:
    """What moved in one shown widget and all below it."""
    old_pictures: list[str] = []
    new_pictures: list[str] = []
    before = widget_tree(stored, stored_models, old_pictures)
    after = widget_tree(now, now_models, new_pictures)
    found = text_differences("widget state", [_pretty(before)], [_pretty(after)])
    return found + picture_differences(old_pictures, new_pictures)


def text_differences(kind: str, stored: list[str], now: list[str]) -> list[str]:
    """A short line-by-line difference, with the kind of output named first."""
    before, after = ([line for text in texts for line in steady(text).splitlines()] for texts in (stored, now))
    if before == after:
        return []
    lines = list(difflib.unified_diff(before, after, lineterm="", n=1))[2:]
    cut = [f"... and {len(lines) - 40} lines more"] if len(lines) > 40 else []
    return [f"{kind} differs (- stored, + now):", *(f"    {line}" for line in lines[:40] + cut)]


def _texts(outputs: Outputs) -> defaultdict[str, list[str]]:
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for output in outputs:
        if "text" in output:
            texts[str(output["name"])].append(output["text"])
        if "ename" in output:
            texts["error"].append(f"{output['ename']}: {output['evalue']}")
        data = output.get("data", {})
        for kind, value in data.items():
            # Beside a widget, the plain text is a repr with a random id.
            if kind not in (CLAIM, PICTURE, VIEW) and not (VIEW in data and kind == "text/plain"):
                texts[kind].append(value if isinstance(value, str) else _pretty(value))
    return texts


def _of_type(outputs: Outputs, kind: str) -> list[Any]:
    return [output["data"][kind] for output in outputs if kind in output.get("data", {})]


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, default=str)
