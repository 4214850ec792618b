"""A picture as bytes or as a file, with its alt text inside, and nothing left behind in pyplot."""

from __future__ import annotations

import base64
import html
import io
from pathlib import Path
from typing import Any, Literal

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapkit.documents import write_whole
from mapkit.errors import OptionError, one_of
from mapkit.plots.page import blank_page
from mapkit.plots.plot import alt_text, describe, plot
from mapkit.plots.style import DPI, PAPER

PictureFormat = Literal["png", "svg", "pdf"]
_FORMATS = ("png", "svg", "pdf")


def render_picture(result: object, *, format: PictureFormat = "png", dpi: int = DPI, **options: Any) -> bytes:
    """Return the result's picture as bytes of a PNG, SVG or PDF; the same result gives the same bytes.

    The alt text is in the file's metadata. Nothing is kept in pyplot, so this may be called any number of times.
    """
    return _bytes(plot(result, ax=blank_page(), **options), format, dpi)


def picture_html(result: object, *, dpi: int = DPI, **options: Any) -> str:
    """Return the picture as an ``<img>`` that carries its data and its alt text, for a page that works offline."""
    data = base64.b64encode(render_picture(result, dpi=dpi, **options)).decode()
    said = html.escape(describe(result), quote=True)
    return f'<img alt="{said}" src="data:image/png;base64,{data}" style="max-width:100%;height:auto">'


def save_picture(drawn: Axes | object, path: str | Path, *, dpi: int = DPI, **options: Any) -> Path:
    """Write a picture and return its path; the format is the path's ending (.png, .svg, .pdf).

    ``drawn`` is an axes that ``plot`` returned, or a result, which is then drawn with ``options``. The file appears
    whole or not at all.
    """
    target = Path(path)
    ending = target.suffix.lower().lstrip(".")
    one_of(ending, _FORMATS, "the file's ending")
    if isinstance(drawn, Axes) and options:
        raise OptionError("An axes is already drawn, so it takes no options. Give save_picture the result instead.")
    ax = drawn if isinstance(drawn, Axes) else plot(drawn, ax=blank_page(), **options)
    return write_whole(_bytes(ax, ending, dpi), target)


def _bytes(ax: Axes, ending: str, dpi: int) -> bytes:
    one_of(ending, _FORMATS, "format")
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    said = alt_text(ax)
    # No dates and no random identifiers: a report that is made again is the same report.
    metadata: dict[str, dict[str, str | None]] = {
        "png": {"Description": said, "Software": None},
        "svg": {"Title": said, "Date": None},
        "pdf": {"Title": said, "CreationDate": None},
    }
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "mapkit", "svg.fonttype": "path", "pdf.fonttype": 42}):
        figure.savefig(buffer, format=ending, dpi=dpi, facecolor=PAPER, metadata=metadata[ending])
    return buffer.getvalue()
