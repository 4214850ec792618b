"""The datasets that come with mapkit: made when first asked for, kept until their source changes."""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from mapkit.errors import DocumentError, OptionError, SourceError, listed, nearest
from mapkit.workbench.dataset import Dataset
from mapkit.workbench.shipped import known, shipped

Progress = Callable[[float], None]


def list_datasets() -> list[str]:
    """Return the names of the datasets that come with mapkit."""
    return known("datasets", "__init__.py")


def load_dataset(
    name: str, *, customers: int | None = None, seed: int | None = None, progress: Progress | None = None
) -> Dataset:
    """Return a dataset, making it first where it is not in the cache yet.

    The cache is the folder named by the environment variable MAPKIT_CACHE, or else the user's cache folder. A
    dataset is kept under a key of its maker's files and its parameters: editing either makes it anew.

    Parameters
    ----------
    name
        One of :func:`list_datasets`.
    customers, seed
        Size and seed of a generated dataset; the maker's own when not given.
    progress
        Called with the share made so far, 0 to 1.

    Raises
    ------
    SourceError
        No dataset has this name; the nearest is offered.
    OptionError
        The dataset does not take this parameter, or it is not a whole number above zero.
    """
    source = _source(name)
    digest = _digest(source)
    maker = _maker(source, digest)
    options = _options(name, maker.make, customers=customers, seed=seed)
    folder = _cache() / f"{name}-{_key(digest, options)}"
    if not folder.is_dir():
        _make(maker.make, folder, options, progress)
    return Dataset(name, folder, card_of(name), dict(maker.TABLES))


def card_of(name: str) -> str:
    """Return a dataset's card as Markdown without making the dataset; empty where it has none."""
    card = _source(name) / "card.md"
    return card.read_text(encoding="utf-8") if card.exists() else ""


def _source(name: str) -> Path:
    datasets = list_datasets()
    if name not in datasets:
        raise SourceError(f"There is no dataset {name!r}. There are {listed(datasets)}.{nearest(str(name), datasets)}")
    return shipped("datasets") / name


def _cache() -> Path:
    from platformdirs import user_cache_path

    named = os.environ.get("MAPKIT_CACHE")
    return (Path(named) if named else user_cache_path("mapkit")) / "datasets"


def _digest(source: Path) -> str:
    """Return a fingerprint of the maker: every file's name and content."""
    digest = hashlib.sha256()
    for path in sorted(source.rglob("*")):
        parts = path.relative_to(source).parts
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in parts):
            content = path.read_bytes()
            digest.update(f"{'/'.join(parts)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _key(digest: str, options: dict[str, Any]) -> str:
    return hashlib.sha256(f"{digest} {json.dumps(options, sort_keys=True)}".encode()).hexdigest()[:16]


def _maker(source: Path, digest: str) -> ModuleType:
    """Import a dataset's folder as a package, under a name that says which folder and which state of its files."""
    name = f"mapkit_dataset_{source.name}_{_key(digest, {'folder': str(source)})}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(
        name, source / "__init__.py", submodule_search_locations=[str(source)]
    )
    if spec is None or spec.loader is None:
        raise DocumentError(f"{source} cannot be imported as a dataset.")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _options(name: str, make: Callable[..., Path], **given: int | None) -> dict[str, Any]:
    """Return the parameters the maker runs with, its own defaults included, so that both ways give one key."""
    takes = {
        parameter.name: parameter.default
        for parameter in inspect.signature(make).parameters.values()
        if parameter.name in given
    }
    for option, value in given.items():
        if value is None:
            continue
        if option not in takes:
            raise OptionError(
                f"Dataset {name!r} has no {option} to choose: it is as it is. Leave out {option}={value!r}."
            )
        if isinstance(value, bool) or not isinstance(value, int) or value < (option == "customers"):
            raise OptionError(f"{option}={value!r} is not a whole number above zero.")
        takes[option] = value
    return takes


def _make(make: Callable[..., Path], folder: Path, options: dict[str, Any], progress: Progress | None) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        make(temporary, **options, progress=progress)
        try:
            temporary.rename(folder)
        except OSError:
            # Another process made the same dataset meanwhile; theirs is as good.
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
