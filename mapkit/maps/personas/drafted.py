"""Drafted personas: the statements about each segment, and a card for each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.maps.journey_map import Evidence
from mapkit.maps.persona_card import PersonaCard, Statement
from mapkit.statistics import Comparable, Estimate, Result

_MOST_SAID = 8
_LISTS = {"attributes": "attributes", "channels": "channels", "events": "attributes"}


@dataclass(frozen=True, eq=False)
class DraftedPersonas(Result):
    """What each segment is like. See :func:`draft_personas` for the columns of ``table``.

    ``sizes`` has a row a segment: segment, customers, of_customers, low, high, and ``refused``: why there is no
    persona of it (empty where there is one). ``moods`` has segment, stage, n, mean, low, high of its valences.
    """

    sizes: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    moods: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    confidence: float = 0.95

    @property
    def distinctive(self) -> pd.DataFrame:
        """The statements in which a segment differs from the others beyond chance, the largest difference first."""
        rows = self.table[self.table["verdict"] != "cannot tell"]
        return rows.sort_values("difference", key=lambda each: each.abs(), ascending=False, ignore_index=True)

    @property
    def cards(self) -> Mapping[str, PersonaCard]:
        """A card for each segment that is large enough; goals and needs are left for people to fill in."""
        told = self.sizes[self.sizes["refused"] == ""]
        return {str(row["segment"]): self._card(row) for row in told.to_dict("records")}

    def share(self, segment: str, says: str) -> Estimate:
        """Return the share of a segment for whom a statement holds."""
        rows = self.table[(self.table["segment"] == segment) & (self.table["says"] == says)]
        if rows.empty:
            known = list(self.table.loc[self.table["segment"] == segment, "says"]) or list(self.sizes["segment"])
            raise OptionError(
                f"Nothing is said of {says!r} in {segment!r}. There is {listed(known)}.{nearest(says, known)}"
            )
        row = rows.iloc[0]
        return Estimate.of_share(f"{says} of {segment}", int(row["hits"]), int(row["n"]), self.confidence)

    def comparable(self) -> Comparable:
        """Return every statement's share, by segment: two periods of the same segments."""
        rows = self.table.assign(says=self.table["list"] + ": " + self.table["says"])
        return Comparable.of_shares(rows, ["segment", "says"], {"of_segment": ("hits", "n")})

    def _card(self, size: Mapping[Any, Any]) -> PersonaCard:
        segment = str(size["segment"])
        rows = self.table[self.table["segment"] == segment]
        lists: dict[str, list[Statement]] = {"attributes": [], "channels": []}
        for name, group in rows.groupby("list", sort=False):
            lists[_LISTS[str(name)]] += [_statement(row) for row in _telling(group).to_dict("records")]
        whole = Statement(
            f"{size['customers']:,} customers", _round(size["of_customers"]), _round(size["low"]), _round(size["high"]),
            int(self.sizes["customers"].sum()), evidence=(Evidence("log", n=int(self.sizes["customers"].sum())),),
        )  # fmt: skip
        return PersonaCard(
            segment,
            segment,
            size=whole,
            attributes=tuple(lists["attributes"]),
            channels=tuple(lists["channels"]),
            pain_points=tuple(self._pains(segment)),
            notes=("Drafted from data. Who this is, its goals and its needs are for people to say.", *self.notes),
        )

    def _pains(self, segment: str) -> Iterator[Statement]:
        rows = self.moods[(self.moods["segment"] == segment) & (self.moods["high"] < 0)]
        for row in rows.sort_values("mean").to_dict("records"):
            said = f"Unhappy in {row['stage']}: {row['mean']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}] on -2 to 2."
            yield Statement(said, n=int(row["n"]), evidence=(Evidence("survey", n=int(row["n"])),))


def _telling(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what says most about a segment: where it differs, by how much, then what most of it share."""
    sure = (rows["verdict"] != "cannot tell").astype(int)
    order = rows.assign(sure=sure, size=rows["difference"].abs().fillna(0))
    return order.sort_values(["sure", "size", "share"], ascending=False, kind="stable").head(_MOST_SAID)


def _statement(row: Mapping[Any, Any]) -> Statement:
    n = int(row["n"])
    says = f"did {row['says']}" if row["list"] == "events" else str(row["says"])
    return Statement(
        says, _round(row["share"]), _round(row["low"]), _round(row["high"]), n,
        _round(row["others"]), row["verdict"] != "cannot tell",
        (Evidence("log", n=n),),
    )  # fmt: skip


def _round(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 4)
