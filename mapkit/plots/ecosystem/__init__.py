"""The ecosystem map: communities placed first, actors within them, nobody on top of another, the top ones named."""

from mapkit.plots.ecosystem.layout import Layout, lay_out
from mapkit.plots.ecosystem.picture import draw_ecosystem, say_ecosystem

__all__ = ["Layout", "draw_ecosystem", "lay_out", "say_ecosystem"]
