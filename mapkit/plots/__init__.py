"""Result -> matplotlib: one `plot(result)` that knows every result, in one visual language.

Pictures are imported when the first one is drawn. A new picture is a new file here, named in `pictures.py`.
"""

from mapkit.plots.files import picture_html, render_picture, save_picture
from mapkit.plots.page import blank_page
from mapkit.plots.plot import alt_text, describe, plot

__all__ = ["alt_text", "blank_page", "describe", "picture_html", "plot", "render_picture", "save_picture"]
