"""Ask every question of every contestant, in turn, and write the ratios: ``make bench``.

``ROWS="1e6 1e7 5e7"`` and ``TIES="1e4 1e5 1e6"`` set the sizes; ``ROUNDS=1`` is for a first look.
``python -m benchmarks --only ecosystem`` asks one family of questions; the tables of the others stay as they are.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from importlib.metadata import version
from pathlib import Path

from benchmarks.contestants import FAMILIES
from benchmarks.table import table
from benchmarks.turns import ROUNDS, take_turns, weigh

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"


def main() -> None:
    reader = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    reader.add_argument("--only", choices=FAMILIES, help="ask this family of questions")
    only = reader.parse_args().only
    for name in [only] if only else FAMILIES:
        _write(name, _tables(name))


def _tables(name: str) -> str:
    """Return a family's tables, size by size."""
    family = FAMILIES[name]
    folder = Path(os.environ.get("BENCH_LOGS", Path(tempfile.gettempdir()) / "mapkit-bench"))
    folder.mkdir(parents=True, exist_ok=True)
    peers = ", ".join(f"{peer} {version(peer)}" for peer in family.peers)
    parts = [f"Beside {peers}. Rounds: {ROUNDS}."]
    for size in (int(float(size)) for size in os.environ.get(family.setting, family.sizes).split()):
        path, small = (family.make(folder / f"{name}-{n}.parquet", n) for n in (size, min(size, family.small)))
        for title, question in family.questions.items():
            runs = take_turns(name, title, question, path, small, size)
            worth = weigh(title, question, path, runs)
            verdict = size == family.goal_size
            parts.append(table(title, question, family.unit, size, runs, worth=worth, verdict=verdict))
            print(parts[-1], flush=True)
    return "\n".join(parts)


def _write(name: str, tables: str) -> None:
    """Write the page with a family's new tables in the place of the old."""
    # A family's tables stand below a heading of its own, so that each can be replaced alone.
    headings = "|".join(each.capitalize() for each in FAMILIES)
    _, *sections = re.split(rf"^# ({headings})\n", RESULTS.read_text(), flags=re.MULTILINE)
    kept = dict(zip(sections[::2], sections[1::2], strict=True)) | {name.capitalize(): tables}
    page = [(HERE / "HEAD.md").read_text().strip()]
    page += [
        f"# {each.capitalize()}\n\n{kept[each.capitalize()].strip()}" for each in FAMILIES if each.capitalize() in kept
    ]
    RESULTS.write_text("\n\n".join(page) + "\n")


if __name__ == "__main__":
    main()
