"""Which checks there are: each is a small function in a file of its own that registers itself here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mapkit.maps.integrity.findings import Finding
from mapkit.maps.integrity.subject import Log
from mapkit.statistics import Result

LogCheck = Callable[[Log], Iterator[Finding]]
ResultCheck = Callable[[Result, str], Iterator[Finding]]

LOG_CHECKS: dict[str, LogCheck] = {}
RESULT_CHECKS: dict[str, ResultCheck] = {}


def log_check(name: str) -> Callable[[LogCheck], LogCheck]:
    """Register a check of a log under the name its findings carry."""

    def register(check: LogCheck) -> LogCheck:
        LOG_CHECKS[name] = check
        return check

    return register


def result_check(name: str) -> Callable[[ResultCheck], ResultCheck]:
    """Register a check of a result under the name its findings carry."""

    def register(check: ResultCheck) -> ResultCheck:
        RESULT_CHECKS[name] = check
        return check

    return register
