"""What the loaders' tests share: three customers, and files to put them in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write a file and return its path."""

    def write(name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public data sets beside the checkout; the test skips where it is absent."""
    if not DATA.is_dir():
        pytest.skip("no folder ../shared/data with public data sets beside the checkout")
    return DATA
