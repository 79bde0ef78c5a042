"""The trace of something as a graph in layers."""

from __future__ import annotations

from collections.abc import Iterator

from ineq_kg.analysis.definition import Ask, Given
from ineq_kg.errors import NotFound
from ineq_kg.queries.definition import Form, Parameter
from ineq_kg.represent.parts import PART, part_of
from ineq_kg.represent.trace_graph import LAYERS, GraphLink, GraphNode, Named, TraceGraph
from ineq_kg.represent.views.definition import Model, View
from ineq_kg.triples.naming import slug_of, synthesis_of


class Graph(Model):
    """Nodes and links in layers, from reports up; `discourses` are what claims speak of, by name.

    A page lists a `part` of the nodes; a script draws, and the data hold, all of them.
    """

    start: str
    part: int = 1
    label: str
    layers: tuple[Named, ...]
    nodes: tuple[GraphNode, ...]
    links: tuple[GraphLink, ...]
    discourses: tuple[Named, ...]

    def listed(self) -> Iterator[tuple[str, list[GraphNode]]]:
        """Yield the layers that have nodes, the highest first: its name, and its nodes."""
        for layer in reversed(self.layers):
            nodes = [node for node in self.nodes if node.layer == layer.id]
            if nodes:
                yield layer.label, nodes

    def below(self) -> dict[str, list[GraphNode]]:
        """Return what each node rests on."""
        by_id = {node.id: node for node in self.nodes}
        below: dict[str, list[GraphNode]] = {}
        for link in self.links:
            below.setdefault(link.source, []).append(by_id[link.target])
        return below


def _read(ask: Ask, given: Given) -> Graph:
    start = given["start"][0]
    trace = ask("trace", {"start": start})
    labels = [str(row["label"]) for row in trace if str(row["node"]) == start]
    synthesis = synthesis_of(start)
    if not labels or synthesis is None:
        slug = slug_of(start)
        raise NotFound(f"there is no trace of {slug!r}", name=slug, mend="See / for the syntheses there are.")
    graph = TraceGraph(trace)
    graph.add_translations(ask("translations", {"synthesis": synthesis}))
    graph.add_countries(ask("studies", {"synthesis": synthesis}))
    discourses = graph.add_discourses(ask("claim-concerns", {"synthesis": synthesis}))
    return Graph(
        start=slug_of(start),
        part=part_of(given),
        label=labels[0],
        layers=tuple(Named(id=layer, label=label) for layer, label in LAYERS.items()),
        nodes=tuple(graph.nodes()),
        links=tuple(graph.kept_links()),
        discourses=discourses,
    )


GRAPH = View(
    name="graph",
    form=Form(
        summary="The trace as a graph",
        question="What does this rest on, as a graph from the argument down to the reports?",
        parameters={
            "start": Parameter(
                type="iri",
                description="A synthesis, a line of argument, a claim, a construct or a study",
                example="mcmahon-2022",
                required=True,
            ),
            "part": PART,
        },
    ),
    template="graph.html",
    model=Graph,
    read=_read,
    path="start",
)
