"""One dataset, made and ready: its tables, its card, and the truth it was made with."""

from __future__ import annotations

import html
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapkit.errors import OptionError, SourceError, listed, nearest

if TYPE_CHECKING:
    import pandas as pd

    from mapkit.tables import Table


@dataclass(frozen=True, eq=False)
class Dataset:
    """A dataset that comes with mapkit.

    ``events``, ``touchpoints``, ``feedback``, ``actors``, ``ties`` and ``posts`` are canonical tables, for the
    datasets that have them; ``frame(name)`` gives any table as a pandas frame. ``card`` says what the data is, where
    it comes from and what it must not be used for.
    """

    name: str
    folder: Path
    card: str
    tables: Mapping[str, str]

    @cached_property
    def truth(self) -> dict[str, Any]:
        """What the maker planted and counted while it made the data; empty for real data, whose truth is unknown."""
        path = self.folder / "truth.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    @cached_property
    def events(self) -> Table:
        """The event log."""
        return self._canonical("events")

    @cached_property
    def touchpoints(self) -> Table:
        """The touchpoint inventory."""
        return self._canonical("touchpoints")

    @cached_property
    def feedback(self) -> Table:
        """Answers to surveys."""
        return self._canonical("feedback")

    @cached_property
    def actors(self) -> Table:
        """The stakeholders of the ecosystem."""
        return self._canonical("actors")

    @cached_property
    def ties(self) -> Table:
        """The relationships between actors."""
        return self._canonical("ties")

    @cached_property
    def posts(self) -> Table:
        """What actors posted."""
        return self._canonical("posts")

    def frame(self, table: str) -> pd.DataFrame:
        """Return any of the dataset's tables as a pandas frame, as the maker wrote it."""
        import pandas as pd

        path = self._file_of(table)
        return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)

    def path(self, file: str) -> Path:
        """Return the path of one of the dataset's files, such as ``"raw/shop_export.csv"``.

        Raises
        ------
        SourceError
            The dataset has no such file; the message names those it has.
        """
        path = self.folder / file
        if not path.exists():
            there = self.files()
            raise SourceError(
                f"Dataset {self.name!r} has no file {file!r}. It has {listed(there)}.{nearest(file, there)}"
            )
        return path

    def files(self) -> list[str]:
        """Return the names of the dataset's files, folders included in the name."""
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())

    def copy_to(self, folder: str | Path) -> Path:
        """Copy every file to a new or empty folder, and return it. What is there already is never overwritten."""
        target = Path(folder)
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise OptionError(f"{target} is not empty, and nothing in it is overwritten. Name a new folder.")
        shutil.copytree(self.folder, target, dirs_exist_ok=True)
        (target / "card.md").write_text(self.card, encoding="utf-8")
        return target

    def __repr__(self) -> str:
        return f"<dataset {self.name}: {listed(self.tables, most=20)}>"

    def _repr_html_(self) -> str:
        rows = "".join(f"<li><code>{html.escape(t)}</code> {html.escape(f)}</li>" for t, f in self.tables.items())
        return f"<h4>{html.escape(self.name)}</h4><p>{html.escape(self.summary)}</p><ul>{rows}</ul>"

    @property
    def summary(self) -> str:
        """The first paragraph of the card."""
        return summary_of(self.card)

    def _file_of(self, table: str) -> Path:
        if table not in self.tables:
            raise SourceError(
                f"Dataset {self.name!r} has no table {table!r}. It has {listed(self.tables, most=30)}."
                f"{nearest(table, self.tables)}"
            )
        return self.path(self.tables[table])

    def _canonical(self, table: str) -> Table:
        path = self._file_of(table)
        from mapkit import loaders  # a database engine comes with it, so only when there is something to read

        canonical: Table = getattr(loaders, f"read_{table}")(path)
        return canonical


def summary_of(card: str) -> str:
    """Return the first paragraph of a data card that is not a heading, on one line."""
    paragraphs = (part.strip() for part in card.split("\n\n"))
    return next((" ".join(part.split()) for part in paragraphs if part and not part.startswith("#")), "")
