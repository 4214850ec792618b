"""The parameters of a notebook: what its ``parameters`` cell sets, and how a run sets them otherwise."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Mapping
from typing import Any

import nbformat

from mapkit.errors import OptionError, listed, nearest

TAG = "parameters"
GIVEN_TAG = "injected-parameters"


def parameter_names(notebook: Any) -> list[str]:
    """Return the names that the notebook's ``parameters`` cell sets, in order; none where it has no such cell."""
    names: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and TAG in cell.metadata.get("tags", ()):
            names += [name for statement in _statements(cell.source) for name in _targets(statement)]
    return names


def check_parameters(parameters: Mapping[str, Any], notebooks: Iterable[Any]) -> None:
    """Raise :class:`OptionError` for a parameter that no notebook has: set in vain, it would change nothing."""
    known = list(dict.fromkeys(name for notebook in notebooks for name in parameter_names(notebook)))
    for name in parameters:
        if name not in known:
            raise OptionError(
                f"There is no parameter {name!r}. There are {listed(known, most=30)}.{nearest(name, known)}"
            )


def with_parameters(notebook: Any, parameters: Mapping[str, Any]) -> Any:
    """Return a copy of the notebook that runs with these values; those it does not have are left out.

    The values are set in a cell of their own, tagged ``injected-parameters`` as papermill does, behind the last
    ``parameters`` cell.

    Raises
    ------
    OptionError
        A value is not plain: text, a number, True, False, None, or a list, tuple or dict of them.
    """
    names = parameter_names(notebook)
    lines = [f"{name} = {_literal(name, value)}" for name, value in parameters.items() if name in names]
    changed = copy.deepcopy(notebook)
    if lines:
        places = [place for place, cell in enumerate(changed.cells) if TAG in cell.metadata.get("tags", ())]
        given = nbformat.v4.new_code_cell("\n".join(lines), metadata={"tags": [GIVEN_TAG]})
        changed.cells.insert(places[-1] + 1, given)
    return changed


def _literal(name: str, value: Any) -> str:
    """Return the value as Python writes it, made sure to read back as the same: nothing in it can run."""
    written = repr(value)
    try:
        if ast.literal_eval(written) == value:
            return written
    except (ValueError, SyntaxError):
        pass
    raise OptionError(
        f"{name}={written} is not plain. Use text, numbers, True, False, None, or lists and dicts of them."
    )


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError:
        # Not ours to tell: the cell fails when it runs, and the run says where.
        return []


def _targets(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []
