"""The event log: rows gathered while the year is played, then written as one table in canonical columns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import clock
from .ids import account_ids, customer_ids, influencer_name
from .people import People
from .planted import Flags, Floats, Ints, Planted

# Things that happen without a screen have no web session.
OFFLINE = frozenset(
    {"ad_view", "stand_visit", "store_visit", "cup_stamp", "order_delivered", "locker_pickup", "refund", "renewal"}
)
_CARRIES_CAMPAIGN = frozenset({"ad_click", "ad_view", "first_visit", "newsletter_open"})
_CHANNEL_FACTS = {  # channel: source, medium, standing campaign
    "organic": ("search", "organic", None),
    "direct": ("(direct)", "(none)", None),
    "paid_search": ("search", "cpc", "search_always_on"),
    "email": ("letter", "email", "weekly_letter"),
    "social": ("photo_app", "social", "social_posts"),
    "referral": ("friend", "referral", "bring_a_friend"),
    "affiliate": ("coffee_guides", "affiliate", "partner_links"),
    "display": ("banner_network", "display", "display_always_on"),
    "store": ("quay_store", "store", None),
}
_SESSION_GAP = 30 * clock.MINUTE


class EventLog:
    """Rows of one cohort of customers. Of rows at the same moment, the one added first comes first."""

    def __init__(self, planted: Planted) -> None:
        self.planted = planted
        self.events: list[str] = []
        self.campaigns: list[str] = []
        self.parts: list[dict[str, Ints | Floats]] = []

    def add(
        self,
        event: str,
        who: Ints,
        time: Ints,
        *,
        channel: Ints | int = -1,
        campaign: str | None = None,
        value: Floats | None = None,
        influencer: Ints | None = None,
    ) -> None:
        """Add one event for each customer position in `who`; what falls outside the year is left out."""
        inside = (time >= clock.START) & (time < clock.END)
        size = int(inside.sum())

        def kept(values: Ints | int) -> Ints:
            return values[inside] if isinstance(values, np.ndarray) else np.full(size, values)

        self.parts.append(
            {
                "event": np.full(size, _position(self.events, event)),
                "who": who[inside],
                "time": time[inside],
                "channel": kept(channel),
                "campaign": np.full(size, -1 if campaign is None else _position(self.campaigns, campaign)),
                "influencer": kept(-1 if influencer is None else influencer),
                "value": np.full(size, np.nan) if value is None else value[inside],
            }
        )

    def columns(self) -> dict[str, Ints | Floats]:
        """Return all rows so far, as arrays."""
        return {name: np.concatenate([part[name] for part in self.parts]) for name in self.parts[0]}

    def table(self, people: People, cohort: int) -> pa.Table:
        """Return the rows in canonical columns, not yet in time order, with `place`: the order among equal times."""
        rows = self.columns()
        who, event = rows["who"].astype(np.int64), rows["event"].astype(np.int64)
        channel = rows["channel"].astype(np.int64)
        facts = [_CHANNEL_FACTS[name] for name in self.planted.channels]
        valued = ~np.isnan(rows["value"])
        return pa.table(
            {
                "customer": pc.take(customer_ids(people.number), pa.array(who)),
                "event": _named(event, self.events),
                "time": pa.array(rows["time"]).cast(pa.timestamp("us", tz="UTC")),
                "channel": _named(channel, self.planted.channels),
                "campaign": self._campaign(event, channel, rows["campaign"].astype(np.int64)),
                "source": _named(channel, [fact[0] for fact in facts]),
                "medium": _named(channel, [fact[1] for fact in facts]),
                "session": self._session(people, who, event, rows["time"].astype(np.int64)),
                "account": pc.take(account_ids(people.account), pa.array(who)),
                "touchpoint": self._touchpoint(event),
                "segment": _named(people.segment[who], self.planted.segments),
                "influencer": _influencers(rows["influencer"].astype(np.int64)),
                "value": pa.array(rows["value"], from_pandas=True),
                "currency": _named(np.where(valued, 0, -1), ["EUR"]),
                "place": pa.array(np.arange(len(who)) + cohort * 2**32),
            }
        )

    def _campaign(self, event: Ints, channel: Ints, special: Ints) -> pa.Array:
        standing: list[str] = [_CHANNEL_FACTS[name][2] or "" for name in self.planted.channels]
        carries = np.isin(event, [self.events.index(name) for name in _CARRIES_CAMPAIGN if name in self.events])
        has_one = np.array([bool(name) for name in standing])[np.maximum(channel, 0)] & (channel >= 0)
        code = np.where(carries & has_one, channel, -1)
        return _named(np.where(special >= 0, special + len(standing), code), standing + self.campaigns)

    def _touchpoint(self, event: Ints) -> pa.Array:
        listed = {name: row["touchpoint"] for row in self.planted["touchpoints"] for name in row["events"]}
        names = [listed.get(name, "") for name in self.events]
        code = np.where(np.array([bool(name) for name in names])[event], event, -1)
        return _named(code, names)

    def _session(self, people: People, who: Ints, event: Ints, time: Ints) -> pa.Array:
        """Return session ids such as ``c0000123-004``: a pause of more than 30 minutes starts a new one."""
        offline = np.isin(event, [self.events.index(name) for name in OFFLINE if name in self.events])
        online = np.flatnonzero(~offline)
        order = online[np.lexsort((time[online], who[online]))]
        ordinal = np.zeros(len(who), dtype=np.int64)
        ordinal[order] = _ordinals(who[order], time[order])
        text = pc.utf8_lpad(pa.array(ordinal).cast(pa.string()), width=3, padding="0")
        joined = pc.binary_join_element_wise(pc.take(customer_ids(people.number), pa.array(who)), text, "-")
        return pc.if_else(pa.array(offline), pa.scalar(None, pa.string()), joined)


def _ordinals(who: Ints, time: Ints) -> Ints:
    """Return the number of each row's session within its customer; rows in order of customer and time."""
    same = np.r_[False, who[1:] == who[:-1]]
    paused = np.r_[False, np.diff(time) > _SESSION_GAP]
    starts = np.cumsum(~same | paused)
    first = np.maximum.accumulate(np.where(~same, starts, 0))
    return starts - first + 1


def _position(names: list[str], name: str) -> int:
    if name not in names:
        names.append(name)
    return names.index(name)


def _named(codes: Ints, names: list[str]) -> pa.DictionaryArray:
    absent: Flags = codes < 0
    # Names may repeat (two channels, one source); the Parquet file holds the text either way.
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int16), mask=absent), pa.array(names)).cast(
        pa.string()
    )


def _influencers(number: Ints) -> pa.Array:
    most = int(number.max(initial=0)) + 1
    return _named(number, [influencer_name(position) for position in range(most)])
