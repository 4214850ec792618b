"""Columns get their canonical names: once, here."""

from __future__ import annotations

from collections.abc import Mapping

from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.loaders.opened import Opened
from mapkit.tables.contracts import Contract

# What other tools call a column. Used for advice only: a wrong guess applied in silence is a wrong number.
_SYNONYMS = {
    "customer": (
        "customer_id", "customerid", "user", "user_id", "userid", "buyer", "buyer_id", "visitor", "visitor_id",
        "client", "client_id", "client_code", "distinct_id", "anonymous_id", "user_pseudo_id", "member", "member_id",
        "household_id", "person", "person_id", "contact_id", "email", "case:concept:name",
    ),
    "event": (
        "event_name", "eventname", "event_type", "action", "kind", "activity", "name", "type", "step", "concept:name",
    ),
    "time": (
        "timestamp", "ts", "date", "datetime", "at", "created_at", "event_time", "eventtime", "event_timestamp",
        "event_date", "eventdate", "occurred_at", "received_at", "invoicedate", "order_date", "when", "time:timestamp",
    ),
    "actor": ("id", "actor_id", "node", "username", "handle", "label", "stakeholder", "influencer", "account"),
    "source": ("from", "from_id", "source_id", "src", "vertex 1", "start", "sender", "node1"),
    "target": ("to", "to_id", "target_id", "dst", "vertex 2", "end", "receiver", "node2"),
    "touchpoint": ("touchpoint_id", "id", "touch_point", "contact_point", "name"),
    "metric": ("measure", "question", "kind", "type"),
    "score": ("value", "rating", "answer", "points", "nps"),
}  # fmt: skip


def canonical_names(opened: Opened, columns: Mapping[str, str] | None, contract: Contract) -> dict[str, str]:
    """Return stand-in name -> canonical name for every column of a source.

    Raises
    ------
    OptionError
        When ``columns`` is no mapping of names, or names a column that the source does not have.
    TableError
        When two columns would end with one name, or one that the contract requires is not there.
    """
    renamed = _checked(opened, columns or {}, contract)
    names = {stand_in: renamed.get(name, name) for stand_in, name in opened.names.items()}
    _refuse_clashes(opened, names)
    for column in contract.required:
        if column not in names.values():
            raise TableError(missing(contract, column, opened, renamed))
    return names


def guesses(contract: Contract, names: Mapping[str, str] | list[str]) -> dict[str, str]:
    """Return source name -> required column, for columns that are named as other tools name them."""
    there = list(names)
    found: dict[str, str] = {}
    for column in contract.required:
        if column in there:
            continue
        wanted = (column, *_SYNONYMS.get(column, ()))
        lowered = {str(name).strip().lower().replace(" ", "_"): name for name in reversed(there) if name not in found}
        guess = next((lowered[word.replace(" ", "_")] for word in wanted if word.replace(" ", "_") in lowered), None)
        if guess is not None:
            found[guess] = column
    return found


def missing(contract: Contract, column: str, opened: Opened, renamed: Mapping[str, str]) -> str:
    """Return the sentence for a required column that a source does not have, with the line to paste."""
    there = [name for name in opened.names.values() if name not in renamed]
    guessed = guesses(contract, there)
    guess = next((name for name, meant in guessed.items() if meant == column), None)
    hint = f" Did you mean {guess!r}?" if guess else nearest(column, there)
    if not guess and hint:
        guessed[hint.split("'")[1]] = column
    for absent in contract.required:
        if absent not in (*guessed.values(), *renamed.values(), *there):
            guessed[f"<the column with the {absent}>"] = absent
    pairs = ", ".join(f"{name!r}: {meant!r}" for name, meant in {**renamed, **guessed}.items())
    return (
        f"{opened.shown} has no column {column!r}, which a table of {contract.name} needs. "
        f"It has {listed(opened.names.values(), most=20)}.{hint} "
        f"Name it on loading: read_{contract.name}(..., columns={{{pairs}}})."
    )


def _checked(opened: Opened, columns: Mapping[str, str], contract: Contract) -> dict[str, str]:
    if not isinstance(columns, Mapping) or not all(isinstance(name, str) for name in columns.values()):
        raise OptionError(
            f"columns={columns!r} is no mapping of names. Write columns={{'name in the source': 'name in mapkit'}}."
        )
    there = list(opened.names.values())
    for name, meant in columns.items():
        if name in there:
            continue
        if meant in there and name in contract.known:
            hint = f" Turn it round: columns={{{meant!r}: {name!r}}}."
        else:
            hint = nearest(str(name), there)
        raise OptionError(
            f"columns= names {name!r}, which {opened.shown} does not have. It has {listed(there, most=20)}.{hint}"
        )
    return dict(columns)


def _refuse_clashes(opened: Opened, names: Mapping[str, str]) -> None:
    seen: dict[str, str] = {}
    for stand_in, name in names.items():
        other = seen.setdefault(name.casefold(), stand_in)
        if other == stand_in:
            continue
        first, second = opened.names[other], opened.names[stand_in]
        alike = "" if names[other] == name else " (databases do not tell capitals from small letters)"
        raise TableError(
            f"two columns of {opened.shown} would both be called {name!r}{alike}: {first!r} and {second!r}. "
            f"Rename one of them: columns={{{second!r}: '{name}_2'}}."
        )
