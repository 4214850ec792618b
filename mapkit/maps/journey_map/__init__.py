"""The journey map as a document: what it is made of, how it is read and written."""

from mapkit.maps.journey_map.journey_map import JourneyMap, Placed
from mapkit.maps.journey_map.map_file import MapFile
from mapkit.maps.journey_map.parts import LANES, Cell, Evidence, Lane, MapStage, MapStep, Persona

__all__ = ["LANES", "Cell", "Evidence", "JourneyMap", "Lane", "MapFile", "MapStage", "MapStep", "Persona", "Placed"]
