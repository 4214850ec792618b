"""Pictures of position in the network: who stands first, how sure ranks are, what a removal does, types by types."""

from mapkit.plots.position import position, ranking, removal, structure

__all__ = ["position", "ranking", "removal", "structure"]
