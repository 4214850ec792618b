"""Ecosystems to networkx graphs and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.errors import TableError

if TYPE_CHECKING:
    from networkx import Graph

    from mapkit.ecosystems.ecosystem import Ecosystem


def tables_of(graph: Graph) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a graph's nodes as actors and its edges as ties.

    Raises
    ------
    TableError
        Two nodes are the same as text, such as 1 and "1".
    """
    names = {node: str(node) for node in graph.nodes}
    if len(set(names.values())) < len(names):
        raise TableError("Two nodes of the graph are the same as text, such as 1 and '1'. Rename one of them.")
    actors = pd.DataFrame([{**_plain(facts), "actor": names[node]} for node, facts in graph.nodes(data=True)])
    ties = pd.DataFrame(
        [{**_plain(facts), "source": names[a], "target": names[b]} for a, b, facts in graph.edges(data=True)],
        columns=None if graph.number_of_edges() else ["source", "target"],
    )
    return (actors if len(actors) else pd.DataFrame(columns=["actor"])), ties


def graph_of(ecosystem: Ecosystem) -> Any:
    """Return a networkx graph with the actors' and ties' facts as attributes."""
    import networkx

    several = ecosystem.links.has_parallel
    kind = {
        (True, True): networkx.MultiDiGraph,
        (True, False): networkx.DiGraph,
        (False, True): networkx.MultiGraph,
        (False, False): networkx.Graph,
    }[ecosystem.is_directed, several]
    graph = kind()
    facts = ecosystem.actors.drop(columns="actor").to_dict("records")
    graph.add_nodes_from((actor, _known(own)) for actor, own in zip(ecosystem.ids, facts, strict=True))
    for tie in ecosystem.ties_frame().drop(columns="directed").to_dict("records"):
        source, target = tie.pop("source"), tie.pop("target")
        graph.add_edge(source, target, **_known(tie))
    if ecosystem.is_directed:
        back = ecosystem.ties_frame()[ecosystem.ties.two_way]
        for tie in back.drop(columns="directed").to_dict("records"):
            source, target = tie.pop("source"), tie.pop("target")
            if source != target:
                graph.add_edge(target, source, **_known(tie))
    return graph


def _plain(facts: dict[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in facts.items() if str(name) not in ("actor", "source", "target")}


def _known(facts: dict[Any, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if not (pd.api.types.is_scalar(value) and pd.isna(value))}
