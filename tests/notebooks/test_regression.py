"""The guard is guarded: each kind of fault is planted into a small notebook, and must be caught by name."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError

from tests.notebooks.outputs import claim_differences, output_differences, steady
from tests.notebooks.record import record

pytest_plugins = ["pytester"]

CELLS = {
    "imports": """
        import anywidget, ipywidgets, matplotlib.pyplot as plt, traitlets
        from IPython.display import display""",
    "figure": """
        fig, ax = plt.subplots(figsize=(3, 2))
        ax.bar(["visit", "buy"], [5, 3])
        plt.show()""",
    "figure in a widget": """
        steps = ipywidgets.IntSlider(value=2, min=1, max=5)
        def draw(steps):
            plt.figure(figsize=(3, 2))
            plt.bar(range(steps), range(1, steps + 1))
            plt.show()
        ipywidgets.VBox([steps, ipywidgets.interactive_output(draw, {"steps": steps})])""",
    "slider": """ipywidgets.IntSlider(value=14, min=1, max=30, description="days")""",
    "canvas": """
        class Canvas(anywidget.AnyWidget):
            _esm = "export default { render({ model, el }) { el.textContent = model.get('stages').join() } }"
            stages = traitlets.List().tag(sync=True)
        canvas = Canvas(stages=["find", "buy"])
        canvas""",
    "claim": """
        claim = {"text": "the checkout loses most", "state": "holds", "number": "buy of visit", "value": 0.41, "n": 120}
        display({"application/vnd.mapkit.claim+json": claim, "text/plain": "a claim"}, raw=True)""",
    "never run": "1 + 1",
    "later": """
        canvas.stages = ["find", "try", "buy"]
        print(canvas, "took 3.2 s")""",
}
FAULTS = {
    "figure": ("[5, 3]", "[5, 4]"),
    "figure in a widget": ("range(1, steps + 1)", "range(2, steps + 2)"),
    "slider": ("value=14", "value=15"),
    "claim": (
        '"holds", "number": "buy of visit", "value": 0.41',
        '"reversed", "number": "buy of visit", "value": 0.25',
    ),
    "later": ('"try", ', ""),
}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "small.ipynb"
    cells = [nbformat.v4.new_code_cell(_dedented(source)) for source in CELLS.values()]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    record(path)
    return path


def test_an_unchanged_notebook_passes_and_is_not_rewritten(recorded: Path, pytester: pytest.Pytester) -> None:
    before = recorded.read_text()
    pytester.path.joinpath("small.ipynb").write_text(before)
    _run(pytester).assert_outcomes(passed=len(CELLS) + 1)
    assert record(pytester.path / "small.ipynb") == "as it was"


def test_every_planted_fault_is_caught_in_its_own_cell(recorded: Path, pytester: pytest.Pytester) -> None:
    notebook = nbformat.read(recorded, as_version=4)
    for cell, name in zip(notebook.cells, CELLS, strict=True):
        if name in FAULTS:
            assert FAULTS[name][0] in cell.source
            cell.source = cell.source.replace(*FAULTS[name])
        if name == "never run":
            cell.update(execution_count=None, outputs=[])
    nbformat.write(notebook, pytester.path / "small.ipynb")

    outcome = _run(pytester)
    outcome.assert_outcomes(passed=5, failed=4)
    outcome.stdout.fnmatch_lines(
        [
            "small.ipynb, code cell 1 no longer gives what it stored:",
            "picture 1 changed: RMS *",
            "small.ipynb, code cell 5 no longer gives what it stored:",
            "claim 'the checkout loses most' was holds (buy of visit 0.41) is now reversed (buy of visit 0.25)",
            "small.ipynb, code cell 6: was never run*",
            "small.ipynb no longer shows what it stored,",
            "in the widget of code cell 2:",
            "picture 1 changed: RMS *",
            "in the widget of code cell 3:",
            '*-*"value": 14*',
            '*+*"value": 15*',
            "in the widget of code cell 4:",
            '*-*"try"*',
        ]
    )


def test_a_claim_that_only_moves_its_number_is_named() -> None:
    before = {"text": "mail brings buyers back", "state": "holds", "number": "buy of visit", "value": 0.41, "n": 120}
    assert claim_differences([before], [before | {"value": 0.38}]) == [
        "claim 'mail brings buyers back' was holds (buy of visit 0.41) is now holds (buy of visit 0.38)"
    ]
    assert claim_differences([before], [before | {"n": 119}]) == [
        "claim 'mail brings buyers back' still holds, but n was 120 is now 119"
    ]
    assert claim_differences([before], []) == ["claim 'mail brings buyers back' is no longer made"]
    assert claim_differences([before], [before | {"value": 0.41 + 1e-13}]) == []


@pytest.mark.parametrize(
    ("once", "again"),
    [
        ("<Canvas at 0x7f01aabbcc10>", "<Canvas at 0x7f02ddeeff20>"),
        ("took 3.2 s", "took 11 s"),
        ('<style>#T_ab12f th</style>', '<style>#T_9c00e th</style>'),
        ("/tmp/ipykernel_71/20.py:3", "/tmp/ipykernel_99/31.py:3"),
    ],
)  # fmt: skip
def test_what_cannot_be_the_same_twice_is_passed_over(once: str, again: str) -> None:
    assert steady(once) == steady(again)


@pytest.mark.parametrize(
    ("stored", "now"),
    [("median 42 s", "median 43 s"), ("2,469 households", "2,468 households"), ("after 3 s", "after 4 s")],
)
def test_a_number_that_may_be_a_result_is_never_passed_over(stored: str, now: str) -> None:
    def printed(text: str) -> list:
        return [{"output_type": "stream", "name": "stdout", "text": text}]

    assert output_differences(printed(stored), printed(now)) == [
        "stdout differs (- stored, + now):", "    @@ -1 +1 @@", f"    -{stored}", f"    +{now}"
    ]  # fmt: skip


def _dedented(source: str) -> str:
    from textwrap import dedent

    return dedent(source).strip()


def _run(pytester: pytest.Pytester) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "tests.notebooks.plugin")


def test_a_cell_whose_end_was_missed_is_run_again_in_a_new_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = tmp_path / "one.ipynb", NotebookClient.execute
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")]), path)
    started: list[NotebookClient] = []

    def execute(client: NotebookClient) -> None:
        started.append(client)
        if len(started) == 1:
            raise CellTimeoutError("A cell timed out while it was being executed")
        real(client)

    monkeypatch.setattr(NotebookClient, "execute", execute)
    assert record(path) == "stored anew"
    assert started[0] is not started[1]
    assert nbformat.read(path, as_version=4).cells[0].outputs[0]["data"]["text/plain"] == "2"
