"""`mapkit data` and `mapkit profile`: the data that comes with mapkit, and what is in yours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mapkit.cli.screen import clean, console, say
from mapkit.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd

    from mapkit.workbench.catalogue import Progress


def data(
    name: Annotated[str | None, typer.Argument(help="Which dataset; without a name they are listed.")] = None,
    out: Annotated[Path | None, typer.Option(help="Copy its files to this new or empty folder.")] = None,
    customers: Annotated[int | None, typer.Option(help="How many customers a generated dataset has.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of a generated dataset.")] = None,
) -> None:
    """Make a dataset that comes with mapkit, and say where its files are.

    **Examples**

    `mapkit data` what there is

    `mapkit data harbour --out harbour --customers 1000` a small one, in a folder of your own
    """
    from mapkit.workbench import list_datasets, load_dataset
    from mapkit.workbench.catalogue import card_of
    from mapkit.workbench.dataset import summary_of

    if name is None:
        for each in list_datasets():
            say(each, style="bold")
            say(f"  {summary_of(card_of(each))}")
        return
    with _progress(name) as progress:
        dataset = load_dataset(name, customers=customers, seed=seed, progress=progress)
    folder = dataset.copy_to(out) if out else dataset.folder
    say(str(folder))
    for table, file in dataset.tables.items():
        say(f"  {table:<14}{file}")


def profile(
    source: Annotated[str, typer.Argument(help="A file, a folder of Parquet files, or a database URL.")],
    columns: Annotated[
        list[str] | None,
        typer.Option(metavar="OLD=NEW", help="Rename a column to customer, event or time; repeatable, or with commas."),
    ] = None,
    timezone: Annotated[str | None, typer.Option(help="Zone of times that do not say theirs.")] = None,
) -> None:
    """Say what is in an event log: rows, span, customers, events, ties, gaps, and the rows set apart.

    **Example**

    `mapkit profile orders.csv --columns buyer=customer,kind=event,at=time --timezone Europe/Berlin`
    """
    from mapkit.loaders import profile_events

    found = profile_events(source, columns=_renames(columns or []) or None, timezone=timezone)
    say(found.title, style="bold")
    _print_table(found.table)
    for note in found.notes:
        say(f"- {note}")


def _renames(given: list[str]) -> dict[str, str]:
    pairs = [pair for each in given for pair in (each.split(",") if each.count("=") > 1 else [each])]
    renames = {}
    for pair in pairs:
        old, equals, new = pair.rpartition("=")
        if not equals or not old.strip() or not new.strip():
            raise OptionError(f"--columns {pair!r} is not OLD=NEW. Write it as: --columns user_id=customer")
        renames[old.strip()] = new.strip()
    return renames


def _print_table(frame: pd.DataFrame) -> None:
    if not console().is_terminal:
        say(frame.to_csv(sep="\t", index=False).rstrip())
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for column in frame.columns:
        table.add_column(str(column))
    for row in frame.fillna("").astype(str).itertuples(index=False):
        table.add_row(*(Text(clean(cell)) for cell in row))
    console().print(table)


@contextmanager
def _progress(name: str) -> Iterator[Progress | None]:
    if not console().is_terminal:
        yield None
        return
    from rich.progress import Progress as Bars

    with Bars(console=console(), transient=True) as bars:
        task = bars.add_task(f"making {name}", total=1.0)
        yield lambda share: bars.update(task, completed=share)
