"""Who belongs together, and who stands between groups."""

from mapkit.ecosystems.communities.brokerage import Brokerage, measure_brokerage
from mapkit.ecosystems.communities.communities import find_communities
from mapkit.ecosystems.communities.communities_result import Communities

__all__ = ["Brokerage", "Communities", "find_communities", "measure_brokerage"]
