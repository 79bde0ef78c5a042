"""The embedded store: commits, and snapshots to read from.

Library errors of Oxigraph become ours here and nowhere else.
"""

from __future__ import annotations

import errno
import gc
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

import pyoxigraph as ox

from ineq_kg.errors import QueryError, StoreEmpty, StoreError, StoreFull
from ineq_kg.store.guard import refuse_egress
from ineq_kg.store.journal import UNSIGNED, Entry, Note
from ineq_kg.store.snapshots import Hold, Versions
from ineq_kg.store.tokens import tokens
from ineq_kg.triples.terms import RdfTerm, plain
from ineq_kg.vocabulary import PREFIXES

_GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
# Versions before the current one that are kept open at once: an open version is not pruned.
PINNED_OPEN = 3
FORM_SELECT = "select"
FORM_ASK = "ask"
FORM_GRAPH = "graph"


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
    """The graphs a query runs on (SPARQL 1.1, 13). Neither given: the union of all graphs is the default graph."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@contextmanager
def _translated(doing: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        if error.errno in full or any(word in str(error) for word in ("No space", "File too large", "quota")):
            raise StoreFull(
                f"there is no room to go on {doing}: {error}",
                mend="Free some space, or name a directory on another disk with --store.",
            ) from error
        raise StoreError(f"the store failed while {doing}: {error}") from error


def _slash_mend(query: str) -> str:
    """Return the mend for the slip that slugs invite: a prefixed name with slashes in it."""
    slug = next((token.text for token in tokens(query) if token.text.startswith("id:")), "")
    at = query.find(slug) + len(slug)
    if not slug or query[at : at + 1] != "/":
        return ""
    return f"A prefixed name holds no slash: write <{PREFIXES['id']}...> in full."


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

    def _run(self, query: str, dataset: Dataset) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        refuse_egress(query)
        default: list[_GraphName] | None = [ox.NamedNode(iri) for iri in dataset.default] or None
        named: list[ox.NamedNode | ox.BlankNode] | None = [ox.NamedNode(iri) for iri in dataset.named] or None
        if named is not None and default is None:
            default = []
        try:
            return self._store.query(
                query,
                prefixes=PREFIXES,
                default_graph=default,
                named_graphs=named,
                use_default_graph_as_union=default is None and named is None,
            )
        except ValueError as error:
            raise QueryError(str(error)) from error
        except SyntaxError as error:
            raise QueryError(str(error.msg or error), mend=_slash_mend(query)) from error

    def select(self, query: str, dataset: Dataset = Dataset()) -> Rows:
        """Run a SELECT query and return all of its rows. Raises QueryError for any other form or bad syntax."""
        with _translated("answering a query"):
            result = self._run(query, dataset)
            if not isinstance(result, ox.QuerySolutions):
                raise QueryError("a SELECT query is needed here")
            columns = tuple(variable.value for variable in result.variables)
            return Rows(columns, tuple(tuple(plain(term) for term in solution) for solution in result))

    def serialise(self, query: str, choose: Callable[[str], str], dataset: Dataset = Dataset()) -> tuple[str, bytes]:
        """Run any query and return its media type and bytes.

        `choose` is given the form of the answer (`select`, `ask` or `graph`) and returns the media type to write it in.
        """
        with _translated("answering a query"):
            result = self._run(query, dataset)
            if isinstance(result, ox.QueryTriples):
                media_type = choose(FORM_GRAPH)
                body = ox.serialize(result, format=_rdf_format(media_type), prefixes=PREFIXES)
            else:
                form = FORM_SELECT if isinstance(result, ox.QuerySolutions) else FORM_ASK
                media_type = choose(form)
                body = result.serialize(format=_results_format(media_type))
            return media_type, body or b""

    def graph(self, graph: str, media_type: str) -> bytes:
        """Return one named graph, written in `media_type`."""
        with _translated("writing out a graph"):
            node = ox.NamedNode(graph)
            body = self._store.dump(format=_rdf_format(media_type), from_graph=node, prefixes=PREFIXES)
            return body or b""

    def quads(self, graph: str) -> list[ox.Quad]:
        """Return the quads of one named graph."""
        return list(self._store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))

    def graphs(self) -> list[str]:
        """Return the IRIs of all named graphs, sorted."""
        return sorted(graph.value for graph in self._store.named_graphs())

    def __len__(self) -> int:
        return len(self._store)


def _rdf_format(media_type: str) -> ox.RdfFormat:
    found = ox.RdfFormat.from_media_type(media_type)
    if found is None:
        raise StoreError(f"Oxigraph writes no {media_type}")
    return found


def _results_format(media_type: str) -> ox.QueryResultsFormat:
    found = ox.QueryResultsFormat.from_media_type(media_type)
    if found is None:
        raise StoreError(f"Oxigraph writes no results as {media_type}")
    return found


class EmbeddedStore:
    """A store in a directory. Opening costs nothing; reading opens the current version once and keeps it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.versions = Versions(directory)
        self._open: Snapshot | None = None
        self._pinned: OrderedDict[str, Snapshot] = OrderedDict()
        self._lock = Lock()

    @property
    def version(self) -> str | None:
        """The name of the current version, or None before the first commit."""
        return self.versions.current()

    def snapshot(self) -> Snapshot:
        """Return the current version, open for reading. Raises StoreEmpty before the first commit."""
        with self._lock:
            version = self.versions.current()
            if version is None:
                raise StoreEmpty(
                    f"nothing has been loaded into {self.directory}",
                    mend="Load something first: ineq-kg load PATH, or try ineq-kg demo.",
                )
            if self._open is None or self._open.version != version:
                self._open = self._read_only(version)
            return self._open

    def pinned(self, version: str) -> Snapshot:
        """Return the version of this name, open for reading. Raises VersionGone where it is not kept any more, or never was."""
        with self._lock:
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
        with _translated("opening the store"):
            return Snapshot(ox.Store.read_only(str(self.versions.path(version))), version, hold, committed)

    def entries(self) -> list[Entry]:
        """Return the commits that led to the current version, oldest first, pruned versions' included."""
        return self.versions.journal.entries(self.versions.current())

    def replace_graphs(self, graphs: Mapping[str, Iterable[ox.Quad]], note: Note = UNSIGNED) -> str:
        """Make each named graph hold exactly these quads, all of them or none, and return the new version's name.

        Raises StoreBusy, StoreFull or StoreError; the current version is then what it was before.
        """
        return self.commit(lambda store: _replace(store, graphs), note)

    def commit(self, change: Callable[[ox.Store], object], note: Note = UNSIGNED, base: str | None = None) -> str:
        """Make what `change` does to a copy of the current version (or of the version `base`) the new one; return its name.

        Whatever `change` raises, or StoreBusy, StoreFull, StoreError, VersionGone: the current version is then what it was.
        """
        with self.versions.writing():
            self.versions.prune()
            parent = self.versions.current()
            version = self.versions.next_name()
            try:
                with _translated("committing"):
                    if base is not None or parent is not None:
                        self._clone(base or parent or "", version)
                    self._change(version, change)
                    self.versions.journal.append(Entry(version, parent, self._time(), note, base))
                    self.versions.flip(version)
            finally:
                if self.versions.current() != version:
                    self.versions.prune()
            return version

    def _time(self) -> datetime:
        """Return when a commit is made: now, but later by a second than the one before where the clock was set back.

        Times of commits only ever grow, which `Last-Modified` rests on.
        """
        now = datetime.now(UTC)
        before = self.entries()[-1:]
        return now if not before or before[0].at < now else before[0].at + timedelta(seconds=1)

    def _clone(self, version: str, into: str) -> None:
        hold = self.versions.reading(version)
        ox.Store.read_only(str(self.versions.path(version))).backup(str(self.versions.path(into)))
        del hold

    def _change(self, version: str, change: Callable[[ox.Store], object]) -> None:
        store = ox.Store(str(self.versions.path(version)))
        try:
            change(store)
            store.flush()
        finally:
            # RocksDB closes when the last reference goes; the version must be closed before it is handed to readers.
            del store
            gc.collect()


def _replace(store: ox.Store, graphs: Mapping[str, Iterable[ox.Quad]]) -> None:
    for graph, quads in graphs.items():
        node = ox.NamedNode(graph)
        wanted = set(quads)
        present = set(store.quads_for_pattern(None, None, None, node))
        for quad in present - wanted:
            store.remove(quad)
        store.extend(wanted - present)
        if not wanted:
            store.remove_graph(node)
