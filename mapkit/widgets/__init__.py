"""Controls for notebooks: choose with the mouse or the keyboard, and see what was measured.

A widget holds no arithmetic: a trait changes, Python measures, JavaScript draws. Each is one class with one script and
one style sheet under ``static``.
"""

from mapkit.widgets.attribution_explorer import AttributionExplorer
from mapkit.widgets.ecosystem_explorer import EcosystemExplorer
from mapkit.widgets.feedback_explorer import FeedbackExplorer
from mapkit.widgets.funnel_explorer import FunnelExplorer
from mapkit.widgets.influencer_board import InfluencerBoard
from mapkit.widgets.inventory_editor import InventoryEditor
from mapkit.widgets.journey_map_editor import JourneyMapEditor
from mapkit.widgets.path_explorer import PathExplorer
from mapkit.widgets.retention_explorer import RetentionExplorer
from mapkit.widgets.stage_mapper import StageMapper

__all__ = [
    "AttributionExplorer",
    "EcosystemExplorer",
    "FeedbackExplorer",
    "FunnelExplorer",
    "InfluencerBoard",
    "InventoryEditor",
    "JourneyMapEditor",
    "PathExplorer",
    "RetentionExplorer",
    "StageMapper",
]
