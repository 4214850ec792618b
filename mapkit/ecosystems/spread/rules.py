"""With what probability each tie passes something on: the rule, which is always said."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from mapkit.ecosystems.links import Rows, link
from mapkit.errors import OptionError, nearest, one_of

if TYPE_CHECKING:
    from mapkit.ecosystems.ecosystem import Ecosystem

Model = Literal["ic", "lt"]
Parallel = Literal["keep", "merge"]
Flow = Literal["forward", "reversed"]
MODELS = {"ic": "independent cascade", "lt": "linear threshold"}
_RULES = ("weighted_cascade", "uniform:0.05", "column")


@dataclass(frozen=True, eq=False)
class Chances:
    """Every link along which something can pass, in both directions, with its probability.

    Where all links into an actor have one probability, ``of_target`` holds it and ``of_links`` is None; otherwise
    ``of_links`` holds one for each link, in the order of ``out``.
    """

    model: Model
    out: Rows
    into: Rows
    of_target: np.ndarray | None
    of_links: np.ndarray | None
    notes: tuple[str, ...]

    @property
    def actors(self) -> int:
        """How many actors there are."""
        return len(self.out.starts) - 1

    @property
    def links(self) -> int:
        """How many links there are."""
        return len(self.out.ends)

    @cached_property
    def along_out(self) -> np.ndarray:
        """The probability of each link, in the order of ``out``."""
        if self.of_links is not None:
            return self.of_links
        assert self.of_target is not None
        gathered: np.ndarray = self.of_target[self.out.ends]
        return gathered

    @cached_property
    def along_into(self) -> np.ndarray:
        """The probability of each link, in the order of ``into``."""
        if self.of_links is not None:
            gathered: np.ndarray = self.of_links[self.into.place]
            return gathered
        assert self.of_target is not None
        return np.repeat(self.of_target, np.diff(self.into.starts))


def chances(
    ecosystem: Ecosystem, model: str, probability: Any, *, parallel: str = "keep", flow: str = "forward"
) -> Chances:
    """Return the links of an ecosystem with their probabilities under a rule.

    ``probability`` is "weighted_cascade" (1 / the number of links into the target), "uniform:0.05", "column" (the ties'
    column ``probability``), "column:name", or what ``fit_spread`` returned. Weights are never taken for probabilities.
    A tie of an actor to itself passes nothing on and counts in no in-degree.

    Raises
    ------
    OptionError
        The rule is not known or not a probability; or the links into an actor add up to more than 1 with "lt".
    """
    one_of(model, tuple(MODELS), "model")
    one_of(parallel, ("keep", "merge"), "parallel")
    one_of(flow, ("forward", "reversed"), "flow")
    name, value = _rule(probability)
    out, into, ties, merged = _rows(ecosystem, parallel, flow)
    of_target = of_links = None
    if name == "weighted_cascade":
        of_target = 1.0 / np.maximum(np.diff(into.starts), 1)
    elif name == "uniform":
        of_target = np.full(ecosystem.n, float(value))
    else:
        of_links = _column(ecosystem, str(value))[ties]
        if parallel == "merge":
            of_links = merged(of_links)
    made = Chances(model, out, into, of_target, of_links, tuple(_notes(ecosystem, model, name, value, parallel, flow)))  # type: ignore[arg-type]
    if model == "lt":
        _check_thresholds(made, ecosystem)
    return made


def _rule(probability: Any) -> tuple[str, Any]:
    if hasattr(probability, "link_probability"):
        return "uniform", probability.link_probability()
    name, _, value = str(probability).partition(":")
    if name == "weighted_cascade" and not value:
        return name, None
    if name == "column":
        return name, value or "probability"
    if name == "uniform" and value:
        try:
            share = float(value)
        except ValueError:
            share = np.nan
        if 0 <= share <= 1:
            return name, share
        raise OptionError(f"probability={probability!r}: {value!r} is not a probability. Write it as 'uniform:0.05'.")
    raise OptionError(
        f"probability={probability!r} is no rule for how something passes along a tie. Use 'weighted_cascade' (1 / the"
        " ties into the target), 'uniform:0.05', 'column' (the ties' column 'probability'), or what fit_spread"
        f" returned.{nearest(str(probability), _RULES)} A weight is not a probability, so there is no rule by default."
    )


def _rows(ecosystem: Ecosystem, parallel: str, flow: str) -> tuple[Rows, Rows, np.ndarray, Any]:
    """Return links out and in, the tie of each link in the order of ``out``, and what joins values of parallel ties."""
    ties, own = ecosystem.ties, ecosystem.ties.sources == ecosystem.ties.targets
    if parallel == "keep" and not own.any():
        links = ecosystem.links
        if flow == "forward":
            return links.out, links.into, links.out.place, None
        turned = np.empty(links.links, dtype=np.int32)
        turned[links.into.place] = np.arange(links.links, dtype=np.int32)
        return (
            Rows(links.into.starts, links.into.ends, links.into.place),
            Rows(links.out.starts, links.out.ends, turned),
            links.out.place[links.into.place],
            None,
        )
    return _made(ecosystem.n, ties, np.flatnonzero(~own), parallel, flow)


def _made(actors: int, ties: Any, rows: np.ndarray, parallel: str, flow: str) -> tuple[Rows, Rows, np.ndarray, Any]:
    back = rows[ties.two_way[rows]]
    sources = np.concatenate([ties.sources[rows], ties.targets[back]])
    targets = np.concatenate([ties.targets[rows], ties.sources[back]])
    which = np.concatenate([rows, back])
    if flow == "reversed":
        sources, targets = targets, sources
    join = None
    if parallel == "merge":
        pairs = sources.astype(np.int64) * max(actors, 1) + targets
        _, first, owner = np.unique(pairs, return_index=True, return_inverse=True)
        every = which
        sources, targets, which = sources[first], targets[first], which[first]
    links = link(actors, sources, targets, np.ones(len(sources)), np.zeros(len(sources), dtype=bool))
    if parallel == "merge":
        # The first tie of a pair stands for it; of their probabilities the highest counts.
        which = every

        def join(values: np.ndarray) -> np.ndarray:
            highest = np.zeros(len(first))
            np.maximum.at(highest, owner, values)
            return highest[links.out.place]

        return links.out, links.into, which, join
    return links.out, links.into, which[links.out.place], join


def _column(ecosystem: Ecosystem, name: str) -> np.ndarray:
    known = ecosystem.ties.more.column_names
    if name not in known:
        raise OptionError(
            f"The ties have no column {name!r} with probabilities.{nearest(name, known)} Add one, or use another rule,"
            " such as 'weighted_cascade'. The column 'weight' is not taken for it: a weight is not a probability."
        )
    try:
        values = ecosystem.ties.more[name].to_pandas().astype(float).to_numpy(copy=True)
    except (TypeError, ValueError):
        raise OptionError(f"The ties' column {name!r} is not numbers, so it holds no probabilities.") from None
    wrong = int((~((values >= 0) & (values <= 1))).sum())
    if wrong:
        raise OptionError(
            f"{wrong:,} of {len(values):,} ties have no probability between 0 and 1 in {name!r}. Give each one, or"
            " leave these ties out with ecosystem.where(...)."
        )
    return values


def _check_thresholds(made: Chances, ecosystem: Ecosystem) -> None:
    sums = np.bincount(made.out.ends, weights=made.along_out, minlength=made.actors)
    over = np.flatnonzero(sums > 1 + 1e-9)
    if len(over):
        raise OptionError(
            f"The linear threshold model needs the ties into an actor to add up to 1 at most; for {len(over):,} of"
            f" {made.actors:,} actors they add up to more ({ecosystem.ids[over[0]]!r}: {sums[over[0]]:.3g}). Use"
            " 'weighted_cascade', a smaller 'uniform:p', or model='ic'."
        )


def _notes(ecosystem: Ecosystem, model: str, name: str, value: Any, parallel: str, flow: str) -> list[str]:
    said = {
        "weighted_cascade": "1 / the number of ties into the target (weighted cascade)",
        "uniform": f"{value:.4g} for every tie (uniform)" if name == "uniform" else "",
        "column": f"as the ties' column {value!r} says",
    }[name]
    way = "from source to target" if flow == "forward" else "from target to source (reversed)"
    notes = [f"Model: {MODELS[model]}. Probability that a tie passes it on: {said}. Influence flows {way}."]
    counts = dict(zip(ecosystem.report["what"], ecosystem.report["count"], strict=True))
    further = int(counts.get("further ties between the same two", 0))
    if further:
        done = "each has its own chance" if parallel == "keep" else "they are merged into one"
        notes.append(f"{further:,} further ties join two actors that are tied already: {done}.")
    own = int((ecosystem.ties.sources == ecosystem.ties.targets).sum())
    if own:
        notes.append(f"{own:,} ties of an actor to itself pass nothing on.")
    if "sign" in ecosystem.ties.more.column_names:
        against = int((ecosystem.ties.more["sign"].to_pandas() < 0).sum())
        if against:
            notes.append(f"{against:,} ties with a negative sign pass it on as the others do; leave them out if not.")
    return notes
