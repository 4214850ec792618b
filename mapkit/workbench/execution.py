"""Running one notebook in a kernel of its own, and saying well what went wrong."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mapkit import errors
from mapkit.workbench.cells import forget_outputs

OnCell = Callable[[int, int], None]

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_LINE = re.compile(r"Cell In\[\d+\], line (\d+)|^File <string>:(\d+)|--> ?(\d+) ", re.MULTILINE)
_OURS = {name for name, value in vars(errors).items() if isinstance(value, type)}


@dataclass(frozen=True)
class Stop:
    """Why a notebook did not run to its end.

    ``cell`` counts code cells from 1, ``line`` is the source line that was reached. ``message`` is the whole message
    of a mapkit error, or the name and message of another.
    """

    kind: Literal["error", "interrupted"]
    notebook: str
    cell: int
    cells: int
    line: str
    message: str

    def __str__(self) -> str:
        where = f"{self.notebook}, code cell {self.cell} of {self.cells}"
        if self.kind == "interrupted":
            return f"Stopped by you in {where}. What had run until then is kept."
        return f"{where}:\n    {self.line}\n{self.message}"


def run_notebook(notebook: Any, *, name: str, folder: Path, on_cell: OnCell | None = None) -> Stop | None:
    """Run every code cell of ``notebook`` in place, in a fresh kernel; return None when all ran.

    The kernel works in ``folder``. It is gone when this returns, also after Ctrl-C, and the outputs made until then
    are in the notebook.

    Parameters
    ----------
    on_cell
        Called with the number of code cells done and their total, at the start of each and at the end.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, DeadKernelError

    code = [
        (index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()
    ]
    forget_outputs(notebook)
    client = NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--InlineBackend.figure_formats=retina"],  # pictures that stay sharp on paper
    )
    done = 0
    try:
        # Not client.execute(): it takes SIGINT for itself and reports Ctrl-C as a kernel that died.
        with client.setup_kernel(env=_environment(), stderr=subprocess.DEVNULL), _tidy_interrupt(client):
            for done, (index, cell) in enumerate(code):
                if on_cell:
                    on_cell(done, len(code))
                client.execute_cell(cell, index, execution_count=done + 1)
            client.set_widgets_metadata()
    except CellControlSignal as failed:
        return _stopped(name, code, done, failed)
    except DeadKernelError:
        message = "The kernel died. Often this means that memory ran out: try fewer rows or a shorter period."
        return Stop("error", name, done + 1, len(code), _first_line(code[done][1].source), message)
    except KeyboardInterrupt:
        line = _first_line(code[done][1].source) if code else ""
        return Stop("interrupted", name, done + 1, len(code), line, "")
    if on_cell:
        on_cell(len(code), len(code))
    return None


def _environment() -> dict[str, str]:
    # A backend chosen for scripts would leave the notebook without its pictures.
    return {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}


@contextmanager
def _tidy_interrupt(client: Any) -> Iterator[None]:
    """On Ctrl-C pass it on, so that the kernel ends in good order, and end what still waits for an answer."""
    from jupyter_core.utils import ensure_event_loop

    try:
        yield
    except KeyboardInterrupt:
        loop = ensure_event_loop()
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        loop.run_until_complete(client.km.interrupt_kernel())
        raise


def _stopped(name: str, code: list[tuple[int, Any]], done: int, failed: Any) -> Stop:
    ename, evalue = getattr(failed, "ename", "") or type(failed).__name__, getattr(failed, "evalue", "") or str(failed)
    source = code[done][1].source
    message = evalue if ename in _OURS else f"{ename}: {evalue}"
    return Stop("error", name, done + 1, len(code), _reached(source, str(getattr(failed, "traceback", ""))), message)


def _reached(source: str, traceback: str) -> str:
    """Return the line of the cell that the traceback names first, or the cell's first line of code."""
    found = _LINE.search(_ANSI.sub("", traceback))
    lines = source.splitlines()
    number = int(next(filter(None, found.groups()))) if found else 0
    return lines[number - 1].strip() if 0 < number <= len(lines) else _first_line(source)


def _first_line(source: str) -> str:
    lines = [line.strip() for line in source.splitlines()]
    return next((line for line in lines if line and not line.startswith("#")), lines[0] if lines else "")
