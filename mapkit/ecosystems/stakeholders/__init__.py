"""Stakeholders: how much power and interest each has, how much its claim weighs, and what to do about it."""

from mapkit.ecosystems.stakeholders.grid import measure_stakeholders
from mapkit.ecosystems.stakeholders.grid_result import Stakeholders

__all__ = ["Stakeholders", "measure_stakeholders"]
