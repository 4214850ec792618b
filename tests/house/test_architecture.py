"""ARCHITECTURE.md tells the truth about mapkit/, and the rules of the house hold in every file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

LONGEST = 400
NOWHERE = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "core", "base"}
MAY_PRINT = ("mapkit/cli", "mapkit/workbench")


def modules(repository: Path) -> Iterator[Path]:
    """Every Python file of the package, by its path from the repository's root."""
    return (path.relative_to(repository) for path in sorted((repository / "mapkit").rglob("*.py")))


def inventory(text: str) -> set[str]:
    """What ARCHITECTURE.md lists under its heading "Inventory": paths in backquotes, folders ending in a slash."""
    section = re.split(r"^## Inventory\b.*$", text, flags=re.MULTILINE)
    assert len(section) == 2, "ARCHITECTURE.md needs one section '## Inventory' that lists `mapkit/...` paths"
    body = re.split(r"^## ", section[1], flags=re.MULTILINE)[0]
    return set(re.findall(r"`(mapkit/(?:[\w/]*/|[\w/]*\.py)?)`", body))


def test_the_inventory_lists_every_folder_and_module_and_nothing_else(repository: Path) -> None:
    listed = inventory((repository / "ARCHITECTURE.md").read_text())
    there = {path.as_posix() for path in modules(repository) if path.name != "__init__.py"}
    there |= {f"{path.parent.as_posix()}/" for path in modules(repository) if path.name == "__init__.py"}
    assert sorted(there - listed) == [], "in mapkit/ but not in the Inventory of ARCHITECTURE.md"
    assert sorted(listed - there) == [], "in the Inventory of ARCHITECTURE.md but not in mapkit/"


def test_an_inventory_is_read_from_its_own_section_only() -> None:
    text = "`mapkit/old.py`\n## Inventory\n| `mapkit/` | x |\n| `mapkit/tables/ties.py` |\n## Next\n`mapkit/new.py`\n"
    assert inventory(text) == {"mapkit/", "mapkit/tables/ties.py"}


def test_no_module_is_so_long_that_it_must_have_two_purposes(repository: Path) -> None:
    lengths = {path.as_posix(): len((repository / path).read_text().splitlines()) for path in modules(repository)}
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_no_module_is_named_after_nothing_in_particular(repository: Path) -> None:
    assert [path.as_posix() for path in modules(repository) if path.stem in NOWHERE] == []


def test_only_the_command_line_and_the_workbench_print(repository: Path) -> None:
    silent = [path for path in modules(repository) if not path.as_posix().startswith(MAY_PRINT)]
    assert [place for path in silent for place in prints(repository, path)] == []


def prints(repository: Path, path: Path) -> list[str]:
    tree = ast.parse((repository / path).read_text())
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    return [f"{path}:{call.lineno}" for call in calls if call.func.id == "print"]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_make_target_that_a_page_names_exists(repository: Path, name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (repository / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"(?:`|^\s*\$? ?)make ([a-z]+)", (repository / name).read_text(), flags=re.MULTILINE))
    assert named, f"{name} names no make target"
    assert sorted(named - targets) == []


def test_every_command_of_mapkit_that_the_readme_names_exists(repository: Path) -> None:
    import typer

    from mapkit.cli import app

    commands = set(typer.main.get_group(app).commands)
    named = set(
        re.findall(r"(?:`|^\s*\$? ?)(?:\.venv/bin/)?mapkit ([a-z]+)", (repository / "README.md").read_text(), re.M)
    )
    assert named, "README.md names no mapkit command"
    assert sorted(named - commands) == []
