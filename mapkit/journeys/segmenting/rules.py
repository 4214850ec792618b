"""Segments named by rules on customers' columns: data, not code."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from mapkit.documents import packaged_schema, parse_document, read_document, to_yaml, write_document
from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.journeys.customer_segments import NONE
from mapkit.stages.predicates import Predicate, predicates_of, written

if TYPE_CHECKING:
    import ibis.expr.types as ir

Conditions = Mapping[str, Any]


@dataclass(frozen=True)
class SegmentRule:
    """Who belongs to a segment: customers who meet all of ``predicates``; everybody left, where there are none."""

    segment: str
    predicates: tuple[Predicate, ...]

    def __str__(self) -> str:
        return " and ".join(map(str, self.predicates)) or "everybody left"


@dataclass(frozen=True, init=False)
class SegmentRules:
    """Named segments, each with its conditions on the columns of a customers frame. The first that is met wins.

    >>> rules = SegmentRules("size", {"large": {"revenue": {">=": 100}}, "small": {}})
    >>> rules.assign(pd.DataFrame({"customer": ["ann", "bob"], "revenue": [250.0, 20.0]})).to_list()
    ['large', 'small']

    Parameters
    ----------
    name
        What people call the rules.
    segments
        Segment names in the order in which they are tried, each with its conditions, written as in a stage model:
        ``{"r": {">=": 4}, "region": ["north", "west"]}``, all of which must be met. A list of such mappings means
        that one of them must be. An empty mapping takes everybody who is left. A missing value meets
        ``{"==": None}`` and nothing else.
    description
        What the segments mean and what was decided.
    """

    name: str
    rules: tuple[SegmentRule, ...] = field(repr=False)
    description: str = field(default="", repr=False)

    def __init__(
        self, name: str, segments: Mapping[str, Conditions | Sequence[Conditions]], *, description: str = ""
    ) -> None:
        rules = tuple(
            SegmentRule(str(segment), predicates_of(conditions))
            for segment, given in segments.items()
            for conditions in ([given] if isinstance(given, Mapping) else given)
        )
        object.__setattr__(self, "name", str(name))
        object.__setattr__(self, "rules", rules)
        object.__setattr__(self, "description", description)
        self._check()

    @property
    def segments(self) -> tuple[str, ...]:
        """The names of the segments, in the order in which they are tried."""
        return tuple(dict.fromkeys(rule.segment for rule in self.rules))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a customers frame must have."""
        return tuple(dict.fromkeys(predicate.column for rule in self.rules for predicate in rule.predicates))

    def assign(self, customers: pd.DataFrame) -> pd.Series:
        """Return each row's segment, "(none)" where no rule is met; the index is that of ``customers``.

        Raises
        ------
        TableError
            The frame lacks a column that a rule names.
        StageError
            A condition compares a number with text.
        """
        import ibis

        from mapkit.tables.embedded import embedded

        for column in self.columns:
            if column not in customers.columns:
                there = list(map(str, customers.columns))
                raise TableError(
                    f"The customers have no column {column!r}, which {self.name!r} needs. They have {listed(there)}."
                    f"{nearest(column, there)}"
                )
        if customers.empty:
            return pd.Series([], dtype="str", index=customers.index, name="segment")
        asked = customers[list(self.columns)].reset_index(drop=True)
        rows = ibis.memtable(asked.assign(place_of_customer=range(len(asked))))
        branches = [(_condition(rows, rule), rule.segment) for rule in self.rules]
        given = rows.select("place_of_customer", segment=ibis.cases(*branches, else_=NONE))
        found = embedded().to_pandas(given.order_by("place_of_customer"))["segment"]
        return pd.Series(found.to_numpy(), index=customers.index, name="segment", dtype="str")

    def to_dict(self) -> dict[str, Any]:
        """Return the rules as plain data, as their documents hold them."""
        segments: dict[str, Any] = {}
        for segment in self.segments:
            said = [written(rule.predicates) for rule in self.rules if rule.segment == segment]
            segments[segment] = said[0] if len(said) == 1 else said
        described = {"description": self.description} if self.description else {}
        return {"name": self.name, **described, "segments": segments}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SegmentRules:
        """Return the rules that plain data says."""
        return cls(data["name"], data["segments"], description=data.get("description", ""))

    def to_yaml(self) -> str:
        """Return the rules as a YAML document; :meth:`from_yaml` gives the same rules back."""
        return to_yaml(self.to_dict())

    @classmethod
    def from_yaml(cls, text: str) -> SegmentRules:
        """Return the rules that a YAML text says. Raises DocumentError with the line of what does not fit."""
        return cls.from_dict(parse_document(text, _schema(), name="the segment rules"))

    @classmethod
    def read(cls, path: str | Path) -> SegmentRules:
        """Return the rules in a YAML or JSON file."""
        return cls.from_dict(read_document(Path(path), _schema()))

    def write(self, path: str | Path, *, existing: Literal["refuse", "replace"] = "refuse") -> Path:
        """Write the rules to a YAML or JSON file, whole or not at all, and return its path."""
        return write_document(self.to_dict(), path, existing=existing)

    def _check(self) -> None:
        if not self.rules:
            raise OptionError(f"{self.name} has no segments. Name at least one.")
        for segment in self.segments:
            if not segment.strip() or segment == NONE:
                raise OptionError(f"{self.name} has a segment named {segment!r}. Use a name that can be seen; {NONE!r}"
                                  " is kept for customers whom no rule takes.")  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name}: {', '.join(self.segments)}"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{html.escape(rule.segment)}</th><td>{html.escape(str(rule))}</td></tr>" for rule in self.rules
        )
        return f"<p><b>{html.escape(self.name)}</b></p><p>{html.escape(self.description)}</p><table>{rows}</table>"


def _condition(rows: ir.Table, rule: SegmentRule) -> ir.BooleanValue:
    import ibis

    parts = [predicate.expression(rows[predicate.column]) for predicate in rule.predicates]
    return reduce(and_, parts) if parts else ibis.literal(True)


def _schema() -> dict[str, Any]:
    return packaged_schema("mapkit.journeys.segmenting", "segment_rules.schema.json")
