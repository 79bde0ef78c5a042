"""The ontology's files as one graph."""

from __future__ import annotations

from pathlib import Path

import rdflib

from ineq_kg.errors import DefinitionError


def read_ontology(folder: Path) -> rdflib.Graph:
    """Return the header and all components as one graph. Raises DefinitionError for a file that does not parse."""
    graph = rdflib.Graph()
    for path in [folder / "ineq-kg.ttl", *sorted((folder / "components").glob("*.ttl"))]:
        try:
            graph.parse(path, format="turtle")
        except Exception as error:  # rdflib's Turtle parser raises many kinds, all of which mean this
            raise DefinitionError(f"not Turtle: {error}", document=path) from error
    return graph
