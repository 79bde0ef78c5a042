"""SERVICE and LOAD, found in the text and led to a gateway of ours; what is not understood to the last sign is refused.

The engine has no hook for them and opens connections by itself, so what it reads names only addresses of the gateway, which
asks no place but one on the list. It is the text that is rewritten, not an algebra written out again: no parser for Python
reads all that the engine reads, and none would cut every text as the engine does, where `guard` knows the differences.

The engine knows no variable endpoint. `SERVICE ?v {P}` is written out as the standard defines it (SPARQL 1.1 Federated Query,
4.2): the union, over the endpoints that there are, of what each answers to P, joined with ?v being that endpoint. The endpoints
are those on the list, or of these the ones that VALUES or BIND beside it in its group let ?v be. One more branch lets every
other solution through to a filter, which notes a ?v that is not on the list and keeps none.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import pyoxigraph as ox

from ineq_kg.errors import QueryRefused
from ineq_kg.store.guard import is_load, is_service, may_say_load, may_say_service, refuse_egress
from ineq_kg.store.tokens import Token, absolute, is_unsure, resolved, tokens, unescape
from ineq_kg.vocabulary import PREFIXES

_NOWHERE = "urn:ineq-kg:nowhere"


class Gateway(Protocol):
    """Where the engine is led to."""

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The endpoints that there are, by IRI."""

    def service(self, iri: str) -> str:
        """Return the address that stands for an endpoint. Raises QueryRefused where it is not on the list."""

    def document(self, iri: str) -> str:
        """Return the address that stands for a document to load. Raises QueryRefused likewise."""

    def refuse(self, endpoint: str) -> None:
        """Note that a query meant to ask an endpoint that is not on the list."""


@dataclass(frozen=True)
class Reaching:
    """Text that asks the gateway, and the functions that it calls."""

    text: str
    functions: Mapping[ox.NamedNode, Callable[..., Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Call:
    """A SERVICE or a LOAD: its keyword with SILENT, what it names, and for SERVICE the pattern with its braces.

    `only` are the IRIs that a variable can be, None where nothing beside it says.
    """

    keyword: tuple[int, int]
    silent: bool
    endpoint: Token
    iri: str | None
    pattern: tuple[int, int] | None
    only: frozenset[str] | None = None

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.pattern[1] if self.pattern else self.endpoint.start + len(self.endpoint.text)


def closed(query: str | Reaching) -> Reaching:
    """Return a query as it may be run: one that was led, or one that asks nobody. Raises QueryRefused for any other."""
    if isinstance(query, Reaching):
        return query
    refuse_egress(query)
    return Reaching(query)


def reaches_out(text: str, *, update: bool = False) -> bool:
    """Say whether a query, or an update, may hold SERVICE, or an update LOAD."""
    return may_say_service(text) or (update and may_say_load(text))


def led(text: str, gateway: Gateway, base: str | None = None, *, update: bool = False) -> Reaching:
    """Return a query or an update as it may be run.

    Raises QueryRefused where it names a place that is not on the list, SILENT or not, and where it is not understood.
    """
    calls = _calls(text, base or "", update=update)
    variable = [call for call in calls if call.iri is None]
    mark = f"mark_{secrets.token_hex(8)}"
    listed = f"urn:ineq-kg:listed:{secrets.token_hex(8)}"
    written = _written(text, calls, lambda call: _through(text, call, gateway, mark, listed))
    if not variable:
        return Reaching(written)
    if not update:
        written = _named_columns(text, written, calls, base)
    return Reaching(written, {ox.NamedNode(listed): _watch(gateway)})


# --- finding -------------------------------------------------------------------------------------------------------------


def _calls(text: str, base: str, *, update: bool) -> list[_Call]:
    """Return what asks other hosts, in order; within a SERVICE it is the other host's to ask further."""
    found = list(tokens(text))
    if is_unsure(text) or list(map(_shape, found)) != list(map(_shape, tokens(unescape(text)))):
        raise _unclear("text that can be read in two ways")
    found += [Token("end", "", len(text))] * 3
    prefixes = dict(PREFIXES)
    calls: list[_Call] = []
    depth, done, before = 0, 0, None
    for at, token in enumerate(found[:-3]):
        if token.start >= done:
            depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind == "mark" else 0
            if token.keyword == "PREFIX" and found[at + 2].kind == "iri":
                prefixes[found[at + 1].text.removesuffix(":")] = absolute(base, found[at + 2])
            if token.keyword == "BASE" and found[at + 1].kind == "iri":
                base = absolute(base, found[at + 1])
            service = token.kind == "word" and is_service(token.text, found[at + 1].text)
            load = update and depth <= 0 and token.kind == "word" and is_load(before, token)
            if service or load:
                call = _call(text, found[at:], prefixes, base, load=not service)
                if call.iri is None:
                    call = replace(call, only=_bound(_beside(found, at), call.endpoint, prefixes, base))
                calls.append(call)
                done = call.end
        before = token
    return calls


def _shape(token: Token) -> tuple[str, str]:
    """Return what of a token an escape must not change: what it is and, of a word, all of it."""
    return token.kind, token.text if token.kind == "word" else ""


def _call(text: str, found: Sequence[Token], prefixes: Mapping[str, str], base: str, *, load: bool) -> _Call:
    """Return the call that begins with the first of these tokens."""
    word, silent = found[0], found[1].keyword == "SILENT"
    endpoint, following = found[2 if silent else 1], found[3 if silent else 2]
    after = following.text == "{" if not load else following.keyword == "INTO" or following.text in {";", ""}
    if word.keyword != ("LOAD" if load else "SERVICE") or not after:
        raise _unclear(text[word.start : word.start + 40])
    iri = resolved(endpoint, prefixes, base)
    if iri is None and (load or endpoint.kind != "variable"):
        raise _unclear(text[word.start : endpoint.start + len(endpoint.text)])
    last = found[1] if silent else word
    keyword = (word.start, last.start + len(last.text))
    return _Call(keyword, silent, endpoint, iri, None if load else _braces(found, following))


def _braces(found: Sequence[Token], first: Token) -> tuple[int, int]:
    depth = 0
    for token in found:
        if token.start >= first.start and token.kind == "mark" and token.text in {"{", "}"}:
            depth += 1 if token.text == "{" else -1
            if depth == 0:
                return first.start, token.start + 1
    raise _unclear("a SERVICE without an end")


def _beside(found: Sequence[Token], at: int) -> list[Token]:
    """Return what stands in the group of the token at `at`, from brace to brace: groups within it as well."""
    first, last = at, at
    for step in (-1, 1):
        depth, place = 0, at
        while depth >= 0 and 0 <= place + step < len(found):
            place += step
            if found[place].kind == "mark":
                depth += {"{": step, "}": -step}.get(found[place].text, 0)
        first, last = (place + 1, last) if step < 0 else (first, place)
    return list(found[first:last])


def _bound(group: Sequence[Token], variable: Token, prefixes: Mapping[str, str], base: str) -> frozenset[str] | None:
    """Return the IRIs that a variable can be in the solutions of a group, None where that is not plain to see.

    What VALUES or BIND say in a group is joined with all else in it, so no solution with another value is left.
    """
    found: frozenset[str] | None = None
    depth = 0
    for at, token in enumerate(group):
        if token.kind == "mark":
            depth += {"{": 1, "}": -1}.get(token.text, 0)
        if depth == 0 and token.keyword in {"VALUES", "BIND"}:
            terms = (_values if token.keyword == "VALUES" else _bind)(group[at + 1 :], variable.text[1:])
            iris = None if terms is None else [resolved(term, prefixes, base) for term in terms]
            if iris is not None and None not in iris:
                told = frozenset(filter(None, iris))
                found = told if found is None else found & told
    return found


def _bind(after: Sequence[Token], name: str) -> list[Token] | None:
    """Return the term of `(term AS ?name)`, None for any other BIND."""
    plain = len(after) > 4 and [token.text.upper() for token in (after[0], after[2], after[4])] == ["(", "AS", ")"]
    return [after[1]] if plain and _names(after[3], name) else None


def _values(after: Sequence[Token], name: str) -> list[Token] | None:
    """Return the terms that VALUES gives a variable, None where it is not among its variables, or not one token a term."""
    marks = [at for at, token in enumerate(after) if token.kind == "mark" and token.text in "{}"]
    if len(marks) < 2:
        return None
    head, rows = after[: marks[0]], after[marks[0] + 1 : marks[1]]
    if len(head) == 1:
        return list(rows) if _names(head[0], name) else None
    columns = [at for at, token in enumerate(head) if _names(token, name)]
    width = len(head)  # brackets and all, as that of a row
    each = [rows[at : at + width] for at in range(0, len(rows), width)]
    brackets = [[at for at, token in enumerate(row) if token.text in {"(", ")"}] for row in each]
    plain = len(columns) == 1 and all(found == [0, width - 1] for found in brackets)
    return [row[columns[0]] for row in each] if plain else None


def _names(token: Token, name: str) -> bool:
    return token.kind == "variable" and token.text[1:] == name


def _unclear(what: str) -> QueryRefused:
    return QueryRefused(
        f"this reaches out in a way that is not understood: {what}",
        mend="Write SERVICE <IRI> { ... } or LOAD <IRI>, IRIs in full, spaces between words, no \\u escapes.",
    )


# --- rewriting -----------------------------------------------------------------------------------------------------------


def _written(text: str, calls: Sequence[_Call], write: Callable[[_Call], str]) -> str:
    parts, done = [], 0
    for call in calls:
        parts += [text[done : call.keyword[0]], write(call)]
        done = call.end
    return "".join([*parts, text[done:]])


def _through(text: str, call: _Call, gateway: Gateway, mark: str, listed: str) -> str:
    """Return a call as it goes through the gateway."""
    keyword = text[slice(*call.keyword)]
    if call.pattern is None:
        return f"{keyword} <{gateway.document(call.iri or '')}> "
    pattern = text[slice(*call.pattern)]
    if call.iri is not None:
        return f"{keyword} <{gateway.service(call.iri)}> {pattern}"
    variable, number = call.endpoint.text, call.endpoint.start
    branches = [
        f"{{ VALUES {variable} {{ <{iri}> }} {keyword} <{gateway.service(iri)}> {_relabelled(pattern, each)} }}"
        for each, iri in enumerate(gateway.endpoints)
        if call.only is None or iri in call.only
    ]
    mark = f"?{mark}_{number}"
    branches.append(f"{{ VALUES {mark} {{ true }} }}")
    unbound = f'"{variable}, which is not bound where it is needed,"'
    known = f"<{listed}>(COALESCE({variable}, {unbound}))"
    return f"{{ {' UNION '.join(branches)} }} FILTER(!BOUND({mark}) || {known})"


def _relabelled(pattern: str, number: int) -> str:
    """Return a pattern with its blank nodes named anew: no two branches may have one in common (SPARQL 1.1, 4.1.4)."""
    parts, done = [], 0
    for token in tokens(pattern):
        if token.kind == "word" and token.text.startswith("_:"):
            parts += [pattern[done : token.start + 2], f"b{number}x"]
            done = token.start + 2
    return "".join([*parts, pattern[done:]])


def _watch(gateway: Gateway) -> Callable[[Any], ox.Literal]:
    """Return the function of the filter: it notes an endpoint that is not on the list, and lets no solution through."""

    def listed(term: Any) -> ox.Literal:
        if not isinstance(term, ox.NamedNode):
            gateway.refuse(str(getattr(term, "value", term)))
        elif term.value not in gateway.endpoints:
            gateway.refuse(f"<{term.value}>")
        return ox.Literal(False)

    return listed


def _named_columns(text: str, written: str, calls: Sequence[_Call], base: str | None) -> str:
    """Return a rewritten query with the columns of its `SELECT *` named, so that those of ours are not among them."""
    star = _star(written)
    if star is None:
        return written

    def nowhere(call: _Call) -> str:
        unbound = f"VALUES {call.endpoint.text} {{}}" if call.iri is None else ""
        pattern = text[slice(*call.pattern)] if call.pattern else "{}"
        return f"{{ {unbound} SERVICE SILENT <{_NOWHERE}> {pattern} }}"

    # What the engine takes `*` for depends on the text alone: an empty store tells, and asks nobody.
    shape = ox.Store().query(_written(text, calls, nowhere), prefixes=PREFIXES, base_iri=base)
    columns = " ".join(f"?{one.value}" for one in shape.variables) if isinstance(shape, ox.QuerySolutions) else "*"
    return f"{written[:star]}{columns}{written[star + 1 :]}"


def _star(text: str) -> int | None:
    """Return where the `*` of the outermost SELECT is, if it has one."""
    asked = False
    for token in tokens(text):
        if token.keyword == "SELECT":
            asked = True
        elif asked and token.keyword not in {"DISTINCT", "REDUCED"}:
            return token.start if token.text == "*" else None
        elif token.text == "{":
            return None
    return None
