"""Pictures of touchpoints: the inventory, effectiveness three ways, triage, pain points, moments of truth, removal."""

from mapkit.plots.touchpoints import effectiveness, inventory, moments, pain_points, removal, triage

__all__ = ["effectiveness", "inventory", "moments", "pain_points", "removal", "triage"]
