from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def real_data() -> Path:
    """The folder of public data sets beside the checkout; the test skips where it is absent."""
    folder = Path(__file__).resolve().parents[4] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no folder ../shared/data with public data sets beside the checkout")
    return folder
