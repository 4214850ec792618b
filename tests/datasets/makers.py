"""Datasets stand outside the package; their makers are imported by path."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def load_maker(source: Path) -> ModuleType:
    """Return the package in a dataset's folder, under a name of its own."""
    spec = importlib.util.spec_from_file_location(
        f"{source.name}_under_test", source / "__init__.py", submodule_search_locations=[str(source)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
