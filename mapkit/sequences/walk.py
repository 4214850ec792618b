"""The one door to both engines: chains are walked where the events live."""

from __future__ import annotations

from mapkit.sequences import embedded, remote
from mapkit.sequences.chains import ChainQuestion, Chains
from mapkit.tables import Table


def walk_chains(events: Table, question: ChainQuestion) -> Chains:
    """Return the chains of every unit, by the engine that suits where the events live.

    Events in DuckDB are streamed once through a state machine in this process; events in a remote database are walked
    there by window functions. A property test holds the two equal.
    """
    return embedded.walk(events, question) if events.is_embedded else remote.walk(events, question)
