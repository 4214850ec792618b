"""Every way a customer is touched, as YAML for version control or as a sheet for people who work in spreadsheets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from mapkit.documents import Parsed, packaged_schema, parse_placed, read_placed, to_yaml, write_revised
from mapkit.documents.faults import FaultyDocumentError, repeated
from mapkit.documents.sheets import SHEET_ENDINGS, read_sheet, write_sheet

if TYPE_CHECKING:
    import pandas as pd

    from mapkit.tables import Table


@dataclass(frozen=True)
class Touchpoint:
    """One touchpoint and its elements.

    What it is (name, channel, medium, paid, ownership), the point of relationship (``stage``), the business reason, the
    customer impact, the owner, and the events of the log that witness it. The sixth element, its effectiveness, is
    measured and not written.

    ``cost`` is of a period, in the company's currency. None means that nobody has said.
    """

    touchpoint: str
    name: str | None = None
    channel: str | None = None
    medium: Literal["digital", "physical"] | None = None
    paid: bool | None = None
    ownership: Literal["owned", "earned", "paid"] | None = None
    stage: str | None = None
    business_reason: str | None = None
    customer_impact: str | None = None
    owner: str | None = None
    mandated: bool | None = None
    cost: float | None = None
    events: tuple[str, ...] = ()
    note: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Touchpoint:
        """Return the touchpoint that a document says."""
        return cls(**{**given, "events": tuple(given.get("events", ()))})

    def to_document(self) -> dict[str, Any]:
        """Return the touchpoint as plain data, without what nobody has said."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)} | {"events": list(self.events)}
        return {name: value for name, value in plain.items() if value is not None and value != []}


@dataclass(frozen=True)
class TouchpointInventory:
    """The touchpoints of a company. Raises DocumentError where two have one id."""

    touchpoints: tuple[Touchpoint, ...] = ()

    def __post_init__(self) -> None:
        named = [(("touchpoints", at, "touchpoint"), each.touchpoint) for at, each in enumerate(self.touchpoints)]
        if faults := tuple(repeated("touchpoints", list(named))):
            raise FaultyDocumentError(faults)

    def to_table(self) -> Table:
        """Return the inventory as a canonical table of touchpoints, as the measures take it."""
        from mapkit.loaders import read_touchpoints

        frame = self.to_frame()
        return read_touchpoints(frame.assign(events=frame["events"].map("|".join)))

    def to_frame(self) -> pd.DataFrame:
        """Return the inventory as a frame, one row a touchpoint; ``events`` are tuples."""
        import pandas as pd

        names = [field.name for field in fields(Touchpoint)]
        return pd.DataFrame([{name: getattr(each, name) for name in names} for each in self.touchpoints], columns=names)

    @classmethod
    def of(cls, touchpoints: Any) -> TouchpointInventory:
        """Return the inventory in anything that ``read_touchpoints`` takes; other columns than the known are left."""
        from mapkit.loaders import read_touchpoints

        rows = read_touchpoints(touchpoints).to_pandas().to_dict("records")
        known = {field.name for field in fields(Touchpoint)}
        return cls(tuple(Touchpoint.of(_said(cast(dict[str, Any], row), known)) for row in rows))

    def to_dict(self) -> dict[str, Any]:
        """Return the inventory as plain data, as its documents hold it."""
        return {"touchpoints": [each.to_document() for each in self.touchpoints]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TouchpointInventory:
        """Return the inventory that plain data says; the data fits the schema already."""
        return cls(tuple(Touchpoint.of(each) for each in data["touchpoints"]))

    @classmethod
    def read(cls, path: str | Path) -> TouchpointInventory:
        """Return the inventory in a YAML, JSON, CSV or Excel file. Raises DocumentError with the line of a fault."""
        path = Path(path)
        sheet = path.suffix in SHEET_ENDINGS
        return cls._of(read_sheet(path, _schema(), "touchpoints") if sheet else read_placed(path, _schema()))

    @classmethod
    def from_yaml(cls, text: str) -> TouchpointInventory:
        """Return the inventory that a YAML text says."""
        return cls._of(parse_placed(text, _schema(), name="the touchpoint inventory"))

    def to_yaml(self) -> str:
        """Return the inventory as a YAML document."""
        return to_yaml(self.to_dict())

    def write(self, path: str | Path, *, existing: Literal["refuse", "replace"] = "refuse") -> Path:
        """Write the inventory to a YAML, JSON, CSV or Excel file, whole or not at all, and return its path."""
        path = Path(path)
        if path.suffix in SHEET_ENDINGS:
            return write_sheet(self.to_dict(), path, _schema(), "touchpoints", existing=existing)
        return write_revised(
            self.to_dict(), path, existing=existing, normal=lambda data: TouchpointInventory.from_dict(data).to_dict()
        )

    @classmethod
    def _of(cls, parsed: Parsed) -> TouchpointInventory:
        try:
            return cls.from_dict(parsed.data)
        except FaultyDocumentError as wrong:
            raise wrong.placed(parsed) from None


def _said(row: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    said = {name: value for name, value in row.items() if name in known and not _empty(value)}
    events = said.get("events", ())
    if isinstance(events, str):
        events = [part.strip() for part in events.replace(";", "|").split("|") if part.strip()]
    return said | {"events": tuple(events)}


def _empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _schema() -> dict[str, Any]:
    return packaged_schema("mapkit.maps.touchpoint_inventory", "touchpoint_inventory.schema.json")
