"""Run notebooks and store their outputs, the same bytes each time: ``make record``.

Nothing that changes by itself is kept: no clock times, no random ids, no Python version. With file names as arguments
only those are run; without, every notebook of notebooks/ and templates/.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode, ValidationError
from nbformat.reader import NotJSONError

from tests.notebooks.outputs import steady
from tests.notebooks.settings import kernel_environment
from tests.notebooks.widget_state import STATE

REPOSITORY = Path(__file__).parents[2]
FOLDERS = ("notebooks", "templates")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
FAILURES = (CellExecutionError, DeadKernelError, TimeoutError, NotJSONError, ValidationError, OSError)
PATIENCE = 300  # seconds that a cell may take
PASSING_CELL_METADATA = ("execution", "papermill", "collapsed", "ExecuteTime")


def main(names: list[str]) -> int:
    """Record the named notebooks, or all; return 1 when one of them fails."""
    paths = [Path(name) for name in names] or sorted(
        path
        for folder in FOLDERS
        for path in (REPOSITORY / folder).rglob("*.ipynb")
        if ".ipynb_checkpoints" not in path.parts
    )
    failed = 0
    for path in paths:
        try:
            print(f"{path}: {record(path)}", flush=True)
        except FAILURES as error:
            failed += 1
            print(f"{path}: failed, the file is left as it was\n{error}", file=sys.stderr, flush=True)
    return min(failed, 1)


def record(path: Path) -> str:
    """Run one notebook in its own folder and rewrite it if anything changed; say which."""
    before = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(before, as_version=4)
    notebook.metadata.pop("widgets", None)
    with kernel_environment():
        _execute(notebook, path.parent)
    after = steady_text(notebook)
    if steady(after) == steady(before):
        return "as it was"
    path.write_text(after, encoding="utf-8")
    return "stored anew"


def _execute(notebook: NotebookNode, folder: Path) -> None:
    """Run the cells; again, where nbclient misses that a cell with an Output widget is done (its issue 312)."""
    where = {"metadata": {"path": str(folder)}}
    try:
        NotebookClient(notebook, timeout=PATIENCE, resources=where, record_timing=False).execute()
    except TimeoutError:
        NotebookClient(notebook, timeout=PATIENCE, resources=where, record_timing=False).execute()


def steady_text(notebook: NotebookNode) -> str:
    """The notebook as JSON text, without what differs from one run to the next."""
    kept = {
        key: value
        for key, value in notebook.metadata.items()
        if key not in ("kernelspec", "language_info", "papermill")
    }
    notebook.metadata = NotebookNode(kept | {"kernelspec": KERNEL, "language_info": {"name": "python"}})
    taken: set[str] = set()
    for cell in notebook.cells:
        for key in PASSING_CELL_METADATA:
            cell.metadata.pop(key, None)
        cell.id = _cell_id(cell, taken)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    text = nbformat.writes(notebook, version=4)
    models = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    for number, model_id in enumerate(models, start=1):  # in the order in which the notebook made them
        text = text.replace(model_id, f"{number:032x}")
    return _sorted_state(text) + "\n"


def _cell_id(cell: NotebookNode, taken: set[str]) -> str:
    # A readable id chosen by an author stays; one drawn at random follows from the text instead.
    chosen = cell.get("id", "")
    readable = bool(chosen) and not all(letter in "0123456789abcdef-" for letter in chosen)
    stem = chosen if readable else "c" + hashlib.sha256(cell.source.encode()).hexdigest()[:8]
    name, count = stem, 1
    while name in taken:
        count += 1
        name = f"{stem}-{count}"
    taken.add(name)
    return name


def _sorted_state(text: str) -> str:
    notebook = json.loads(text)
    saved = notebook["metadata"].get("widgets", {}).get(STATE, {})
    if "state" in saved:
        saved["state"] = dict(sorted(saved["state"].items()))
    return json.dumps(notebook, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
