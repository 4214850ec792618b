"""mapkit: journey maps and ecosystem maps you can trust.

``import mapkit as mk`` is all a notebook needs. Every name below is loaded when it is first used, so that the import
itself costs nothing; nothing is read, written or sent on import.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "MapkitError": "mapkit.errors",
    "Estimate": "mapkit.statistics",
    "Result": "mapkit.statistics",
    "Table": "mapkit.tables",
    "read_events": "mapkit.loaders",
    "read_actors": "mapkit.loaders",
    "read_ties": "mapkit.loaders",
    "read_touchpoints": "mapkit.loaders",
    "read_feedback": "mapkit.loaders",
    "read_posts": "mapkit.loaders",
    "profile_events": "mapkit.loaders",
    "StageModel": "mapkit.stages",
    "Rule": "mapkit.stages",
    "TOFU_MOFU_BOFU": "mapkit.stages",
    "AARRR": "mapkit.stages",
    "JOURNEY": "mapkit.stages",
    "map_stages": "mapkit.stages",
    "measure_coverage": "mapkit.stages",
    "measure_stages": "mapkit.journeys",
    "measure_funnel": "mapkit.journeys",
    "measure_funnel_trend": "mapkit.journeys",
    "measure_funnel_spread": "mapkit.journeys",
    "measure_time_to_convert": "mapkit.journeys",
    "Step": "mapkit.journeys",
    "Exclusion": "mapkit.journeys",
    "compare": "mapkit.statistics",
    "measure_transitions": "mapkit.journeys.paths",
    "measure_step_matrix": "mapkit.journeys.paths",
    "measure_paths": "mapkit.journeys.paths",
    "measure_sessions": "mapkit.journeys.paths",
    "map_sessions": "mapkit.journeys.paths",
    "measure_retention": "mapkit.journeys.retention",
    "measure_lifecycle": "mapkit.journeys.retention",
    "measure_stickiness": "mapkit.journeys.retention",
    "measure_attribution": "mapkit.journeys.attribution",
    "measure_attribution_paths": "mapkit.journeys.attribution",
    "measure_customer_value": "mapkit.journeys.value",
    "measure_value_calibration": "mapkit.journeys.value",
    "measure_historic_value": "mapkit.journeys.value",
    "measure_simple_value": "mapkit.journeys.value",
    "summarise_purchases": "mapkit.journeys.value",
    "measure_rfm": "mapkit.journeys.segmenting",
    "map_segments": "mapkit.journeys.segmenting",
    "find_clusters": "mapkit.journeys.segmenting",
    "SegmentRules": "mapkit.journeys.segmenting",
    "measure_aarrr": "mapkit.journeys.growth",
    "find_activation": "mapkit.journeys.growth",
    "measure_referral": "mapkit.journeys.growth",
    "simulate_growth": "mapkit.journeys.growth",
    "measure_cascades": "mapkit.journeys.growth",
    "measure_downline": "mapkit.journeys.growth",
    "measure_experiment": "mapkit.journeys.experiments",
    "find_sample_size": "mapkit.journeys.experiments",
    "rank_backlog": "mapkit.journeys.experiments",
    "measure_demand": "mapkit.journeys.demand",
    "measure_forecast": "mapkit.journeys.demand",
    "measure_staffing": "mapkit.journeys.demand",
    "measure_drivers": "mapkit.journeys",
    "check_integrity": "mapkit.maps.integrity",
    "measure_nps": "mapkit.experience.feedback",
    "measure_csat": "mapkit.experience.feedback",
    "measure_ces": "mapkit.experience.feedback",
    "measure_emotion": "mapkit.experience.feedback",
    "measure_opportunity": "mapkit.experience.feedback",
    "measure_inventory": "mapkit.experience.touchpoints",
    "measure_touchpoints": "mapkit.maps.touchpoints",
    "triage_touchpoints": "mapkit.maps.touchpoints",
    "simulate_touchpoint_removal": "mapkit.maps.touchpoints",
    "rank_pain_points": "mapkit.maps.touchpoints",
    "find_moments_of_truth": "mapkit.maps.touchpoints",
    "JourneyMap": "mapkit.maps.journey_map",
    "MapFile": "mapkit.maps.journey_map",
    "Cell": "mapkit.maps.journey_map",
    "Evidence": "mapkit.maps.journey_map",
    "observe_map": "mapkit.maps.two_sources",
    "draft_map": "mapkit.maps.two_sources",
    "draft_personas": "mapkit.maps.personas",
    "ResearchNotes": "mapkit.maps.research_notes",
    "PersonaCard": "mapkit.maps.persona_card",
    "TouchpointInventory": "mapkit.maps.touchpoint_inventory",
    "read_map": "mapkit.maps.formats",
    "write_map": "mapkit.maps.formats",
    "save_journey_map": "mapkit.plots.journey_map",
    "Ecosystem": "mapkit.ecosystems",
    "measure_position": "mapkit.ecosystems.position",
    "rank_actors": "mapkit.ecosystems.position",
    "simulate_removal": "mapkit.ecosystems.position",
    "measure_structure": "mapkit.ecosystems.position",
    "find_communities": "mapkit.ecosystems.communities",
    "measure_brokerage": "mapkit.ecosystems.communities",
    "find_paths": "mapkit.ecosystems.flow",
    "measure_step_reach": "mapkit.ecosystems.flow",
    "measure_stakeholders": "mapkit.ecosystems.stakeholders",
    "measure_buying_groups": "mapkit.ecosystems.accounts",
    "rank_accounts": "mapkit.ecosystems.accounts",
    "measure_pipeline": "mapkit.ecosystems.accounts",
    "measure_account_overlap": "mapkit.ecosystems.accounts",
    "hash_customers": "mapkit.ecosystems.accounts",
    "find_partners": "mapkit.ecosystems.partners",
    "find_white_spaces": "mapkit.ecosystems.partners",
    "measure_engagement": "mapkit.ecosystems.influencers",
    "rank_influencers": "mapkit.ecosystems.influencers",
    "profile_influencer": "mapkit.ecosystems.influencers",
    "measure_share_of_voice": "mapkit.ecosystems.influencers",
    "measure_audience_overlap": "mapkit.ecosystems.influencers",
    "measure_campaign": "mapkit.ecosystems.influencers",
    "simulate_spread": "mapkit.ecosystems.spread",
    "find_seeds": "mapkit.ecosystems.spread",
    "fit_spread": "mapkit.ecosystems.spread",
    "rank_seeds_dropped": "mapkit.ecosystems.spread",
    "measure_influence_by_stage": "mapkit.maps.influence",
    "measure_channel_feed": "mapkit.maps.influence",
    "find_right_influencers": "mapkit.maps.influence",
    "choose_map": "mapkit.maps.influence",
    "claim": "mapkit.maps",
    "plot": "mapkit.plots",
    "load_dataset": "mapkit.workbench",
}
_FOLDERS = ("widgets", "plots", "workbench")

__all__ = [*_HOME, *_FOLDERS]

if TYPE_CHECKING:
    from mapkit import plots as plots
    from mapkit import widgets as widgets
    from mapkit import workbench as workbench


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    if name in _FOLDERS:
        return importlib.import_module(f"mapkit.{name}")
    from mapkit.errors import nearest

    raise AttributeError(f"mapkit has no {name!r}.{nearest(name, __all__)}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
