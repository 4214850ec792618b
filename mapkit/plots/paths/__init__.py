"""Pictures of paths, and the layouts that pictures and widgets share."""

from mapkit.plots.paths import graph, step_matrix, ways
from mapkit.plots.paths.layout import PathGraph, Sankey, path_graph, sankey

__all__ = ["PathGraph", "Sankey", "graph", "path_graph", "sankey", "step_matrix", "ways"]
