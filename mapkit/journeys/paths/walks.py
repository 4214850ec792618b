"""What a path measure walks: whose events, which of them, and what each counts as."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mapkit.errors import OptionError, StageError, listed, nearest, one_of
from mapkit.journeys.customer_segments import with_customer_segment
from mapkit.loaders import read_events
from mapkit.sequences import END, START, MoveQuestion
from mapkit.stages import Rule
from mapkit.stages.order import with_row
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

Per = Literal["customer", "session"]
Of = Literal["event", "stage"]
Names = Mapping[str, str | None] | Sequence[str] | None


@dataclass(frozen=True, eq=False)
class Walk:
    """Rows ready to be walked: customer, name, time, and any session, segment and row.

    ``steps`` maps each name that counts to its step, the most frequent first; ``order`` lists the steps, in the
    model's order where stages are walked. ``unit`` says whose steps belong together.
    """

    rows: ir.Table
    unit: tuple[str, ...]
    steps: Mapping[str, str]
    order: tuple[str, ...]
    per: Per
    of: Of
    notes: tuple[str, ...]

    @property
    def is_split(self) -> bool:
        """Whether the rows have a segment."""
        return "segment" in self.rows.columns

    @property
    def counted(self) -> str:
        """What is counted, in the plural."""
        return f"{self.per}s"

    def question(
        self, *, ends: bool = True, collapse: bool = False, after: str | None = None, depth: int = 0
    ) -> MoveQuestion:
        """Return the question for the engines."""
        return MoveQuestion(self.steps, self.unit, ends, collapse, after, depth)

    def check_step(self, step: str, option: str) -> None:
        """Raise :class:`OptionError` unless the walk has this step; the message names the nearest."""
        if step not in self.order:
            raise OptionError(
                f"{option}={step!r} is no step of this log. It has {listed(self.order)}.{nearest(step, self.order)}"
            )


def walk_of(
    events: Any, *, per: Per = "customer", of: Of = "event", names: Names = None, by: str | None = None
) -> Walk:
    """Check what is to be walked, and return it; one query counts the names.

    Parameters
    ----------
    per
        Whose steps belong together: a customer's, or those of each session (needs the column ``session``).
    of
        What a step is: an event, or the stage that ``map_stages`` gave. Rows without a stage are passed over.
    names
        A mapping groups names: ``{"page_*": "pages", "heartbeat": None}``. A ``*`` stands for any run of characters;
        an exact name goes before a pattern, the first pattern that fits goes before later ones, None leaves the rows
        out, and a name that nothing fits stays as it is. A list keeps only the names (or patterns) in it.
    """
    one_of(per, ("customer", "session"), "per")
    one_of(of, ("event", "stage"), "of")
    # A join with segments shuffles the rows; their order is written down before it is lost.
    table = with_row(read_events(events))
    if per == "session":
        table.need("session", for_what='per="session" (map_sessions makes one)')
    if of == "stage" and not (table.stages or "stage" in table.columns):
        raise StageError('of="stage" needs events with stages. Map them first: map_stages(events, AARRR).')
    data, split = with_customer_segment(table, by)
    columns: dict[str, Any] = {"customer": data["customer"]}
    columns |= {"session": data["session"]} if per == "session" else {}
    columns |= {"name": data[of], "time": data["time"]}
    columns |= {name: data[name] for name in ("row", "segment") if name in data.columns and (name == "row" or by)}
    rows = data.select(**columns)
    found = _counts(rows)
    steps, dropped = _steps(found, names)
    _refuse_pseudo_steps(steps)
    unit = ("customer",) if per == "customer" else ("customer", "session")
    notes = (_unit_note(per, of), *_names_notes(names, found, dropped, of), *split)
    return Walk(rows, unit, steps, _order(table, steps, of, names), per, of, notes)


def _counts(rows: ir.Table) -> dict[str | None, int]:
    counted = rows.group_by("name").agg(rows=rows.count()).to_pandas()
    pairs = ((None if name is None or name != name else str(name), int(n)) for name, n in counted.to_numpy())
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0] or "")))


def _steps(found: Mapping[str | None, int], names: Names) -> tuple[dict[str, str], int]:
    """Return name -> step of those that count, and how many rows do not."""
    step = _chooser(names)
    put = {name: step(name) for name in found if name is not None}
    kept = {name: given for name, given in put.items() if given is not None}
    return kept, sum(found.values()) - sum(found[name] for name in kept)


def _chooser(names: Names) -> Callable[[str], str | None]:
    if names is None:
        return lambda name: name
    if isinstance(names, str) or not isinstance(names, Mapping | Sequence):
        raise OptionError(
            f'names={names!r} is neither a mapping, such as {{"page_*": "pages"}}, nor a list of names to keep.'
        )
    grouping = isinstance(names, Mapping)
    rules = [(Rule("names", each), each) for each in names]
    # A closer rule goes first; among equals the order given decides.
    rules.sort(key=lambda pair: pair[0].specificity)

    def step(name: str) -> str | None:
        fitting = next((said for rule, said in rules if rule.fits(name)), None)
        if fitting is None:
            return name if grouping else None
        return names[fitting] if isinstance(names, Mapping) else name

    return step


def _refuse_pseudo_steps(steps: Mapping[str, str]) -> None:
    for step in steps.values():
        if step in (START, END):
            raise OptionError(
                f"The log has a step named {step!r}, which is how the start and end of a walk are called. Give it"
                f' another name: names={{"{step}": "{step.strip("()")}"}}.'
            )


def _order(table: Table, steps: Mapping[str, str], of: Of, names: Names) -> tuple[str, ...]:
    there = dict.fromkeys(steps.values())
    if of == "stage" and names is None and table.stages:
        return tuple(stage for stage in table.stages if stage in there)
    return tuple(there)


def _unit_note(per: Per, of: Of) -> str:
    what = "events" if of == "event" else "events with a stage"
    return f"Walked: the {what} of each {per}, in time order; equal times follow the order of rows."


def _names_notes(names: Names, found: Mapping[str | None, int], dropped: int, of: Of) -> list[str]:
    notes = []
    if isinstance(names, Mapping):
        said = [f"{name!r} as {group!r}" for name, group in names.items() if group is not None]
        notes += [f"Grouped: {', '.join(said[:12])}{' and more' if len(said) > 12 else ''}."] if said else []
    if dropped:
        notes.append(
            f"{dropped:,} of {sum(found.values()):,} events are passed over, as if they had not happened"
            f" ({'no stage' if of == 'stage' and names is None else 'names left out'})."
        )
    for name in names or ():
        rule = Rule("names", name)
        if not any(rule.fits(each) for each in found):
            guess = nearest(name, [each for each in found if each is not None])
            if guess and rule.name is not None:
                raise OptionError(f"No {of} is named {name!r}.{guess}")
            notes.append(f"Nothing in this log fits {name!r}.")
    return notes
