"""Templates of web pages. Every value is escaped by the template engine, and no link leads anywhere but to the web."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from ineq_kg.represent.text import counted, one_line
from ineq_kg.resources import scripts
from ineq_kg.triples.naming import slug_of
from ineq_kg.triples.terms import RdfTerm, compact
from ineq_kg.vocabulary import IKG_NS, ONTOLOGY, RESOURCES


def _href(iri: str) -> str | None:
    """Return where a link to `iri` goes: our own resources stay on this host, `http(s)` goes out, nothing else is linked."""
    if iri.startswith(RESOURCES):
        return "/id/" + quote(iri[len(RESOURCES) :], safe="/:;().-_~%")
    if iri.startswith(IKG_NS):
        return "/ontology#" + quote(iri[len(IKG_NS) :])
    if iri.startswith(ONTOLOGY + "/"):
        return "/ontology/" + quote(iri[len(ONTOLOGY) + 1 :])
    return iri if iri.startswith(("http://", "https://")) else None


def _cell(term: RdfTerm | None) -> dict[str, str | None]:
    if term is None:
        return {"text": "", "href": None, "language": None}
    if term.kind == "iri":
        return {"text": compact(term.value), "href": _href(term.value), "language": None}
    return {"text": term.value, "href": None, "language": term.language}


_templates = Environment(
    loader=PackageLoader("ineq_kg.represent"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= {
    "cell": _cell,
    "compact": compact,
    "counted": counted,
    "href": _href,
    "one_line": one_line,
    "slug": slug_of,
}
_templates.globals |= {"scripts_are_built": lambda: scripts() is not None}


def render(template: str, **values: Any) -> str:
    """Return a page: the template of this name, filled in."""
    return _templates.get_template(template).render(**values)
