"""The workbench: datasets, templates, studies and their reports."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mapkit.workbench.catalogue import list_datasets, load_dataset
    from mapkit.workbench.dataset import Dataset
    from mapkit.workbench.studies import Study, find_study, list_studies
    from mapkit.workbench.study_run import StudyReport, run_study
    from mapkit.workbench.templates import Template, list_templates, new_from_template

# Loaded when first used: `mapkit --help` must not wait for the machinery that runs notebooks.
_HOME = {
    "Dataset": "dataset",
    "Study": "studies",
    "StudyReport": "study_run",
    "Template": "templates",
    "find_study": "studies",
    "list_datasets": "catalogue",
    "list_studies": "studies",
    "list_templates": "templates",
    "load_dataset": "catalogue",
    "new_from_template": "templates",
    "run_study": "study_run",
}

__all__ = [
    "Dataset",
    "Study",
    "StudyReport",
    "Template",
    "find_study",
    "list_datasets",
    "list_studies",
    "list_templates",
    "load_dataset",
    "new_from_template",
    "run_study",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"mapkit.workbench.{_HOME[name]}"), name)
    raise AttributeError(f"mapkit.workbench has no {name!r}")
