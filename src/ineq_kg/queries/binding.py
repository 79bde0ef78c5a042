"""Values of parameters into a query, as RDF terms in a VALUES clause.

Values never become query text: each is made an RDF term by the engine's own constructors, which refuse what is no IRI, and
is written by the engine's own serialiser. VALUES is where Oxigraph's planner can use it; its `substitutions` bind after
planning, which took over 20 s where this takes 1 ms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pyoxigraph as ox

from ineq_kg.errors import NotFound, ParameterError
from ineq_kg.queries.definition import Form, NamedQuery, Parameter
from ineq_kg.store.embedded import Dataset
from ineq_kg.triples.naming import graph_of, inferred_graph_of, iri_of, synthesis_of
from ineq_kg.vocabulary import XSD

Term = ox.NamedNode | ox.Literal
# One value as text, or several for a parameter that takes many.
Values = Mapping[str, str | Sequence[str]]
MAX_LENGTH = 10_000
MAX_VALUES = 1_000


def _iri(value: str) -> Term:
    return ox.NamedNode(iri_of(value))


def _typed(name: str, canonical: Callable[[str], str]) -> Callable[[str], Term]:
    def make(value: str) -> Term:
        return ox.Literal(canonical(value.strip()), datatype=ox.NamedNode(XSD.term(name)))

    return make


def _matching(pattern: str) -> Callable[[str], str]:
    """Return what refuses text that is not wholly of this form: Python's own number types read more than XML Schema's."""
    form = re.compile(pattern, re.ASCII)

    def check(value: str) -> str:
        if not form.fullmatch(value):
            raise ValueError(value)
        return value

    return check


def _boolean(value: str) -> str:
    return {"true": "true", "1": "true", "false": "false", "0": "false"}[value.lower()]


def _date(value: str) -> str:
    return date.fromisoformat(value).isoformat()


_language = _matching(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")  # BCP 47's outline, as SPARQL's LANGTAG
_MAKERS: dict[str, tuple[str, Callable[[str], Term]]] = {
    "iri": ("a slug such as mcmahon-2022/study/babbel, or an IRI", _iri),
    "string": ("text", ox.Literal),
    "enum": ("one of the listed values", ox.Literal),
    "lang": ("a language tag such as en", lambda value: ox.Literal(_language(value.strip()))),
    "integer": ("a whole number", _typed("integer", _matching(r"[+-]?\d+"))),
    "decimal": ("a number such as 0.5", _typed("decimal", _matching(r"[+-]?(?:\d+\.?\d*|\.\d+)"))),
    "boolean": ("true or false", _typed("boolean", _boolean)),
    "date": ("a day such as 2026-01-31", _typed("date", _date)),
}


def term_of(name: str, parameter: Parameter, value: str) -> Term:
    """Return the RDF term for one value. Raises ParameterError where the value is not of the parameter's type."""
    wanted, make = _MAKERS[parameter.type]
    shown = value if len(value) <= 60 else value[:57] + "..."
    if len(value) > MAX_LENGTH:
        message = f"{name} has {len(value):,} characters; it may have {MAX_LENGTH:,}"
        raise ParameterError(message, parameter=name, value=shown, mend="Shorten it.")
    if parameter.values and value not in parameter.values:
        mend = f"Write one of: {', '.join(parameter.values)}."
        raise ParameterError(f"{name}: {shown!r} is not possible", parameter=name, value=shown, mend=mend)
    try:
        value.encode()  # which half of a surrogate pair cannot be
        if "\x00" in value:
            raise ValueError("not Unicode text")
        return make(value)
    except (ValueError, KeyError, NotFound) as error:
        message = f"{name}: {shown!r} is not {wanted}"
        raise ParameterError(message, parameter=name, value=shown, mend=f"Write {wanted}.") from error


def _several(name: str, parameter: Parameter, given: str | Sequence[str]) -> list[str]:
    """Return the values given. Raises ParameterError for more than the parameter takes.

    Where many are taken, an empty one counts for none: a form sends its empty fields along.
    """
    listed = list(dict.fromkeys([given] if isinstance(given, str) else given))
    listed = [value for value in listed if value] if parameter.many else listed
    if len(listed) > 1 and not parameter.many:
        message = f"{name} is given {len(listed)} values and takes one"
        raise ParameterError(message, parameter=name, value=listed[1][:60], mend="Give it once.")
    if len(listed) > MAX_VALUES:
        message = f"{name} is given {len(listed):,} values; it may have {MAX_VALUES:,}"
        raise ParameterError(message, parameter=name, mend="Ask for a part at a time.")
    return listed


def terms_of(name: str, header: Form, values: Values) -> dict[str, tuple[Term, ...]]:
    """Return the terms of every parameter that has values or a default: one, or several where it takes many.

    `name` is that of the question, for messages. Raises ParameterError for a parameter that is unknown, missing though
    required, of the wrong type, or given more often than it may be.
    """
    known = header.parameters
    for given in values:
        if given not in known:
            mend = f"{name} takes: {', '.join(known) or 'no parameters'}."
            raise ParameterError(f"{name} has no parameter {given!r}", parameter=given, mend=mend)
    terms = {}
    for key, parameter in known.items():
        listed = _several(key, parameter, values.get(key, ()))
        if not listed and parameter.default is not None:
            listed = [parameter.default]
        if listed:
            terms[key] = tuple(dict.fromkeys(term_of(key, parameter, value) for value in listed))
        elif parameter.required:
            mend = f"For example {key}={parameter.example}." if parameter.example else parameter.description
            raise ParameterError(f"{key} is missing", parameter=key, mend=mend)
    return terms


def iri_term(iri: str) -> str:
    """Return `iri` as SPARQL text. Raises NotFound for what is no IRI."""
    try:
        return str(ox.NamedNode(iri))
    except ValueError as error:
        raise NotFound(f"{iri!r} is not an IRI", name=iri) from error


def with_values(query: NamedQuery, terms: Mapping[str, Sequence[Term]]) -> str:
    """Return the SPARQL text with a VALUES clause for each variable that has terms. Raises DefinitionError."""
    at = query.body_start
    clauses = "".join(f" VALUES ?{name} {{ {' '.join(map(str, several))} }}" for name, several in terms.items())
    return query.text[:at] + clauses + query.text[at:]


def bind(query: NamedQuery, values: Values) -> tuple[str, Dataset]:
    """Return the SPARQL text with `values` bound, and the dataset that it should run on. Raises ParameterError."""
    terms = terms_of(query.name, query.header, values)
    graphs: list[str] = []
    if query.header.scope != "all":
        for several in terms.values():
            syntheses = [synthesis_of(term.value) if isinstance(term, ox.NamedNode) else None for term in several]
            for synthesis in syntheses if all(syntheses) else ():
                graphs.append(graph_of(str(synthesis)))
                if query.header.scope == "synthesis":
                    graphs.append(inferred_graph_of(str(synthesis)))
    return with_values(query, terms), Dataset(default=tuple(dict.fromkeys(graphs)), all_named=True)
