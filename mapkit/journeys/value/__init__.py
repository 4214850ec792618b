"""What customers are worth: the past as it was, and the future with its uncertainty."""

from mapkit.journeys.value.calibration import ValueCalibration, measure_value_calibration
from mapkit.journeys.value.customer_value import CustomerValue, measure_customer_value
from mapkit.journeys.value.historic import HistoricValue, measure_historic_value
from mapkit.journeys.value.purchases import PurchaseSummary, summarise_purchases
from mapkit.journeys.value.simple import SimpleValue, measure_simple_value

__all__ = [
    "CustomerValue",
    "HistoricValue",
    "PurchaseSummary",
    "SimpleValue",
    "ValueCalibration",
    "measure_customer_value",
    "measure_historic_value",
    "measure_simple_value",
    "measure_value_calibration",
    "summarise_purchases",
]
