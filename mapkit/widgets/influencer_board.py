"""Influencers to weigh: a table whose ranks follow the weights, the goal and the topic as they are moved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import traitlets

from mapkit.ecosystems.influencers import GOALS, TIERS, InfluencerRanking, prepare_ranking, rank_prepared
from mapkit.ecosystems.influencers.relevance import topics_known
from mapkit.errors import MapkitError, OptionError, listed, nearest, one_of
from mapkit.plots import describe
from mapkit.widgets.canvas import check_keywords, page
from mapkit.widgets.explorer import Explorer, still_of

_WEIGHTS = ("reach", "relevance", "resonance")
_ASKED = (*_WEIGHTS, "goal", "topics", "top")
_ROWS = ("tier", "platform", "selected")
_READING = (
    "half_life", "fields", "per", "count", "since", "until", "audiences", "kol_types", "unguarded", "draws", "seed",
)  # fmt: skip
_NUMBERS = ["score", "rank", "rank_low", "rank_high", "top_share"]
_DRAWS = 200  # enough for an interval that follows the hand; the same in Python takes 500
_MOST_TOPICS = 500


class InfluencerBoard(Explorer):
    """A board of influencers that follows the weights, and the code that makes the same ranking.

    Three sliders weigh reach, relevance and resonance; a goal sets all three. A topic says what relevance is to. Each
    row has its three percentiles as bars, its rank with the interval in which 95% of the draws put it, and a note.
    Tier and platform choose the rows that are shown; ranks stay those among all. Rows that are picked are in
    ``selected``. Posts are read once: new weights only weigh anew.

    Parameters
    ----------
    actors, posts
        As in ``rank_influencers``.
    reach, relevance, resonance
        The weights, 0 to 1; 0.5 each unless given.
    goal
        One of ``GOALS``; sets the weights. Moving a slider takes it back to None.
    topics
        What relevance is to.
    tier, platform
        Show only these.
    top
        How many are to be chosen.
    selected
        Ids of actors that are picked.
    half_life, fields, per, count, since, until, audiences, kol_types, unguarded, draws, seed
        As in ``rank_influencers``; 200 draws unless given.

    Raises
    ------
    OptionError, TableError
        An option the board does not have, or tables it cannot rank.
    """

    _settings = _ASKED
    _views = _ROWS
    _esm = page("influencer_board.js", "explorer.js")
    _css = page("influencer_board.css", "explorer.css")

    reach = traitlets.Float(0.5).tag(sync=True)
    relevance = traitlets.Float(0.5).tag(sync=True)
    resonance = traitlets.Float(0.5).tag(sync=True)
    goal = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    topics = traitlets.List(traitlets.Unicode()).tag(sync=True)
    tier = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    platform = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    top = traitlets.Int(10).tag(sync=True)
    selected = traitlets.List(traitlets.Unicode()).tag(sync=True)

    # What can be chosen.
    goals = traitlets.List(traitlets.Unicode()).tag(sync=True)
    known_topics = traitlets.List(traitlets.Unicode()).tag(sync=True)
    tiers = traitlets.List(traitlets.Unicode()).tag(sync=True)
    platforms = traitlets.List(traitlets.Unicode()).tag(sync=True)

    # What does not move: a row each, [id, name, platform, tier, audience in words].
    people = traitlets.List(traitlets.List()).tag(sync=True)

    # The answer: notes of rows, and numbers as 32-bit floats, row by row in the order of people.
    # percentiles: reach, relevance, resonance. ranks: score, rank, low, high, share of draws among the top.
    row_notes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    percentiles = traitlets.Bytes(b"").tag(sync=True)
    ranks = traitlets.Bytes(b"").tag(sync=True)

    def __init__(self, actors: Any, posts: Any, **settings: Any) -> None:
        check_keywords("InfluencerBoard", settings, (*_ASKED, *_ROWS, *_READING))
        reading = {name: settings.pop(name) for name in _READING if name in settings}
        self._reading = {name: value for name, value in reading.items() if name != "draws"}
        if isinstance(settings.get("topics"), str):
            raise OptionError(f"topics={settings['topics']!r} is one name. Give a list: topics=[...].")
        topics = list(settings.get("topics") or ())
        self._prepared = prepare_ranking(actors, posts, topics=topics or None, **{"draws": _DRAWS, **reading})
        self._result: InfluencerRanking | MapkitError | None = None
        people = self._prepared.people
        super().__init__(
            goals=list(GOALS),
            known_topics=topics_known(self._prepared.parts.known)[:_MOST_TOPICS],
            tiers=[tier for tier in TIERS if (people["tier"] == tier).any()],
            platforms=sorted({str(each) for each in people["platform"].dropna()}),
            people=_people(people),
            **{**settings, "topics": topics, "selected": list(settings.get("selected") or ())},
        )
        self._check_rows()
        if self.goal is not None:
            self._weigh_for_goal()
        self._begin()
        self.observe(self._chosen, ["selected"])

    @property
    def result(self) -> InfluencerRanking:
        """The ranking of the settings now. Raises the MapkitError shown in its place."""
        if isinstance(self._result, MapkitError):
            raise self._result
        assert self._result is not None
        return self._result

    @property
    def shortlist(self) -> pd.DataFrame:
        """The rows of the ranking that are picked, in order of rank."""
        table = self.result.table
        return table[table["actor"].isin(self.selected)].reset_index(drop=True)

    def _changed(self, change: Any) -> None:
        if self.goal is not None and not self._following:
            if change["name"] == "goal":
                self._weigh_for_goal()
            elif change["name"] in _WEIGHTS and not self._is_goal():
                self._set(goal=None)
        super()._changed(change)

    def _chosen(self, change: Any) -> None:
        strange = [actor for actor in change["new"] if actor not in self._ids()]
        if strange:
            self.selected = [actor for actor in change["new"] if actor in self._ids()]
            raise OptionError(f"{listed(strange)} is no influencer of this board.{nearest(strange[0], self._ids())}")

    def _ids(self) -> set[str]:
        return set(self._prepared.people["actor"])

    def _check_rows(self) -> None:
        if self.tier is not None:
            one_of(self.tier, self.tiers, "tier")
        if self.platform is not None:
            one_of(self.platform, self.platforms, "platform")
        strange = [actor for actor in self.selected if actor not in self._ids()]
        if strange:
            raise OptionError(f"{listed(strange)} is no influencer of this board.{nearest(strange[0], self._ids())}")

    def _is_goal(self) -> bool:
        return all(getattr(self, name) == GOALS[str(self.goal)][name] for name in _WEIGHTS)

    def _weigh_for_goal(self) -> None:
        one_of(self.goal, GOALS, "goal")
        self._set(**GOALS[str(self.goal)])

    def _set(self, **values: Any) -> None:
        self._following = True
        try:
            for name, value in values.items():
                setattr(self, name, value)
        finally:
            self._following = False

    def _follow(self) -> None:
        """Rank by what is asked now, and show it or why it cannot be ranked."""
        self._following = True
        try:
            if self._prepared.topics != tuple(self.topics):
                self._prepared = self._prepared.about(self.topics or None)
            weights = {name: getattr(self, name) for name in _WEIGHTS}
            self._result = rank_prepared(self._prepared, weights=weights, top=self.top)
            self._show(self._result)
        except MapkitError as fault:
            self._result = fault
            self._show(None, str(fault))
        finally:
            self._following = False

    def _show(self, ranking: InfluencerRanking | None, message: str = "") -> None:
        with self.hold_sync():
            if ranking is not None:
                rows = ranking.table.set_index("actor")[[*_WEIGHTS, *_NUMBERS]].loc[self._prepared.people["actor"]]
                self.percentiles = _floats(rows, list(_WEIGHTS))
                self.ranks = _floats(rows, _NUMBERS)
                notes = self._prepared.people["note"].tolist()
                if notes != self.row_notes:  # thousands of texts take longer to check than to compare
                    self.row_notes = notes
                self.alt = describe(ranking)
                self.notes = list(ranking.notes)
            self.message = message
            self.code = board_code(self.options, self._reading)
            self.shown = self._question

    def _still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        if not isinstance(self._result, InfluencerRanking):
            return {}, {}
        return still_of(self._result)


def board_code(options: dict[str, Any], reading: dict[str, Any] | None = None) -> str:
    """Return the code of the ranking over variables ``actors`` and ``posts``.

    >>> print(board_code({"reach": 0.5, "relevance": 0.25, "resonance": 0.5, "goal": None, "topics": ["tea"],
    ...                   "top": 10, "selected": []}))
    import mapkit as mk
    <BLANKLINE>
    ranking = mk.rank_influencers(
        actors,
        posts,
        topics=['tea'],
        weights={'reach': 0.5, 'relevance': 0.25, 'resonance': 0.5},
    )
    """
    weighed = f"goal={options['goal']!r}" if options["goal"] else f"weights={ {n: options[n] for n in _WEIGHTS}!r}"
    plain = {name: value for name, value in (reading or {}).items() if isinstance(value, str | int | float | bool)}
    given = [
        *([f"topics={options['topics']!r}"] if options["topics"] else []),
        weighed,
        *([f"top={options['top']}"] if options["top"] != 10 else []),
        *(f"{name}={value!r}" for name, value in plain.items()),
    ]
    lines = ["import mapkit as mk", "", "ranking = mk.rank_influencers(", "    actors,", "    posts,"]
    lines += [*(f"    {each}," for each in given), ")"]
    if options["selected"]:
        lines.append(f"ranking.table[ranking.table['actor'].isin({options['selected']!r})]")
    return "\n".join(lines)


def _people(people: pd.DataFrame) -> list[list[Any]]:
    names = zip(*(people[name] for name in ("actor", "name", "platform", "tier", "followers")), strict=True)
    return [
        [str(actor), str(name), _text(platform), _text(tier), f"{number:,.0f}" if pd.notna(number) else "?"]
        for actor, name, platform, tier, number in names
    ]


def _text(value: Any) -> str:
    return str(value) if pd.notna(value) else ""


def _floats(rows: pd.DataFrame, columns: list[str]) -> bytes:
    return np.ascontiguousarray(rows[columns].to_numpy(dtype="<f4")).tobytes()
