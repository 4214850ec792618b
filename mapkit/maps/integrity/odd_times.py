"""Times that cannot be true: 1970, and the future."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mapkit.maps.integrity.findings import Finding
from mapkit.maps.integrity.registry import log_check
from mapkit.maps.integrity.subject import OLD, Log

_EPOCH_ENDS = datetime(1971, 1, 1)  # noqa: DTZ001 - times are UTC, without a zone attached
_DAY = 86_400.0


@log_check("impossible times")
def check_times(log: Log) -> Iterator[Finding]:
    """Say how many times lie in 1970 (what an empty time becomes), before 1990, or in the future."""
    data, time = log.events.data, log.events.data["time"]
    counts = data.aggregate(
        epoch=(time < _EPOCH_ENDS).ifelse(1, 0).sum(),
        old=((time >= _EPOCH_ENDS) & (time < OLD)).ifelse(1, 0).sum(),
        future=(time > log.at).ifelse(1, 0).sum(),
        first=time.min(),
        last=time.max(),
    )
    found = counts.to_pyarrow().to_pylist()[0]
    first, last = log.span
    if first is None or last is None:
        return
    inside = (last - first).total_seconds()
    for key, words, end in (
        ("epoch", "in or before 1970, which is what an empty or zero time becomes", "first"),
        ("old", "before 1990", "first"),
        ("future", f"after {log.at:%Y-%m-%d}", "last"),
    ):
        if found[key]:
            outside = (last - found["first"] if end == "first" else found["last"] - first).total_seconds()
            what = f"{found[key]:,} times lie {words}"
            how = "span of the log without them; anything by period, age or order is off with them"
            yield Finding(
                "impossible times",
                "problem",
                log.name,
                what,
                int(found[key]),
                outside / _DAY,
                inside / _DAY,
                "days",
                how,
            )
