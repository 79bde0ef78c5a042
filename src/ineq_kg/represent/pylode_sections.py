"""pyLODE, in a process of its own: the ontology as N-Triples in, the sections of its documentation out, as JSON.

Importing pyLODE sets the root logger to DEBUG, and it keeps pickles inside its own installation, which may be read only
and is shared with other processes. So it is imported only here: `python -m ineq_kg.represent.pylode_sections < IN > OUT`.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import rdflib
from pylode import utils  # type: ignore[import-untyped]
from pylode.profiles import ontpub  # type: ignore[import-untyped]
from rdflib import DCTERMS, OWL, RDFS, SKOS

from ineq_kg.vocabulary import IKG_NS

INDIVIDUALS = "named_individuals"
_DESCRIBING = (str(DCTERMS), str(SKOS), str(RDFS.isDefinedBy))


class _Sections(ontpub.OntPub):  # type: ignore[misc]
    """pyLODE's documentation without its head (inline style and script) and its table of contents (fixed to the window)."""

    def __init__(self, graph: rdflib.Graph) -> None:
        super().__init__(graph, sort_subjects=True)
        # A term's place on the page is its local name, as in its IRI.
        self.fids |= {str(s): str(s)[len(IKG_NS) :] for s in self.ont.subjects() if str(s).startswith(IKG_NS)}

    def parts(self) -> dict[str, Any]:
        """Return pyLODE's version, the sections as HTML, and for each section the places and titles in it."""
        self._make_metadata()
        self._make_main_sections()
        self._make_individuals()
        self._make_namespaces()
        self._make_legend()
        contents = {
            section: [
                (place, " ".join(map(str, title)) if isinstance(title, list) else str(title))
                for place, title in entries
            ]
            for section, entries in self.toc.items()
        }
        return {"version": ontpub.__version__, "html": self.content.render(), "contents": contents}

    def _make_individuals(self) -> None:
        """Add what pyLODE's profile for ontologies leaves out, by pyLODE's own means."""
        properties = [item for item in ontpub.PROP_PROPS if str(item).startswith(_DESCRIBING)]
        facts = (self.ont, self.back_onts, self.ns, OWL.NamedIndividual, properties)
        section = ontpub.section_html("Named Individuals", *facts, self.toc, INDIVIDUALS, self.fids, self.props_labeled)
        self.content.appendChild(section)


def main() -> None:
    """Read N-Triples from standard input, write JSON to standard output."""
    graph = rdflib.Graph().parse(sys.stdin.buffer, format="nt", bnode_context=_SameNames())
    graph.bind("ikg", IKG_NS)
    with TemporaryDirectory() as folder:
        shutil.copytree(utils.RDF_FOLDER, folder, ignore=shutil.ignore_patterns("*.pickle"), dirs_exist_ok=True)
        utils.RDF_FOLDER = Path(folder)
        parts = _Sections(graph).parts()
    json.dump(parts, sys.stdout)


class _SameNames(dict[str, rdflib.BNode]):
    """Keeps blank nodes' names as they are in the text, so that the same text gives the same page."""

    def get(self, name: str, _default: object = None) -> rdflib.BNode:
        """Return the blank node of this name."""
        return self.setdefault(name, rdflib.BNode(name))


if __name__ == "__main__":
    main()
