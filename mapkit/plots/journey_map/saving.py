"""A journey map as a file: a picture, pages for printing, or a page for the browser."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from mapkit.documents import write_whole
from mapkit.errors import one_of
from mapkit.maps.journey_map import JourneyMap
from mapkit.maps.journey_map.check import MapCheck
from mapkit.maps.two_sources import ObservedMap
from mapkit.plots.files import save_picture
from mapkit.plots.journey_map.figure import LANDSCAPE, draw_page, pages_of
from mapkit.plots.journey_map.page_html import map_html
from mapkit.plots.journey_map.sheet_svg import sheet_svg
from mapkit.plots.page import blank_page
from mapkit.plots.plot import describe, plot
from mapkit.plots.style import PAPER

_FORMATS = ("svg", "png", "html", "pdf")
_HIGHEST = 1100.0  # points: a page of print that is as wide is about as high


def save_journey_map(
    journey_map: JourneyMap,
    path: str | Path,
    *,
    observed: ObservedMap | None = None,
    check: MapCheck | None = None,
) -> Path:
    """Write a map to a file and return its path; the format is the path's ending. The file appears whole or not at all.

    ``.svg`` and ``.png`` are one picture of the whole map, ``.pdf`` has as many pages as it takes, ``.html`` is a page
    with every text in full. A picture cuts texts that do not fit, with an ellipsis. The texts of an SVG are texts, so
    they can be searched and read aloud.

    Parameters
    ----------
    observed
        What ``observe_map`` returned for this map: shown beside the claims.
    check
        What ``JourneyMap.check`` returned: it knows what the research notes are that cells cite. Its findings are
        listed on the page; pictures leave them out.

    Raises
    ------
    OptionError
        The file's ending is none of these.
    """
    target = Path(path)
    ending = target.suffix.lower().lstrip(".")
    one_of(ending, _FORMATS, "the file's ending")
    if ending == "html":
        return write_whole(map_html(journey_map, observed, check).encode("utf-8"), target)
    if ending == "svg":
        (page,) = pages_of(journey_map, observed, check)
        return write_whole(
            sheet_svg(page.layout, page.heading, f"{page.heading.title}. {describe(journey_map)}").encode("utf-8"),
            target,
        )
    if ending == "pdf":
        return write_whole(_pdf(journey_map, observed, check), target)
    return save_picture(plot(journey_map, ax=blank_page(LANDSCAPE), observed=observed, check=check), target)


def _pdf(journey_map: JourneyMap, observed: ObservedMap | None, check: MapCheck | None) -> bytes:
    from matplotlib.backends.backend_pdf import PdfPages

    buffer = io.BytesIO()
    metadata = {"Title": describe(journey_map), "CreationDate": None}
    with matplotlib.rc_context({"pdf.fonttype": 42}), PdfPages(buffer, metadata=metadata) as pages:
        for page in pages_of(journey_map, observed, check, highest=_HIGHEST):
            figure = draw_page(page).figure
            assert isinstance(figure, Figure)
            pages.savefig(figure, facecolor=PAPER)
    return buffer.getvalue()
