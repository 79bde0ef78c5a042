"""What is asked of a store on another machine while it is at one version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cached_property

import pyoxigraph as ox

from ineq_kg.errors import NotAcceptable, NotOnRemote, QueryError, QueryRefused, RemoteError, StoreError
from ineq_kg.store.body import Body
from ineq_kg.store.embedded import FORM_GRAPH, FORM_SELECT, Dataset, Rows
from ineq_kg.store.embedded import Snapshot as Embedded
from ineq_kg.store.guard import refuse_egress
from ineq_kg.store.limits import Limits
from ineq_kg.store.remote import dialect as dialects
from ineq_kg.store.remote.dialect import Dialect
from ineq_kg.store.remote.endpoint import Endpoint
from ineq_kg.store.remote.wire import Cut, Reply, Wire, cut_off, strange
from ineq_kg.store.tokens import says_from
from ineq_kg.triples.naming import graph_name
from ineq_kg.triples.results import write_answer, write_results
from ineq_kg.triples.terms import plain
from ineq_kg.vocabulary import PREFIXES

RESULTS = "application/sparql-results+json"
_NTRIPLES = "application/n-triples"
_TYPES_OF_TRIPLES = frozenset({_NTRIPLES, "text/plain", "text/ntriples"})
_TYPES_OF_RESULTS = frozenset({RESULTS, "application/json"})
_ANY = Dataset()
# How many triples are fetched at most to be asked here.
MOST_HERE = 2_000_000


class Question:
    """Sends queries to an endpoint as its dialect has them, and reads what comes back. Knows of no version."""

    def __init__(self, wire: Wire, dialect: Dialect, cut: Cut | None = None) -> None:
        self.wire = wire
        self.dialect = dialect
        self.cut = cut

    @property
    def address(self) -> str:
        """Where queries go."""
        return self.wire.endpoint.query

    def results(self, query: str, parameters: Sequence[tuple[str, str]], most: int | None = None) -> Table | bool:
        """Return what a SELECT or ASK query finds. Raises RemoteError, QueryError."""
        reply = self.wire.query(query, parameters, RESULTS, most, self.cut)
        if reply.media_type not in _TYPES_OF_RESULTS:
            raise strange(self.address, reply, "results of a query")
        found = _parsed(reply.body, mend=self.dialect is dialects.VIRTUOSO)
        if isinstance(found, str):
            raise cut_off(self.address, f"it is no whole JSON: {found}")
        if isinstance(found, Table):
            self._refuse_parts(reply, len(found.rows))
        return found

    def triples(self, query: str, parameters: Sequence[tuple[str, str]], most: int | None = None) -> list[ox.Triple]:
        """Return the triples that a CONSTRUCT or DESCRIBE query makes. Raises RemoteError, QueryError."""
        reply = self.wire.query(query, parameters, self.dialect.triples, most, self.cut)
        triples = self.read_triples(self.address, reply)
        self._refuse_parts(reply, len(triples))
        return triples

    def read_triples(self, address: str, reply: Reply) -> list[ox.Triple]:
        """Return the triples that an answer holds."""
        if reply.media_type not in _TYPES_OF_TRIPLES:
            raise strange(address, reply, "triples")
        if reply.body.strip() and not reply.body.endswith(b"\n") and not reply.body.rstrip().endswith(b"."):
            raise cut_off(address, "its last triple is not whole")
        try:
            return [quad.triple for quad in ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)]
        except SyntaxError as error:
            raise cut_off(address, f"it is no N-Triples: {str(error)[:200]}") from error

    def _refuse_parts(self, reply: Reply, rows: int) -> None:
        dialects.refuse_parts(reply.headers, rows, self.wire.endpoint.timeout)


def _parsed(body: bytes, *, mend: bool) -> Table | bool | str:
    """Return what SPARQL results in JSON hold, or what is wrong with them.

    No error of the engine leaves this: with one would go objects of the engine's that may not end in another thread.
    """
    try:
        found = ox.parse_query_results(
            dialects.mended_results(body) if mend else body, format=ox.QueryResultsFormat.JSON
        )
        if isinstance(found, ox.QuerySolutions):
            return Table(tuple(variable.value for variable in found.variables), found)
        return bool(found)
    except (SyntaxError, ValueError, KeyError, TypeError, AttributeError) as error:
        return " ".join(str(error).split())[:200]


class Table:
    """Rows as the engine has them: the names of columns, and the engine's terms."""

    def __init__(self, columns: tuple[str, ...], rows: Iterable[ox.QuerySolution]) -> None:
        self.columns = columns
        self.rows = list(rows)

    def plain(self) -> Rows:
        """Return them as plain values."""
        return Rows(self.columns, tuple(tuple(plain(term) for term in row) for row in self.rows))


class RemoteSnapshot:
    """A store on another machine, at one version. What it answers is checked to be of that version still, after each answer.

    `known` gives the graphs that were loaded; `still` raises StoreBusy where the store is at another version by now.
    """

    def __init__(
        self,
        wire: Wire,
        dialect: Dialect,
        version: str,
        *,
        known: Callable[[], list[str]],
        still: Callable[[str], None],
        read: Callable[[str], list[ox.Triple] | None],
        committed: datetime | None = None,
    ) -> None:
        self._wire = wire
        self._dialect = dialect
        self._known = known
        self._still = still
        self._read = read
        self._here: dict[tuple[str, ...], Embedded] = {}
        self.version = version
        # Where others may change it too, no time is known to be that of the last change.
        self.committed = committed if self.immutable else None

    @property
    def _endpoint(self) -> Endpoint:
        return self._wire.endpoint

    @property
    def immutable(self) -> bool:
        """Whether only loads of this software change it: INEQ_KG_STORE_EXCLUSIVE."""
        return self._endpoint.exclusive

    @cached_property
    def _graphs(self) -> list[str]:
        return self._known()

    # --- queries ---------------------------------------------------------------------------------------------------

    def select(self, query: str, dataset: Dataset = _ANY) -> Rows:
        """Run a SELECT query of ours and return all of its rows. Raises QueryError, RemoteError, StoreBusy."""
        _refuse(query)
        if dialects.form_of(query) != FORM_SELECT:
            raise QueryError("a SELECT query is needed here")
        if not self._dialect.sound and (dialects.may_lose_rows(query) or dialects.computes(query)):
            return self._asked_here(query, dataset)
        sorting = None if self._dialect.sorts else dialects.unsorted(query)
        found = self._table(sorting.asked if sorting else query, dataset)
        self._still(self.version)
        rows = found.plain()
        return rows if sorting is None else _sorted(sorting, found) or rows

    def serialise(
        self,
        query: str,
        choose: Callable[[str], str],
        dataset: Dataset = _ANY,
        limits: Limits | None = None,
        cut: Cut | None = None,
    ) -> tuple[str, bytes]:
        """Run any query and return its media type and bytes; `choose` is given the form of the answer.

        The query goes to the server as it is, and the answer is the server's. `cut` may end it. Raises ResultTooLarge, and
        keeps none of the answer, where what comes or what is written of it is longer than `limits` let it be; QueryRefused.
        """
        _refuse(query)
        form = dialects.form_of(query)
        media_type = choose(form)
        if not self._dialect.sound and dialects.may_lose_rows(query):
            raise QueryRefused(
                f"{self._dialect.name} is known to lose rows of queries with a repeated path (* or +) or a sub-query",
                mend="Write it without, ask a named query, or export the graphs and ask them where they are.",
            )
        question = self._question(cut)
        sent, most = self._as_sent(query, dataset), None if limits is None else limits.result_bytes
        if form == FORM_GRAPH:
            triples = question.triples(*sent, most)
            self._still(self.version)
            return media_type, _written(triples, media_type, limits)
        found = question.results(*sent, most)
        self._still(self.version)
        if isinstance(found, Table):
            return media_type, _table(found, media_type, limits)
        return media_type, write_answer(found, media_type)

    def _table(self, query: str, dataset: Dataset) -> Table:
        found = self._question().results(*self._as_sent(query, dataset))
        if not isinstance(found, Table):
            raise RemoteError(f"{self._endpoint} answered yes or no where rows were asked for")
        return found

    def _question(self, cut: Cut | None = None) -> Question:
        return Question(self._wire, self._dialect, cut)

    def _as_sent(self, query: str, dataset: Dataset) -> tuple[str, list[tuple[str, str]]]:
        for kind, graphs in (("default", dataset.default), ("named", dataset.named)):
            for graph in graphs:
                graph_name(graph, f"{kind}-graph-uri")
        by_text = says_from(query)
        if by_text and dataset.named_by_request and not self._dialect.overrides:
            raise NotOnRemote(
                f"{self._endpoint}: {self._dialect.name} puts graphs that the request names to those that the query names",
                mend="Name graphs in one of them: FROM in the query, or default-graph-uri and named-graph-uri.",
            )
        if not (dataset.union or dataset.named_by_request or by_text or self._dialect.unnamed):
            raise NotOnRemote(
                f"{self._endpoint}: {self._dialect.name} has no unnamed graph", mend="Name a graph, or ask the union."
            )
        union = self._dialect.union if self._endpoint.union == "server" else None
        return dialects.complete(query, dataset.base), dialects.parameters(query, dataset, lambda: self._graphs, union)

    def _asked_here(self, query: str, dataset: Dataset) -> Rows:
        """Fetch the graphs that a query is about, once a version, and ask them here."""
        every = not dataset.named_by_request or (dataset.all_named and dialects.names_graphs(query))
        whole = self._graphs if every else []
        wanted = tuple(dict.fromkeys([*dataset.default, *dataset.named, *whole]))
        if wanted not in self._here:
            store, count = ox.Store(), 0
            for graph in wanted:
                triples = self._read(graph) or []
                count += len(triples)
                if count > MOST_HERE:
                    message = (
                        f"{self._endpoint}: more than {MOST_HERE:,} triples would have to be fetched to ask them here"
                    )
                    raise StoreError(
                        message, mend="Name one synthesis, or use a server that answers such queries itself."
                    )
                node = ox.NamedNode(graph)
                store.extend(ox.Quad(one.subject, one.predicate, one.object, node) for one in triples)
            self._here[wanted] = Embedded(store, self.version)
        rows = self._here[wanted].select(query, dataset)
        self._still(self.version)
        return rows

    # --- graphs ----------------------------------------------------------------------------------------------------

    def graph(self, graph: str | None, media_type: str) -> bytes:
        """Return one named graph, or the unnamed one, written in `media_type`. Equal graphs have equal bytes."""
        if graph is None:
            query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
            triples = self._question().triples(*self._as_sent(query, Dataset(union=False)))
        else:
            triples = self._read(graph) or []
        self._still(self.version)
        return _written(sorted(triples, key=str), media_type, None)

    def has(self, graph: str) -> bool:
        """Say whether there is a named graph of this name that was loaded, or that holds anything."""
        if graph in self._graphs:
            return True
        query = f"ASK {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }}"
        found = self._question().results(query, [])
        return found is True

    def quads(self, graph: str) -> list[ox.Quad]:
        """Return the quads of one named graph."""
        node = ox.NamedNode(graph)
        triples = self._read(graph) or []
        self._still(self.version)
        return [ox.Quad(one.subject, one.predicate, one.object, node) for one in triples]

    def graphs(self) -> list[str]:
        """Return the IRIs of the named graphs that were loaded, sorted."""
        return list(self._graphs)

    @cached_property
    def _count(self) -> int:
        query = "SELECT (COUNT(*) AS ?count) WHERE { GRAPH ?graph { ?s ?p ?o } }"
        found = self._table(query, Dataset(named=tuple(self._graphs)))
        return int(found.rows[0][0].value)

    def __len__(self) -> int:
        return self._count


def _refuse(query: str) -> None:
    refuse_egress(query)
    dialects.refuse_beyond_sparql(query)


def _sorted(sorting: dialects.Sorting, found: Table) -> Rows | None:
    """Return rows in the order that a query asks for; None where the engine cannot be given them (blank nodes)."""
    if any(isinstance(term, ox.BlankNode | ox.Triple) for row in found.rows for term in row):
        return None
    places = [found.columns.index(name) for name in sorting.columns]
    values = " ".join(
        f"({' '.join('UNDEF' if row[at] is None else str(row[at]) for at in places)})" for row in found.rows
    )
    return Embedded(ox.Store(), "").select(f"{sorting.head} {values} {sorting.tail}", Dataset(union=False))


def _table(found: Table, media_type: str, limits: Limits | None) -> bytes:
    if limits is not None:
        limits.check_rows(len(found.rows))
    rows = found.plain()
    body = write_results(rows.columns, rows.rows, media_type)
    if limits is not None:
        limits.check_bytes(len(body))
    return body


def _written(triples: Iterable[ox.Triple], media_type: str, limits: Limits | None) -> bytes:
    wanted = ox.RdfFormat.from_media_type(media_type)
    if wanted is None:
        raise NotAcceptable(f"triples cannot be written as {media_type}")
    if limits is None:
        return ox.serialize(triples, format=wanted, prefixes=PREFIXES) or b""
    body = Body(limits)
    ox.serialize(body.triples_of(triples), body, format=wanted, prefixes=PREFIXES)
    return body.getvalue()
