"""The embedded store: commits, and snapshots to read from.

Library errors of Oxigraph become ours here, by `engine_errors`.
"""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import IO, Any

import pyoxigraph as ox

from ineq_kg.errors import QueryError, StoreDamaged, StoreEmpty, StoreError, VersionGone
from ineq_kg.store.body import Body
from ineq_kg.store.engine_errors import is_damage, let_go, translated
from ineq_kg.store.engine_formats import rdf_format, results_format
from ineq_kg.store.federation import Reaching, closed
from ineq_kg.store.graphs import replace_graphs
from ineq_kg.store.health import Health
from ineq_kg.store.journal import UNSIGNED, Entry, Note
from ineq_kg.store.limits import Limits
from ineq_kg.store.mending import others_that_open, refuse_damaged
from ineq_kg.store.named import EVERY, About
from ineq_kg.store.retention import NEWEST, Retention, prune
from ineq_kg.store.snapshots import Hold, Versions
from ineq_kg.store.tokens import says_from, slash_mend
from ineq_kg.triples.naming import graph_name
from ineq_kg.triples.terms import RdfTerm, plain
from ineq_kg.vocabulary import PREFIXES

_GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
# Versions before the current one that are kept open at once: an open version is not pruned.
PINNED_OPEN = 3
FORM_SELECT = "select"
FORM_ASK = "ask"
FORM_GRAPH = "graph"
FORMS = (FORM_SELECT, FORM_ASK, FORM_GRAPH)


@dataclass(frozen=True)
class Rows:
    """A table of RDF terms: column names, and rows with one entry per column (None where unbound)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[RdfTerm | None, ...], ...]

    def __iter__(self) -> Iterator[dict[str, RdfTerm | None]]:
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Dataset:
    """The graphs a query runs on (SPARQL 1.1, 13), and what relative IRIs in its text are relative to.

    Where neither these nor the text name any graph, the default graph is the `union` of all graphs, or else the unnamed one.
    With `all_named`, GRAPH finds every named graph of the store, whatever the default graph is.
    """

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    all_named: bool = False
    union: bool = True
    base: str | None = None

    @property
    def named_by_request(self) -> bool:
        """Whether any graph is given."""
        return bool(self.default or self.named)


def read_rows(body: bytes) -> Rows | None:
    """Return the table that SPARQL results in JSON hold, or None where they are the answer to an ASK query."""
    results = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    if not isinstance(results, ox.QuerySolutions):
        return None
    return _rows(results)


def _rows(results: ox.QuerySolutions) -> Rows:
    columns = tuple(variable.value for variable in results.variables)
    return Rows(columns, tuple(tuple(plain(term) for term in solution) for solution in results))


def _node(iri: str, kind: str) -> ox.NamedNode:
    return ox.NamedNode(graph_name(iri, f"{kind}-graph-uri"))


class Snapshot:
    """One version of the store, open for reading. Every method runs and finishes in the calling thread.

    `committed` is when it was committed, where the journal says so.
    """

    def __init__(
        self, store: ox.Store, version: str, hold: Hold | None = None, committed: datetime | None = None
    ) -> None:
        self._store = store
        self._hold = hold
        self.version = version
        self.committed = committed
        self._count: int | None = None
        self.immutable = True

    def _run(self, query: str | Reaching, dataset: Dataset) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        asked = closed(query)
        default: list[_GraphName] | None = [_node(iri, "default") for iri in dataset.default] or None
        named: list[ox.NamedNode | ox.BlankNode] | None = [_node(iri, "named") for iri in dataset.named] or None
        # Where the request names any graph, those that it names are all there are (SPARQL 1.1 Protocol, 2.1.4).
        if dataset.named_by_request:
            default, named = default or [], None if dataset.all_named else named or []
        try:
            return self._store.query(
                asked.text,
                prefixes=PREFIXES,
                base_iri=dataset.base,
                default_graph=default,
                named_graphs=named,
                # The engine would let the union win over FROM.
                use_default_graph_as_union=dataset.union and not (dataset.named_by_request or says_from(asked.text)),
                custom_functions=dict(asked.functions),
            )
        except ValueError as error:
            raise QueryError(str(error)) from error
        except SyntaxError as error:
            raise QueryError(str(error.msg or error), mend=slash_mend(asked.text)) from error
        except RuntimeError as error:
            if is_damage(error):
                raise
            raise QueryError(str(error)) from error  # what the engine has no means to do: an unknown function, say

    def select(self, query: str, dataset: Dataset = Dataset()) -> Rows:
        """Run a SELECT query and return all of its rows. Raises QueryError for any other form or bad syntax."""
        with translated("answering a query", self.version):
            result = self._run(query, dataset)
            try:
                if not isinstance(result, ox.QuerySolutions):
                    raise QueryError("a SELECT query is needed here")
                return _rows(result)
            except BaseException as error:
                let_go(error)  # the engine's iterators end in the thread that they began in
                raise
            finally:
                del result

    def serialise(
        self,
        query: str | Reaching,
        choose: Callable[[str], str],
        dataset: Dataset = Dataset(),
        limits: Limits | None = None,
    ) -> tuple[str, bytes]:
        """Run any query and return its media type and bytes.

        `choose` is given the form of the answer (`select`, `ask` or `graph`) and returns the media type to write it in.
        Raises ResultTooLarge, and keeps none of the answer, where it is longer than `limits` let it be.
        """
        # Without limits the engine makes the bytes by itself; a file of ours needs Python's lock at every block.
        body = None if limits is None else Body(limits)
        with translated("answering a query", self.version):
            result = self._run(query, dataset)
            if isinstance(result, ox.QueryTriples):
                media_type = choose(FORM_GRAPH)
                triples = result if body is None else body.triples_of(result)
                written = ox.serialize(triples, body, format=rdf_format(media_type), prefixes=PREFIXES)
            else:
                form = FORM_SELECT if isinstance(result, ox.QuerySolutions) else FORM_ASK
                media_type = choose(form)
                results = results_format(media_type)
                written = result.serialize(None if body is None else body.rows_of(results), results)
            return media_type, written or b"" if body is None else body.getvalue()

    def graph(self, graph: str | None, media_type: str) -> bytes:
        """Return one named graph, or the unnamed one, written in `media_type`. Equal graphs have equal bytes."""
        with translated("writing out a graph", self.version):
            node = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
            body = self._store.dump(format=rdf_format(media_type), from_graph=node, prefixes=PREFIXES)
            return body or b""

    def has(self, graph: str) -> bool:
        """Say whether there is a named graph of this name, be it empty."""
        return self._store.contains_named_graph(ox.NamedNode(graph))

    def size(self, graph: str) -> int:
        """Return how many triples a named graph has."""
        rows = self.select("SELECT (COUNT(*) AS ?size) WHERE { ?s ?p ?o }", Dataset(default=(graph,)))
        return int(str(rows.rows[0][0]))

    def quads(self, graph: str) -> list[ox.Quad]:
        """Return the quads of one named graph."""
        with translated("reading a graph", self.version):
            return list(self._store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))

    def dump(self, output: IO[bytes]) -> None:
        """Write every quad of the version to `output` in N-Quads, as they come, in no order that means anything."""
        with translated("writing out a version", self.version):
            self._store.dump(output, ox.RdfFormat.N_QUADS)

    def graphs(self) -> list[str]:
        """Return the IRIs of all named graphs, sorted."""
        with translated("reading the names of graphs", self.version):
            return sorted(graph.value for graph in self._store.named_graphs())

    def __len__(self) -> int:
        if self._count is None:  # the engine counts them one by one: 10 million take seconds
            # Its own count would keep Python's lock for as long, and with it every other thread.
            with translated("counting quads", self.version):
                self._count = _number(self._store.query(_ALL, use_default_graph_as_union=False))
        return self._count

    def __bool__(self) -> bool:
        return True  # else Python would count the quads to say whether there are any


_ALL = "SELECT (COUNT(*) AS ?quads) WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"


def _number(solutions: Any) -> int:
    """Return the number that is the one answer."""
    return int(next(iter(solutions))[0].value)


class EmbeddedStore:
    """A store in a directory. Opening costs nothing; reading opens the current version once and keeps it."""

    def __init__(self, directory: Path, retention: Retention = NEWEST) -> None:
        self.directory = self.location = directory
        self.retention = retention
        self.versions = Versions(directory)
        self.health = Health(self.versions)
        self._open: Snapshot | None = None
        self._pinned: OrderedDict[str, Snapshot] = OrderedDict()
        self._lock = Lock()

    def kept(self) -> list[str]:
        """Return the names of the versions that can be asked, oldest first."""
        return self.versions.committed()

    def watch(self) -> None:
        """Begin to compare the files of the current version with their digests, in a thread of its own."""
        self.health.watch()

    def rest(self) -> None:
        """Look at files no more."""
        self.health.stop()

    def files(self, version: str) -> str:
        """Return what is known of the files of a version, in a word."""
        return self.health.state(version)

    @property
    def version(self) -> str | None:
        """The name of the current version, or None before the first commit."""
        return self.versions.current()

    def snapshot(self) -> Snapshot:
        """Return the current version, open for reading. Raises StoreEmpty before the first commit."""
        with self._lock:
            version = self.versions.watched()
            if version is None:
                raise StoreEmpty(
                    f"nothing has been loaded into {self.directory}",
                    mend="Load something first: ineq-kg load PATH, or try ineq-kg demo.",
                )
            self.health.refuse(version)
            if self._open is None or self._open.version != version:
                self._open = self._newest(version)
            return self._open

    def pinned(self, version: str) -> Snapshot:
        """Return the version of this name, open for reading. Raises VersionGone where it is not kept any more, or never was."""
        with self._lock:
            self.health.refuse(version)
            if self._open is not None and self._open.version == version:
                return self._open
            if version not in self._pinned:
                self._pinned[version] = self._read_only(version)
            self._pinned.move_to_end(version)
            if len(self._pinned) > PINNED_OPEN:
                self._pinned.popitem(last=False)
            return self._pinned[version]

    def _read_only(self, version: str) -> Snapshot:
        hold = self.versions.reading(version)
        committed = next((entry.at for entry in self.entries() if entry.version == version), None)
        try:
            with translated("opening the store", version):
                return Snapshot(ox.Store.read_only(str(self.versions.path(version))), version, hold, committed)
        except StoreDamaged as error:
            raise StoreDamaged(error.message, version=version, mend=others_that_open(self.versions, version)) from error

    def _newest(self, version: str) -> Snapshot:
        """Return the version read as the current one, or the one that took its place before it could be held."""
        try:
            return self._read_only(version)
        except VersionGone:
            current = self.versions.current()
            if current in {None, version}:
                raise
            return self._newest(current or version)

    def entries(self) -> list[Entry]:
        """Return the commits that led to the current version, oldest first, pruned versions' included."""
        return self.versions.journal.entries(self.versions.current())

    def replace_graphs(self, graphs: Mapping[str, Iterable[ox.Quad]], note: Note = UNSIGNED) -> str:
        """Make each named graph hold exactly these quads, all of them or none, and return the new version's name.

        Raises StoreBusy, StoreFull or StoreError; the current version is then what it was before.
        """
        return self.commit(lambda store: replace_graphs(store, graphs), note)

    def commit(
        self,
        change: Callable[[ox.Store], object],
        note: Note = UNSIGNED,
        base: str | None = None,
        *,
        patience: float = 0.0,
        first: Callable[[Path], bool] | None = None,
        about: About = EVERY,
    ) -> str:
        """Make what `change` does to a copy of the current version (or of the version `base`) the new one; return its name.

        Waits for other writers for as long as `patience`, in seconds. `change` is called when there is none: it may look at the
        current version. `first` is called before it, with the directory of the copy, which nobody has open, and says whether
        there is anything left to `change`. Whatever these raise, or StoreBusy, StoreFull, StoreError, VersionGone: the current
        version is then what it was.
        """
        del about  # a copy holds everything, and costs nothing
        with self.versions.writing(patience):
            hold = None if base is None else self.versions.reading(base)  # it may be past what is kept
            prune(self.versions, self.retention)
            parent = self.versions.current()
            version = self.versions.next_name()
            try:
                with translated("committing", base or parent or ""):
                    if base is not None:
                        refuse_damaged(self.versions, base)
                    if base is not None or parent is not None:
                        self._clone(base or parent or "", version)
                    if first is None or first(self.versions.path(version)):
                        self._change(version, change)
                    self.versions.seal(version, base or parent)
                    self.versions.journal.append(Entry(version, parent, self._time(), note, base))
                    self.versions.flip(version)
            except BaseException:
                if self.versions.pointed() != version:
                    self.versions.remove(version)
                raise
            del hold
            with suppress(OSError, StoreError):  # the commit stands, whatever becomes of versions before it
                prune(self.versions, self.retention)
            return version

    def _time(self) -> datetime:
        """Return when a commit is made: now, but later by a second than the one before where the clock was set back.

        Times of commits only ever grow, which `Last-Modified` rests on.
        """
        now = datetime.now(UTC)
        before = self.entries()[-1:]
        return now if not before or before[0].at < now else before[0].at + timedelta(seconds=1)

    def look(self, directory: Path) -> Snapshot:
        """Return a copy on its way to be committed, open for reading; whoever changes it must have given that up."""
        return Snapshot(ox.Store.read_only(str(directory)), "")

    def base_of(self, _directory: Path) -> Snapshot | None:
        """Return what a copy was made of that is on its way to be committed: the current version, if there is one."""
        return None if self.version is None else self.snapshot()

    def _clone(self, version: str, into: str) -> None:
        hold = self.versions.reading(version)
        ox.Store.read_only(str(self.versions.path(version))).backup(str(self.versions.path(into)))
        del hold

    def _change(self, version: str, change: Callable[[ox.Store], object]) -> None:
        store = ox.Store(str(self.versions.path(version)))
        try:
            change(store)
            store.flush()
        except BaseException as error:
            let_go(error)  # what `change` had in hand would keep the store open
            raise
        finally:
            # RocksDB closes when the last reference goes; the version must be closed before it is handed to readers.
            del store
            gc.collect()
