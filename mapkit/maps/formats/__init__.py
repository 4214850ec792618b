"""Journey maps in other formats: written and read, with a list of what each way loses."""

from mapkit.maps.formats.choosing import FORMATS
from mapkit.maps.formats.conversion import Conversion, read_map, write_map

__all__ = ["FORMATS", "Conversion", "read_map", "write_map"]
