"""The kernel's settings, one and the same when a notebook is recorded and when it is replayed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

MATPLOTLIB = Path(__file__).parents[1] / "matplotlibrc"

# Without bbox_inches=None a figure is cropped to its ink, and a longer label changes the size of the whole picture.
KERNEL_CONFIG = """
c.InlineBackend.figure_formats = {"retina"}
c.InlineBackend.print_figure_kwargs = {"bbox_inches": None}
c.HistoryManager.enabled = False
"""


@contextmanager
def kernel_environment() -> Iterator[None]:
    """Kernels started inside the block see our IPython settings, and nothing of the reader's own."""
    with TemporaryDirectory(prefix="mapkit-ipython-") as folder:
        profile = Path(folder, "profile_default")
        profile.mkdir()
        Path(profile, "ipython_kernel_config.py").write_text(KERNEL_CONFIG)
        before = dict(os.environ)
        os.environ.update(IPYTHONDIR=folder, JUPYTER_CONFIG_DIR=folder, PYTHONHASHSEED="0", COLUMNS="120")
        os.environ["MATPLOTLIBRC"] = str(MATPLOTLIB)
        os.environ.pop("MPLBACKEND", None)  # the kernel chooses the inline backend only where nothing is said
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
