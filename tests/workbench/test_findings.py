"""What moved since a claim was recorded."""

from __future__ import annotations

from typing import Any

import nbformat

from mapkit.maps import claim
from mapkit.statistics import Estimate
from mapkit.workbench.findings import by_state, claims_in, compare_claims, lost_claims, summary


def made(text: str, bought: int, *, cell: str = "c1") -> tuple[str, dict[str, Any]]:
    share = Estimate.of_share("purchase of first_visit", bought, 1_000)
    return cell, claim(text, holds_if=share < 0.25).to_json()


def test_a_reversal_names_the_number_that_moved() -> None:
    (finding,) = compare_claims("a.ipynb", [made("Few buy", 290)], [made("Few buy", 214)])
    assert finding.change == "purchase of first_visit: was holds (21.4%), now reversed (29.0%)"
    assert finding.to_json()["change"] == finding.change


def test_a_number_that_moves_without_changing_the_state_is_told_too() -> None:
    (finding,) = compare_claims("a.ipynb", [made("Few buy", 200)], [made("Few buy", 214)])
    assert finding.change == "purchase of first_visit: was holds (21.4%), now holds (20.0%)"


def test_the_same_number_and_a_claim_never_recorded_tell_no_change() -> None:
    now = [made("Few buy", 214), made("Few come back", 100, cell="c2")]
    assert [finding.change for finding in compare_claims("a.ipynb", now, [made("Few buy", 214)])] == ["", ""]


def test_a_sentence_that_was_reworded_is_known_by_its_cell() -> None:
    (finding,) = compare_claims("a.ipynb", [made("Fewer than 30% buy", 290)], [made("Fewer than 25% buy", 214)])
    assert finding.change.endswith("was holds (21.4%), now reversed (29.0%)")


def test_a_claim_that_is_not_made_again_is_lost() -> None:
    before = [made("Few buy", 214), made("Few come back", 100, cell="c2")]
    assert [claim["text"] for claim in lost_claims([made("Few buy", 214)], before)] == ["Few come back"]


def test_findings_are_told_worst_first() -> None:
    now = [made("Few buy", 100), made("Fewer buy", 290, cell="c2"), made("Some buy", 240, cell="c3"), made("Low", 99)]
    findings = compare_claims("a.ipynb", now, [])
    assert list(by_state(findings)) == ["reversed", "weakened", "holds"]
    assert summary(findings) == "4 claims: 1 reversed, 1 weakened, 2 hold"
    assert summary(findings[:1]) == "1 claim: 1 holds"
    assert summary([]) == "no claims"


def test_claims_are_read_from_a_notebooks_outputs() -> None:
    stated = claim("Few buy", holds_if=Estimate.of_share("bought", 100, 1_000) < 0.25)
    output = nbformat.v4.new_output("execute_result", data=stated._repr_mimebundle_())
    cells = [nbformat.v4.new_markdown_cell("## Claims"), nbformat.v4.new_code_cell("...", id="c7", outputs=[output])]
    assert claims_in(nbformat.v4.new_notebook(cells=cells)) == [("c7", stated.to_json())]
