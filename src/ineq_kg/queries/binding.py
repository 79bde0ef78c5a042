"""Values of parameters into a query, as RDF terms in a VALUES clause.

Values never become query text: each is made an RDF term by the engine's own constructors, which refuse what is no IRI, and
is written by the engine's own serialiser. VALUES is where Oxigraph's planner can use it; its `substitutions` bind after
planning, which took over 20 s where this takes 1 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from ineq_kg.errors import DefinitionError, NotFound, ParameterError
from ineq_kg.queries.definition import NamedQuery, Parameter
from ineq_kg.store.embedded import Dataset
from ineq_kg.store.tokens import Token, tokens
from ineq_kg.triples.naming import graph_of, inferred_graph_of, iri_of, synthesis_of
from ineq_kg.vocabulary import XSD

Term = ox.NamedNode | ox.Literal
MAX_LENGTH = 10_000


def _iri(value: str) -> Term:
    return ox.NamedNode(iri_of(value))


def _typed(name: str, canonical: Callable[[str], object]) -> Callable[[str], Term]:
    def make(value: str) -> Term:
        return ox.Literal(str(canonical(value.strip())), datatype=ox.NamedNode(XSD.term(name)))

    return make


def _boolean(value: str) -> str:
    found = {"true": "true", "1": "true", "false": "false", "0": "false"}.get(value.lower())
    if found is None:
        raise ValueError(value)
    return found


_MAKERS: dict[str, tuple[str, Callable[[str], Term]]] = {
    "iri": ("a slug such as mcmahon-2022/study/babbel, or an IRI", _iri),
    "string": ("text", ox.Literal),
    "enum": ("one of the listed values", ox.Literal),
    "lang": ("a language tag such as en", ox.Literal),
    "integer": ("a whole number", _typed("integer", int)),
    "decimal": ("a number such as 0.5", _typed("decimal", Decimal)),
    "boolean": ("true or false", _typed("boolean", _boolean)),
    "date": ("a day such as 2026-01-31", _typed("date", date.fromisoformat)),
}


def term_of(name: str, parameter: Parameter, value: str) -> Term:
    """Return the RDF term for one value. Raises ParameterError where the value is not of the parameter's type."""
    wanted, make = _MAKERS[parameter.type]
    shown = value if len(value) <= 60 else value[:57] + "..."
    if len(value) > MAX_LENGTH:
        message = f"{name} has {len(value):,} characters; it may have {MAX_LENGTH:,}"
        raise ParameterError(message, parameter=name, value=shown, mend="Shorten it.")
    if parameter.type == "enum" and value not in parameter.values:
        mend = f"Write one of: {', '.join(parameter.values)}."
        raise ParameterError(f"{name}: {shown!r} is not possible", parameter=name, value=shown, mend=mend)
    try:
        if any(0xD800 <= ord(character) < 0xE000 for character in value) or "\x00" in value:
            raise ValueError("not Unicode text")
        return make(value)
    except (ValueError, InvalidOperation, NotFound) as error:
        message = f"{name}: {shown!r} is not {wanted}"
        raise ParameterError(message, parameter=name, value=shown, mend=f"Write {wanted}.") from error


def terms_of(query: NamedQuery, values: Mapping[str, str]) -> dict[str, Term]:
    """Return the term of every parameter that has a value or a default.

    Raises ParameterError for a parameter that is unknown, missing though required, or of the wrong type.
    """
    known = query.header.parameters
    for name in values:
        if name not in known:
            mend = f"{query.name} takes: {', '.join(known) or 'no parameters'}."
            raise ParameterError(f"{query.name} has no parameter {name!r}", parameter=name, mend=mend)
    terms = {}
    for name, parameter in known.items():
        value = values.get(name, parameter.default)
        if value is not None:
            terms[name] = term_of(name, parameter, value)
        elif parameter.required:
            mend = f"For example {name}={parameter.example}." if parameter.example else parameter.description
            raise ParameterError(f"{name} is missing", parameter=name, mend=mend)
    return terms


def iri_term(iri: str) -> str:
    """Return `iri` as SPARQL text. Raises NotFound for what is no IRI."""
    try:
        return str(ox.NamedNode(iri))
    except ValueError as error:
        raise NotFound(f"{iri!r} is not an IRI", name=iri) from error


def body_start(query: NamedQuery) -> int:
    """Return where the group after the outermost WHERE begins. Raises DefinitionError where values could not stand there."""
    depth, after_where = 0, False
    listed = list(tokens(query.text))
    for token, following in zip(listed, [*listed[1:], Token("mark", "", 0)], strict=True):
        if token.text == "{":
            if after_where and depth == 0:
                if following.keyword == "SELECT":
                    message = "the outer group is a bare sub-SELECT, which no VALUES can stand beside: put it in braces"
                    raise DefinitionError(message, document=query.path)
                return token.start + 1
            depth += 1
        elif token.text == "}":
            depth -= 1
        elif token.keyword == "WHERE" and depth == 0:
            after_where = True
    raise DefinitionError("the query has no outer `WHERE {`", document=query.path)


def bind(query: NamedQuery, values: Mapping[str, str]) -> tuple[str, Dataset]:
    """Return the SPARQL text with `values` bound, and the dataset that it should run on."""
    terms = terms_of(query, values)
    at = body_start(query)
    clauses = "".join(f" VALUES ?{name} {{ {term} }}" for name, term in terms.items())
    text = query.text[:at] + clauses + query.text[at:]
    graphs: list[str] = []
    if query.header.scope != "all":
        for term in terms.values():
            synthesis = synthesis_of(term.value) if isinstance(term, ox.NamedNode) else None
            if synthesis:
                graphs.append(graph_of(synthesis))
                if query.header.scope == "synthesis":
                    graphs.append(inferred_graph_of(synthesis))
    return text, Dataset(default=tuple(dict.fromkeys(graphs)))
