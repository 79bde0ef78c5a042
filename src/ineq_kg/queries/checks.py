"""Everything that a query file can be wrong in, found when it is read and not at the first question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urljoin

from ineq_kg.errors import DefinitionError, DefinitionsRejected, NotFound, ParameterError, QueryRefused
from ineq_kg.queries.binding import term_of, with_values
from ineq_kg.queries.definition import NamedQuery, Parameter, read_definition
from ineq_kg.queries.scopes import Use, uses
from ineq_kg.store.guard import refuse_egress
from ineq_kg.store.tokens import Token
from ineq_kg.triples.naming import near_terms, term_iri
from ineq_kg.triples.sparql_file import selected_by
from ineq_kg.vocabulary import IKG, IKG_NS, PREFIXES

_GRLC_PARAMETER = re.compile(r"__?[A-Za-z0-9]+(?:_[A-Za-z0-9_]+)?")
_ANY = term_of("any", Parameter(type="string", description="any value: all are bound alike"), "any")
_TERMS = frozenset(IKG.__annotations__)


def read_checked(path: Path) -> NamedQuery:
    """Read one query file and check all that it says. Raises DefinitionsRejected with every fault, in the order of lines."""
    query = read_definition(path)
    faults = sorted(_faults(query), key=lambda fault: fault.line or 0)
    if faults:
        raise DefinitionsRejected(faults)
    return query


def _faults(query: NamedQuery) -> Iterator[DefinitionError]:
    try:
        projected = selected_by(query.path, query.text)
    except DefinitionError as error:
        yield error  # what is not SPARQL says nothing more
        return
    yield from _columns(query, projected)
    yield from _terms(query)
    yield from _values(query)
    yield from _top_level(query)
    found = uses(query.tokens)
    yield from _undeclared(query, found)
    unreached = list(_unreached(query, found))
    yield from unreached
    if not unreached:
        yield from _unbindable(query)


def _columns(query: NamedQuery, projected: list[str]) -> Iterator[DefinitionError]:
    described = list(query.header.columns)
    if projected != described:
        message = f"the columns described ({', '.join(described)}) are not those selected ({', '.join(projected)})"
        yield query.fault(message, "columns", mend="Describe each column that is selected, in the same order.")


def _top_level(query: NamedQuery) -> Iterator[DefinitionError]:
    """Find what pages could not be cut from, and what would ask another host."""
    depth, after_where = 0, False
    for token in query.tokens:
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        after_where = after_where or token.text == "{"
        if depth == 0 and after_where and token.keyword in {"LIMIT", "OFFSET"}:
            mend = "Leave it out: whoever asks says how many rows, and gets the rest page by page."
            yield query.fault(f"{token.keyword} cuts the answer off", line=query.line(token), mend=mend)
    try:
        refuse_egress(query.text)
    except QueryRefused as error:
        line = next((query.line(one) for one in query.tokens if one.keyword == "SERVICE"), 1)
        yield query.fault(error.message, line=line, mend=error.mend)


# --- parameters ----------------------------------------------------------------------------------------------------------


def _values(query: NamedQuery) -> Iterator[DefinitionError]:
    """Find examples, defaults and listed values that the parameter's own type refuses."""
    for name, parameter in query.header.parameters.items():
        free = parameter.model_copy(update={"values": ()})
        listed = [("example", parameter.example, parameter), ("default", parameter.default, parameter)]
        listed += [("values", value, free) for value in parameter.values]
        for key, value, judge in listed:
            if value is None:
                continue
            try:
                term_of(name, judge, value)
            except ParameterError as error:
                yield query.fault(f"{key}: {error.message}", "parameters", name, key, mend=error.mend)


def _undeclared(query: NamedQuery, found: list[Use]) -> Iterator[DefinitionError]:
    """Find variables that are written as parameters are: `$name`, or as grlc has it, `?_name_iri`."""
    told = set(query.header.parameters)
    for use in found:
        if use.name in told:
            continue
        if use.token.text.startswith("$") or _GRLC_PARAMETER.fullmatch(use.name):
            told.add(use.name)
            message = f"{use.token.text} is written like a parameter and not declared"
            mend = f"Declare {use.name!r} under `parameters`, or rename the variable."
            yield query.fault(message, line=query.line(use.token), mend=mend)


def _unreached(query: NamedQuery, found: list[Use]) -> Iterator[DefinitionError]:
    for name in query.header.parameters:
        places = [use for use in found if use.name == name]
        if not places:
            message = f"the parameter {name!r} is not a variable of the query"
            yield query.fault(
                message, "parameters", name, mend=f"Use ?{name} in the query, or leave the parameter out."
            )
            continue
        deaf = next((use for use in places if not use.reached), None)
        if deaf is not None:
            message, mend = _deafness(deaf)
            yield query.fault(message, line=query.line(deaf.token), mend=mend)


def _deafness(use: Use) -> tuple[str, str]:
    """Return why a value does not count where a parameter stands, and what mends it."""
    name = use.token.text
    if use.lost:
        return f"{name} is never bound here: rows are grouped, and not by it", f"Add {name} to GROUP BY."
    if use.always_unbound:
        mend = "Put it into the outermost group, or bind the variable by a pattern in the group that it stands in."
        return f"{name} is never bound here: a group sees only what it binds itself", mend
    mend = "Project it from the sub-SELECT, or call it otherwise there."
    return f"{name} is another variable here, which the parameter's value does not reach", mend


def _unbindable(query: NamedQuery) -> Iterator[DefinitionError]:
    """Find what the engine refuses once values are there, such as a BIND to the parameter's own variable."""
    try:
        with_values(query, {})
    except DefinitionError as error:
        yield error
        return
    for name in query.header.parameters if _refused(query, query.header.parameters) else ():
        try:
            selected_by(query.path, with_values(query, {name: (_ANY,)}))
        except DefinitionError as error:
            message = f"with a value for {name!r}, {error.message.partition(': ')[2]}"
            yield query.fault(message, "parameters", name, mend="The query must not assign the parameter's variable.")


def _refused(query: NamedQuery, names: Iterable[str]) -> bool:
    """Say whether the engine refuses the query with a value for each of these parameters."""
    try:
        selected_by(query.path, with_values(query, dict.fromkeys(names, (_ANY,))))
    except DefinitionError:
        return True
    return False


# --- terms ---------------------------------------------------------------------------------------------------------------


def _terms(query: NamedQuery) -> Iterator[DefinitionError]:
    """Find names in the ontology's namespace that it does not declare."""
    prefixes: dict[str, str] = dict(PREFIXES)
    listed = query.tokens
    told: set[str] = set()
    base = ""
    for token, name, iri in zip(listed, listed[1:], listed[2:], strict=False):
        if token.keyword == "BASE" and name.kind == "iri":
            base = urljoin(base, name.text[1:-1])
        if token.keyword == "PREFIX" and name.kind == "word" and iri.kind == "iri":
            prefixes[name.text.removesuffix(":")] = urljoin(base, iri.text[1:-1])
    for token in listed:
        term = _term(token, prefixes, base)
        if term and term not in _TERMS and term not in told:
            told.add(term)
            yield query.fault(f"the ontology has no term {term!r}", line=query.line(token), mend=near_terms(term))
    for key, parameter in query.header.parameters.items():
        if parameter.of_class is not None:
            yield from _class(query, key, parameter.of_class)


def _term(token: Token, prefixes: dict[str, str], base: str) -> str:
    """Return the local name of a term of ours, or an empty string."""
    iri = ""
    if token.kind == "iri":
        iri = urljoin(base, token.text[1:-1])
    elif token.kind == "word" and ":" in token.text:
        prefix, _, local = token.text.partition(":")
        iri = prefixes.get(prefix, "") + local.replace("\\", "")
    return iri.removeprefix(IKG_NS) if iri.startswith(IKG_NS) else ""


def _class(query: NamedQuery, name: str, written: str) -> Iterator[DefinitionError]:
    try:
        iri = term_iri(written)
    except NotFound as error:
        yield query.fault(f"class: {error.message}", "parameters", name, "class", mend="Write it as ikg:Study.")
        return
    term = iri.removeprefix(IKG_NS)
    if iri.startswith(IKG_NS) and term not in _TERMS:
        message = f"class: the ontology has no term {term!r}"
        yield query.fault(message, "parameters", name, "class", mend=near_terms(term))
