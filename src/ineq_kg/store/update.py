"""Changes to a store: SPARQL 1.1 Update, and whole graphs put, added to and dropped; and which graphs a text may change."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

import pyoxigraph as ox

from ineq_kg.errors import DocumentError, QueryError
from ineq_kg.store.allowed import NOWHERE, Allowed
from ineq_kg.store.embedded import Dataset
from ineq_kg.store.federation import Reaching
from ineq_kg.store.guard import refuse_egress_of_update
from ineq_kg.store.job import UpdateJob, WriteJob
from ineq_kg.store.operations import operations
from ineq_kg.store.protocol import Snapshot
from ineq_kg.store.tokens import Token, is_unsure, outside_braces, tokens, unescape
from ineq_kg.triples.naming import graph_name
from ineq_kg.vocabulary import PREFIXES

_Graph = ox.NamedNode | ox.DefaultGraph
# White space and comments, as they may stand between keywords.
_GAP = r"(?:[ \t\r\n]|#[^\r\n]*)*"
_VARIABLE_GRAPH = re.compile(rf"GRAPH{_GAP}[?$]", re.IGNORECASE)
_ALL_GRAPHS = re.compile(rf"(?:CLEAR|DROP){_GAP}(?:SILENT{_GAP})?(?:ALL|NAMED)", re.IGNORECASE)
_IRI = re.compile(r'<([^<>"{}|^`\x00-\x20]*)>')
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!.*/\.)")
# Whether a text may write a triple term: by its signs, by a function, or in RDF/XML.
_TRIPLE_TERM = re.compile(rb"<<|TRIPLE", re.IGNORECASE)
DEEPEST = 10
_COMPARED_AS = "application/n-triples"


# --- SPARQL Update -----------------------------------------------------------------------------------------------------


def prepared_update(text: str, dataset: Dataset, services: Allowed = NOWHERE) -> str:
    """Return an update that may be run, and that runs on the dataset which the request names (SPARQL 1.1 Protocol, 2.2.3).

    The engine takes no dataset beside an update, so the graphs become USING clauses of every operation that has a WHERE.
    Raises QueryRefused for SERVICE and LOAD unless there are `services` that it may ask, among which it is looked for when it
    is run; QueryError where both the request and the text name a dataset.
    """
    if not services:
        refuse_egress_of_update(text)
    if not dataset.named_by_request:
        return text
    if is_unsure(text):
        raise QueryError("the update cannot be told apart from its dataset", mend="Write USING clauses in the text.")
    clauses = [
        *(f"USING <{graph_name(iri, 'using-graph-uri')}>" for iri in dataset.default),
        *(f"USING NAMED <{graph_name(iri, 'using-named-graph-uri')}>" for iri in dataset.named),
    ]
    using = f" {' '.join(clauses)} "
    parts, done = [], 0
    for at, written in _where_clauses(text, using):
        parts += [text[done:at], written]
        done = at
    return "".join([*parts, text[done:]])


def _where_clauses(text: str, using: str) -> Iterator[tuple[int, str]]:
    """Yield what to write where: clauses before each WHERE. `DELETE WHERE {P}` is written out as `DELETE {P} ... WHERE {P}`."""
    for before, token in outside_braces(text):
        word = token.keyword
        if word in {"WITH", "USING"}:
            raise QueryError(
                f"both the request and {word} in the update name a dataset",
                mend="Leave out either using-graph-uri and using-named-graph-uri, or WITH and USING.",
            )
        if word == "DELETEWHERE":
            raise QueryError(f"{token.text} are two keywords", mend="Put a space between them.")
        if word == "WHERE":
            short = before is not None and before.keyword == "DELETE"
            yield token.start, (_braces(text, token.start) if short else "") + using


def _braces(text: str, start: int) -> str:
    """Return the first group in braces after `start`, braces included."""
    depth, opened = 0, None
    for token in tokens(text[start:]):
        if token.kind != "mark" or token.text not in "{}":
            continue
        depth += 1 if token.text == "{" else -1
        opened = token.start if opened is None else opened
        if depth <= 0:
            return text[start + opened : start + token.start + 1]
    return ""  # the engine will say what is missing


def run_update(store: ox.Store, update: str | Reaching, base: str | None = None) -> None:
    """Run an update as `prepared_update` returns it; relative IRIs in it are relative to `base`.

    Raises QueryError; the store is then to be thrown away, for a part of the update may be done.
    """
    asked = update if isinstance(update, Reaching) else Reaching(update)
    try:
        for text in operations(asked.text):
            store.update(text, prefixes=PREFIXES, base_iri=base, custom_functions=dict(asked.functions))
    except SyntaxError as error:
        raise QueryError(str(error.msg or error)) from error
    except (ValueError, RuntimeError) as error:  # RuntimeError: a graph that is not there, or is there already
        raise QueryError(str(error)) from error


def refuse_deep(store: ox.Store, job: UpdateJob | WriteJob, *, fetched: bool) -> None:
    """Raise QueryError or DocumentError where a change left a triple term nested deeper than DEEPEST.

    Where something may have been `fetched`, what the job says is not all that it wrote.

    The engine reads and frees such terms by recursion, so one that is deep enough would end any process that meets it.
    """
    written = job.update.encode() if isinstance(job, UpdateJob) else b"".join(one.body for one in job.documents)
    if not (fetched or _TRIPLE_TERM.search(written)):
        return
    inner = "?o"
    for _ in range(DEEPEST):
        inner = f"OBJECT({inner})"
    if not store.query(f"ASK {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} FILTER(isTRIPLE({inner})) }}"):
        return
    message, mend = f"a triple term is nested deeper than {DEEPEST}", "Give the inner statements names (reifiers)."
    if isinstance(job, UpdateJob):
        raise QueryError(message, mend=mend)
    raise DocumentError(message, document="the request", mend=mend)


def may_change(update: str, graphs: Collection[str]) -> list[str]:
    r"""Return those of the graphs that an update may change: every one that it can name, however it is cut into tokens.

    A graph is named by a variable or a word for all of them, by its IRI (perhaps relative, or with `\u` escapes), or by a
    prefix and the rest. What cannot be ruled out is in.
    """
    found: set[str] = set()
    for text in {update, unescape(update)}:
        iris = {unescape(iri) for iri in _IRI.findall(text)} | set(PREFIXES.values())
        if _ALL_GRAPHS.search(text) or _writes_by_variable(text) or not all(map(_ABSOLUTE.match, iris)):
            return sorted(graphs)
        found |= {graph for graph in graphs if graph in iris or any(_spells(text, iri, graph) for iri in iris)}
    return sorted(found)


def _writes_by_variable(text: str) -> bool:
    """Say whether a variable may name a graph that is written to: anywhere but in the group after WHERE, where it is read."""
    if not _VARIABLE_GRAPH.search(text):
        return False
    return is_unsure(text) or any(
        token.kind == "variable" and "GRAPH" in before.text.upper() and section != "WHERE"
        for section, before, token in _sections(text)
    )


def _sections(text: str) -> Iterator[tuple[str, Token, Token]]:
    """Yield each token but the first with the one before it, and the last word outside braces before both.

    That word is WHERE for what is asked: not in `DELETE WHERE {P}`, where P is also what is deleted.
    """
    depth, section = 0, ""
    for before, token in pairwise(tokens(text)):
        if before.kind == "mark" and before.text in "{}":
            depth += 1 if before.text == "{" else -1
        if depth <= 0 and token.kind == "word":
            section = "DELETE WHERE" if before.keyword == "DELETE" else token.keyword
        yield section, before, token


def _spells(text: str, namespace: str, graph: str) -> bool:
    return graph.startswith(namespace) and ("\\" in text or graph[len(namespace) :] in text)


def changed(before: Snapshot | None, after: Snapshot, graphs: Iterable[str]) -> list[str]:
    """Return those of the graphs that do not hold the same in two versions of a store; before the first there is None."""
    return [
        graph
        for graph in graphs
        if (b"" if before is None else before.graph(graph, _COMPARED_AS)) != after.graph(graph, _COMPARED_AS)
    ]


def added(before: Snapshot | None, after: Snapshot, graph: str) -> bool:
    """Say whether a graph holds any triple after that it did not hold before."""
    known = set() if before is None else set(before.quads(graph))
    return any(quad not in known for quad in after.quads(graph))


# --- whole graphs ------------------------------------------------------------------------------------------------------


def _node(graph: str | None) -> _Graph:
    return ox.DefaultGraph() if graph is None else ox.NamedNode(graph)


def put(store: ox.Store, graph: str | None, triples: Iterable[ox.Triple]) -> None:
    """Make a graph (None: the unnamed one) hold exactly these triples; it is there afterwards even if there are none."""
    store.clear_graph(_node(graph))
    add(store, graph, triples)


def add(store: ox.Store, graph: str | None, triples: Iterable[ox.Triple]) -> None:
    """Add triples to a graph, which is there afterwards even if there are none."""
    node = _node(graph)
    if isinstance(node, ox.NamedNode):
        store.add_graph(node)
    store.extend(ox.Quad(triple.subject, triple.predicate, triple.object, node) for triple in triples)


def drop(store: ox.Store, graph: str | None) -> None:
    """Remove a graph and all that it holds. The unnamed graph is always there, and is only emptied."""
    node = _node(graph)
    if isinstance(node, ox.NamedNode):
        store.remove_graph(node)
    else:
        store.clear_graph(node)
