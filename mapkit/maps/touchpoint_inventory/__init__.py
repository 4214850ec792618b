"""The touchpoint inventory as a document: every way a customer is touched, with its six elements."""

from mapkit.maps.touchpoint_inventory.inventory import Touchpoint, TouchpointInventory

__all__ = ["Touchpoint", "TouchpointInventory"]
