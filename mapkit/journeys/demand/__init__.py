"""Contacts through the day and the year, what is to come, and how many people answer them."""

from mapkit.journeys.demand.demand import Demand, measure_demand
from mapkit.journeys.demand.forecast import Forecast, measure_forecast
from mapkit.journeys.demand.staffing import Staffing, measure_staffing

__all__ = [
    "Demand",
    "Forecast",
    "Staffing",
    "measure_demand",
    "measure_forecast",
    "measure_staffing",
]
