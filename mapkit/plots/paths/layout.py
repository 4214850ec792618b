"""The layouts that path pictures and widgets share: places in 0..1, and nothing of how they are drawn."""

from mapkit.plots.paths.graph_layout import PathGraph, path_graph
from mapkit.plots.paths.step_layout import OTHERS, Sankey, sankey

__all__ = ["OTHERS", "PathGraph", "Sankey", "path_graph", "sankey"]
