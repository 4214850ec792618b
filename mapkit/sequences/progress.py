"""Progress of long walks, told only to those who ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_listener: ContextVar[Callable[[int], None] | None] = ContextVar("mapkit_progress", default=None)


def report(rows: int) -> None:
    """Tell whoever listens how many rows have been taken in so far; rows that cannot matter are not counted."""
    listener = _listener.get()
    if listener is not None:
        listener(rows)


@contextmanager
def progress_to(listener: Callable[[int], None]) -> Iterator[None]:
    """Call ``listener`` with the rows taken in so far, now and then, while something is measured inside.

    >>> seen = []
    >>> with progress_to(seen.append):
    ...     report(200_000)
    >>> seen
    [200000]
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def show_progress() -> Iterator[None]:
    """Show a line on stderr that counts the rows taken in, while something is measured inside.

    The total is not known beforehand: finding it out would cost another scan.
    """
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} rows taken in"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        with progress_to(lambda rows: bar.update(task, completed=rows)):
            yield
