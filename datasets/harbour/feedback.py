"""Survey answers: NPS in two waves, ratings of touchpoints and stages by customers and by employees."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from . import clock
from .chance import Chance, draw
from .ids import customer_ids
from .people import People
from .planted import Floats, Ints, Planted

SCALES = {
    "nps": (0, 10),
    "csat": (1, 5),
    "ces": (1, 7),
    "emotion": (-2, 2),
    "importance": (1, 5),
    "satisfaction": (1, 5),
    "expectation": (1, 5),
}
_Rows = dict[str, npt.NDArray[Any]]

_COLUMNS = ["metric", "score", "respondent", "customer", "touchpoint", "stage", "segment", "time", "rater"]
_COLUMNS += ["scale_min", "scale_max", "comment", "wave"]
_COMMENTS = {
    "low": ["Waited too long.", "Could not pay.", "Nobody answered.", "The parcel came late."],
    "middle": ["It was all right.", "Prices went up a little.", "Good, but not every time."],
    "high": ["Best beans in town.", "Quick and friendly.", "The store smells wonderful.", "Easy to order again."],
}


def make_feedback(planted: Planted, chance: Chance, panel: People) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the canonical feedback table (and `wave`), in time order, and what was realised."""
    asked = _Survey(planted, panel)
    parts = [_nps(planted, chance, asked, name) for name in planted["feedback"]["waves"]]
    parts += [*_touchpoint_ratings(planted, chance, asked), *_emotions(planted, chance, asked)]
    parts += _service(planted, chance, asked)
    table = pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
    table["time"] = pd.to_datetime(table["time"], unit="s", utc=True)
    table["scale_min"] = table["metric"].map({name: scale[0] for name, scale in SCALES.items()})
    table["scale_max"] = table["metric"].map({name: scale[1] for name, scale in SCALES.items()})
    table["comment"] = _comments(chance, table)
    _spoil(planted, chance, table)
    facts = _realised(table)
    table = table.sort_values("time", kind="stable", ignore_index=True)
    table["time"] = table["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return table[_COLUMNS], facts


class _Survey:
    """Who can be asked, and the rows of one question."""

    def __init__(self, planted: Planted, panel: People) -> None:
        self.segments = np.array(planted.segments, dtype=object)
        self.panel = panel
        self.ids = np.array(customer_ids(panel.number).to_pylist(), dtype=object)
        self.respondents = np.array(["r" + name[1:] for name in self.ids], dtype=object)
        staff = range(1, planted["feedback"]["employees"] + 1)
        self.employees = np.array([f"e{number:02d}" for number in staff], dtype=object)

    def customers(self, rng: np.random.Generator, size: int, *, before: int = clock.END) -> Ints:
        """Return the positions of so many customers who had visited by then, each once."""
        known = np.flatnonzero(self.panel.joined < before)
        return rng.choice(known, min(size, len(known)), replace=False).astype(np.int64)

    def rows(self, rng: np.random.Generator, metric: str, score: Floats, who: Ints | None, **more: Any) -> _Rows:
        """Return one row per score, from the customers at the positions `who`, or from the employees in turn."""
        start, span = more.pop("start", clock.START + 182 * clock.DAY), more.pop("span", 150 * clock.DAY)
        size = len(score)
        same = {"metric": metric, "rater": "employee" if who is None else "customer", "customer": None, "segment": None}
        same |= {column: more.get(column) for column in ("touchpoint", "stage", "wave")}
        rows: _Rows = {name: np.full(size, value, dtype=object) for name, value in same.items()}
        rows["score"], rows["time"] = score.astype(np.int64), (start + rng.integers(0, span, size)) // clock.SECOND
        if who is None:
            rows["respondent"] = self.employees[np.arange(size) % len(self.employees)]
        else:
            rows["customer"], rows["respondent"] = self.ids[who], self.respondents[who]
            rows["segment"] = self.segments[self.panel.segment[who]]
        return rows


def _scores(rng: np.random.Generator, mean: float | Floats, size: int, metric: str) -> Floats:
    low, high = SCALES[metric]
    scores: Floats = np.clip(np.rint(rng.normal(mean, 0.9, size)), low, high)
    return scores


def _nps(planted: Planted, chance: Chance, asked: _Survey, name: str) -> _Rows:
    wave, rng = planted["feedback"]["waves"][name], chance.of(f"nps/{name}")
    start = clock.moment(wave["start"])
    size = round(planted["feedback"]["share_asked"] * len(asked.panel))
    who = asked.customers(rng, size, before=start)
    passives = 1 - wave["promoters"] - wave["detractors"]
    group = draw(rng, np.array([wave["detractors"], passives, wave["promoters"]]), len(who))
    detractor = np.array([0, 1, 2, 3, 4, 5, 6])[draw(rng, np.array([2, 1, 1, 2, 2, 4, 5.0]), len(who))]
    score = np.choose(group, [detractor, rng.integers(7, 9, len(who)), rng.integers(9, 11, len(who))])
    return asked.rows(rng, "nps", score.astype(float), who, start=start, span=wave["days"] * clock.DAY, wave=name)


def _touchpoint_ratings(planted: Planted, chance: Chance, asked: _Survey) -> list[_Rows]:
    part, frames = planted["feedback"], []
    students = planted.segments.index("students")
    for row in planted["touchpoints"]:
        rng, named = chance.of(f"ratings/{row['touchpoint']}"), {"touchpoint": row["touchpoint"], "stage": row["stage"]}
        who = asked.customers(rng, part["per_touchpoint"])
        for metric in ("importance", "satisfaction", "expectation"):
            own = np.full(len(who), float(row[metric]))
            own[asked.panel.segment[who] == students] = row.get(f"{metric}_students", row[metric])
            frames.append(asked.rows(rng, metric, _scores(rng, own, len(who), metric), who, **named))
        mean = row["satisfaction"]
        if row["touchpoint"] == part["disagreement"]["touchpoint"]:
            mean = part["disagreement"]["employees"]
        scores = _scores(rng, mean, part["employees"], "satisfaction")
        frames.append(asked.rows(rng, "satisfaction", scores, None, **named))
    return frames


def _emotions(planted: Planted, chance: Chance, asked: _Survey) -> list[_Rows]:
    frames = []
    for stage, mean in planted["feedback"]["emotion"].items():
        rng = chance.of(f"emotion/{stage}")
        who = asked.customers(rng, 2 * planted["feedback"]["per_touchpoint"])
        frames.append(asked.rows(rng, "emotion", _scores(rng, mean, len(who), "emotion"), who, stage=stage))
        employees = _scores(rng, (mean + 1) / 2, planted["feedback"]["employees"], "emotion")
        frames.append(asked.rows(rng, "emotion", employees, None, stage=stage))
    return frames


def _service(planted: Planted, chance: Chance, asked: _Survey) -> list[_Rows]:
    rng = chance.of("service")
    who = asked.customers(rng, 4 * planted["feedback"]["per_touchpoint"])
    named = {"touchpoint": "help_desk", "stage": "service"}
    effort = asked.rows(rng, "ces", _scores(rng, 4.2, len(who), "ces"), who, **named)
    content = asked.rows(rng, "csat", _scores(rng, 3.4, len(who), "csat"), who, **named)
    return [effort, content]


def _comments(chance: Chance, table: pd.DataFrame) -> pd.Series[str]:
    rng = chance.of("comments")
    place = (table["score"] - table["scale_min"]) / (table["scale_max"] - table["scale_min"])
    mood = np.select([place < 0.5, place < 0.8], ["low", "middle"], "high")
    speaks = (rng.random(len(table)) < 0.1) & (table["rater"] == "customer").to_numpy()
    which = rng.integers(0, 12, len(table))
    said = [_COMMENTS[m][w % len(_COMMENTS[m])] if s else None for m, w, s in zip(mood, which, speaks, strict=True)]
    return pd.Series(said, index=table.index, dtype=object)


def _spoil(planted: Planted, chance: Chance, table: pd.DataFrame) -> None:
    """Put a few answers outside their scale, as typing mistakes do."""
    rows = chance.of("spoil").choice(len(table), planted["feedback"]["out_of_scale"], replace=False)
    table.loc[rows, "score"] = table.loc[rows, "scale_max"] + 1


def _realised(table: pd.DataFrame) -> dict[str, Any]:
    """Count over the answers that are within their scale."""
    valid = table[table["score"].between(table["scale_min"], table["scale_max"])]
    facts: dict[str, Any] = {"rows": len(table), "out_of_scale": len(table) - len(valid), "nps": {}, "satisfaction": {}}
    for wave, rows in valid[valid["metric"] == "nps"].groupby("wave"):
        promoters, detractors = int((rows["score"] >= 9).sum()), int((rows["score"] <= 6).sum())
        counts = {"answers": len(rows), "promoters": promoters, "detractors": detractors}
        facts["nps"][str(wave)] = counts | {"nps": 100 * (promoters - detractors) / len(rows)}
    for (touchpoint, rater), rows in valid[valid["metric"] == "satisfaction"].groupby(["touchpoint", "rater"]):
        told = {"answers": len(rows), "total": int(rows["score"].sum())}
        facts["satisfaction"].setdefault(str(touchpoint), {})[str(rater)] = told
    return facts
