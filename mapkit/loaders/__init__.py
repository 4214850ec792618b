"""The only way in: files, databases and frames become canonical tables, with a reconciliation."""

from mapkit.loaders.profile import Profile, profile_events
from mapkit.loaders.reading import (
    read_actors,
    read_events,
    read_feedback,
    read_posts,
    read_ties,
    read_touchpoints,
)

__all__ = [
    "Profile",
    "profile_events",
    "read_actors",
    "read_events",
    "read_feedback",
    "read_posts",
    "read_ties",
    "read_touchpoints",
]
