"""What a run found: its claims, and how each compares with the run that was recorded in the notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from mapkit.maps import STATES
from mapkit.maps.claims import MIME_TYPE
from mapkit.statistics.estimates import written

Claims: TypeAlias = Sequence[tuple[str, dict[str, Any]]]
"""The id of the cell that makes a claim, and the claim as ``Claim.to_json`` gives it."""


@dataclass(frozen=True)
class Finding:
    """One claim of a run.

    ``claim`` and ``before`` are as ``Claim.to_json`` gives them; ``before`` is the same claim as it was recorded, or
    None. ``notebook`` and ``cell`` say where it is made.
    """

    claim: dict[str, Any]
    notebook: str
    cell: str
    before: dict[str, Any] | None = None

    @property
    def state(self) -> str:
        """One of ``mapkit.maps.STATES``."""
        return str(self.claim["state"])

    @property
    def change(self) -> str:
        """What moved since the recorded run, naming the number; empty when nothing did."""
        before = self.before
        if before is None or (_value(before) == _value(self.claim) and before["state"] == self.state):
            return ""
        return (
            f"{self.claim['number']}: was {before['state']} ({_value(before)}), now {self.state} ({_value(self.claim)})"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the claim with the notebook that makes it and what changed."""
        return {**self.claim, "notebook": self.notebook, "change": self.change}


def claims_in(notebook: Any) -> Claims:
    """Return the claims among a notebook's outputs, in order, each with the id of its cell."""
    return [
        (cell.get("id", ""), dict(output["data"][MIME_TYPE]))
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if MIME_TYPE in output.get("data", {})
    ]


def compare_claims(notebook: str, now: Claims, before: Claims) -> list[Finding]:
    """Return the claims of a run as findings, each beside the recorded claim of the same sentence or the same cell."""
    by_text = {claim["text"]: claim for _, claim in before}
    by_cell = {cell: claim for cell, claim in before if cell}
    return [Finding(claim, notebook, cell, by_text.get(claim["text"]) or by_cell.get(cell)) for cell, claim in now]


def lost_claims(now: Claims, before: Claims) -> list[dict[str, Any]]:
    """Return the recorded claims that a run did not make again, neither by their sentence nor in their cell."""
    texts, cells = {claim["text"] for _, claim in now}, {cell for cell, _ in now}
    return [claim for cell, claim in before if claim["text"] not in texts and cell not in cells]


def by_state(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """Return findings by state, worst first; states without a finding are left out."""
    groups = {state: [finding for finding in findings if finding.state == state] for state in STATES}
    return {state: group for state, group in groups.items() if group}


def summary(findings: Sequence[Finding]) -> str:
    """Return one line such as "5 claims: 1 reversed, 4 hold"."""
    if not findings:
        return "no claims"
    counts = [f"{len(group)} {_verb(state, len(group))}" for state, group in by_state(findings).items()]
    return f"{len(findings)} {'claim' if len(findings) == 1 else 'claims'}: {', '.join(counts)}"


def _value(claim: dict[str, Any]) -> str:
    value = claim.get("value")
    return "unknown" if value is None else written(float(value), str(claim.get("unit", "")))


def _verb(state: str, count: int) -> str:
    return "hold" if state == "holds" and count > 1 else state
