"""What is asked of whom. A contestant takes the path of a Parquet file and returns the answer."""

from benchmarks.contestants.attribution import JOURNEYS
from benchmarks.contestants.cohorts import COHORTS
from benchmarks.contestants.communities import COMMUNITIES
from benchmarks.contestants.funnel import UNWINDOWED, WINDOWED
from benchmarks.contestants.position import POSITION
from benchmarks.contestants.seeds import SEEDS, reached
from benchmarks.contestants.stages import PER_STAGE
from benchmarks.contestants.transitions import TRANSITIONS
from benchmarks.log import make_log
from benchmarks.question import Family, Question, Worth
from benchmarks.ties import make_ties

__all__ = ["FAMILIES"]

_JOURNEYS = {
    "windowed funnel of 4 steps": Question(
        WINDOWED, cpu={"chdb windowFunnel": 0.6, "polars as-of chain": 1}, most_mb=350
    ),
    "funnel of 4 steps without a window": Question(UNWINDOWED, cpu={"retentioneering": 0.1}),
    "customers per stage": Question(PER_STAGE, cpu={"chdb": 0.6, "polars": 1}, most_mb=350),
    "transitions": Question(
        TRANSITIONS, cpu={"chdb arrays": 0.7, "pm4py": 1 / 14, "retentioneering": 0.05}, most_mb=600
    ),
    "weekly cohorts": Question(COHORTS, cpu={"chdb groupBitOr": 1, "polars, distinct weeks": 0.7}, most_mb=250),
    "attribution journeys": Question(JOURNEYS, cpu={"polars": 0.2}, most_mb=600),
}
_ECOSYSTEM = {
    "position": Question(parted=POSITION, cpu={"igraph": 0.35}, memory={"igraph": 0.35}),
    "communities": Question(
        COMMUNITIES,
        cpu={"networkit Leiden": 1.1},
        worth=Worth("modularity", lambda _, answer: answer[0], within=0.02),
    ),
    "seeds": Question(SEEDS, worth=Worth("reached", reached, within=0.01)),
}
FAMILIES = {
    "journeys": Family(
        "events", make_log, 100_000, "ROWS", "1e6 1e7", 10_000_000,
        ("duckdb", "chdb", "polars", "pandas", "pm4py", "retentioneering"), _JOURNEYS,
    ),
    "ecosystem": Family(
        "ties", make_ties, 30_000, "TIES", "1e4 1e5 1e6", 1_000_000,
        ("igraph", "networkit", "rustworkx", "networkx", "cynetdiff"), _ECOSYSTEM,
    ),
}  # fmt: skip
