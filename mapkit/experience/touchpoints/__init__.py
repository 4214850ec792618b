"""Touchpoints as an inventory lists them, held against what a log shows of them."""

from mapkit.experience.touchpoints.inventory import measure_inventory
from mapkit.experience.touchpoints.inventory_result import Inventory

__all__ = ["Inventory", "measure_inventory"]
