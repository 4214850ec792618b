"""Pictures of segments: by recency, frequency and money, and by behaviour."""

from mapkit.plots.segmenting import clusters, rfm

__all__ = ["clusters", "rfm"]
