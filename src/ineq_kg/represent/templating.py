"""Templates of web pages. Every value is escaped by the template engine, and no link leads anywhere but to the web."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from ineq_kg import __version__
from ineq_kg.represent.parts import cut
from ineq_kg.represent.text import counted, one_line, visible
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


def _words(name: str) -> str:
    """Return a class's bare name, such as `LineOfArgument`, as words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _shown(value: Any) -> Any:
    """Return what a template writes for a value: text from records is shown with its hidden characters."""
    words = isinstance(value, str | RdfTerm) and not hasattr(value, "__html__")  # which has been escaped already
    return visible(str(value)) if words else value


def _has_view(name: str) -> bool:
    # Views are written by templates, so the catalogue of views can be read only once this module is there.
    from ineq_kg.represent.views.catalogue import VIEWS

    return name in VIEWS


_templates = Environment(
    loader=PackageLoader("ineq_kg.represent"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    finalize=_shown,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= {
    "cell": _cell,
    "compact": compact,
    "counted": counted,
    "cut": cut,
    "href": _href,
    "one_line": one_line,
    "query_string": lambda given: urlencode(given, doseq=True),
    "slug": slug_of,
    "words": _words,
}
_templates.globals |= {
    "has_view": _has_view,
    "scripts_are_built": lambda: scripts() is not None,
    "software": __version__,
}


def render(template: str, **values: Any) -> str:
    """Return a page: the template of this name, filled in."""
    return _templates.get_template(template).render(**values)
