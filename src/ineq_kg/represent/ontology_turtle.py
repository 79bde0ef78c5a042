"""An ontology as Turtle that people read: what is said of an axiom stands after the term that the axiom is about."""

from __future__ import annotations

from collections import defaultdict
from io import BytesIO

import rdflib
from rdflib import OWL, RDF, BNode
from rdflib.plugins.serializers.turtle import TurtleSerializer
from rdflib.term import Node


class _Writer(TurtleSerializer):
    """rdflib's own writer, but for the order of subjects."""

    def orderSubjects(self) -> list[Node]:  # noqa: N802
        """Put class expressions that are annotated, and the annotations, after the term; the cells of lists come last.

        Cells are written in round brackets, inside what they belong to. Were one of them to come before that, rdflib (7.6)
        would write some cells twice, and a reader find more triples than there are.
        """
        after: dict[Node, list[Node]] = defaultdict(list)
        for annotation in sorted(self.store.subjects(RDF.type, OWL.Axiom), key=str):
            target = self.store.value(annotation, OWL.annotatedTarget)
            source = self.store.value(annotation, OWL.annotatedSource)
            if source is not None:
                after[source] += [target, annotation] if isinstance(target, BNode) else [annotation]
        moved = {node for nodes in after.values() for node in nodes}
        cells: list[Node] = []
        ordered: list[Node] = []
        for subject in super().orderSubjects():
            if (subject, RDF.first, None) in self.store:
                cells.append(subject)
            elif subject not in moved:
                ordered += [subject, *after[subject]]
        return ordered + cells


def turtle(graph: rdflib.Graph) -> bytes:
    """Return an ontology as Turtle."""
    stream = BytesIO()
    _Writer(graph).serialize(stream, encoding="utf-8")
    return stream.getvalue()
