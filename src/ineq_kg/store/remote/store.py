"""A store on another machine: which version it is at, and how a load makes the next one.

What is known of versions is a named graph of the store itself, written in the same request as the data where the server runs
a request in one transaction. Where it does not, a mark of the load stands in it for as long as that lasts, and nothing is
answered meanwhile: a load that broke off is seen, and the next one mends it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import pyoxigraph as ox

from ineq_kg.errors import IneqKgError, InputError, NotOnRemote, StoreBusy, StoreEmpty, VersionGone
from ineq_kg.store.embedded import Snapshot as Embedded
from ineq_kg.store.journal import UNSIGNED, Entry, Note
from ineq_kg.store.limits import MIB
from ineq_kg.store.named import EVERY, About
from ineq_kg.store.remote import dialect as dialects
from ineq_kg.store.remote.changing import Copy, Replaced
from ineq_kg.store.remote.commits import (
    COMMITS,
    CURRENT,
    ENTRY,
    FORGET_LOADING,
    GRAPH,
    LOADING,
    changing,
    committing,
    forgetting,
    half_loaded,
    mark_of,
    marking,
    next_name,
    overtaken,
    refuse_two,
    replacing,
    text_of,
)
from ineq_kg.store.remote.dialect import DIALECTS, Dialect
from ineq_kg.store.remote.endpoint import Endpoint
from ineq_kg.store.remote.snapshot import RESULTS, Question, RemoteSnapshot, Table
from ineq_kg.store.remote.wire import Wire
from ineq_kg.triples.quads import ntriples

# The longest update that is sent as one request, in bytes; Oxigraph's server takes 128 MiB.
ONE_REQUEST = 64 * MIB


class RemoteStore:
    """A store on another machine, by the address of its SPARQL endpoint. Making one asks nothing of it."""

    def __init__(self, endpoint: Endpoint) -> None:
        if endpoint.dialect is not None and endpoint.dialect not in DIALECTS:
            raise InputError(
                f"no server is known as {endpoint.dialect!r}", mend=f"INEQ_KG_STORE_DIALECT: {', '.join(DIALECTS)}."
            )
        self.endpoint = self.location = endpoint
        self.wire = Wire(endpoint)
        self._dialect = DIALECTS.get(endpoint.dialect or "")
        self._lock = Lock()
        self._open: RemoteSnapshot | None = None
        self._copies: dict[Path, Copy] = {}

    @property
    def dialect(self) -> Dialect:
        """The kind of server it is; the first time it is asked, by what its answers say. Raises RemoteError."""
        if self._dialect is None:
            self._dialect = dialects.told_by(self.wire.query("ASK {}", [], RESULTS).headers)
        return self._dialect

    # --- versions --------------------------------------------------------------------------------------------------

    def _said(self, pattern: str) -> list[tuple[str, ...]]:
        """Return what the graph of versions holds where it is like this pattern, as text."""
        variables = " ".join(dict.fromkeys(re.findall(r"\?\w+", pattern)))
        query = f"SELECT {variables} WHERE {{ GRAPH <{COMMITS}> {{ {pattern} }} }}"
        found = Question(self.wire, self.dialect).results(query, [])
        return [tuple(term.value for term in row) for row in found.rows] if isinstance(found, Table) else []

    def _state(self) -> tuple[str | None, str | None]:
        """Return the current version and the mark of a load that is under way, None for what there is not."""
        said = self._said(f"<{COMMITS}> ?what ?is VALUES ?what {{ {CURRENT} {LOADING} }}")
        current, loading = (
            next((is_ for what, is_ in said if what == name[1:-1]), None) for name in (CURRENT, LOADING)
        )
        return current, loading

    @property
    def version(self) -> str | None:
        """The name of the current version, or None before the first load."""
        return self._state()[0]

    def snapshot(self) -> RemoteSnapshot:
        """Return the store at its current version, which is asked for each time.

        Raises StoreEmpty before the first load, StoreBusy while one is under way or where one broke off, RemoteError.
        """
        current, loading = self._state()
        if loading is not None:
            raise half_loaded(self.endpoint, loading)
        if current is None:
            raise StoreEmpty(
                f"nothing has been loaded into {self.endpoint}",
                mend="Load something first: ineq-kg load PATH --store URL",
            )
        with self._lock:
            if self._open is None or self._open.version != current or not self.endpoint.exclusive:
                self._open = self._snapshot(current)
            return self._open

    def _snapshot(self, version: str) -> RemoteSnapshot:
        committed = None
        if self.endpoint.exclusive:
            committed = next((entry.at for entry in self.entries() if entry.version == version), None)
        return RemoteSnapshot(
            self.wire,
            self.dialect,
            version,
            known=self._graphs,
            still=self._still,
            read=self._read,
            committed=committed,
        )

    def _still(self, version: str) -> None:
        """Raise StoreBusy where the store is not at this version any more."""
        if self._state() != (version, None):
            message = f"{self.endpoint}: something was loaded while the answer was made, which is therefore not used"
            raise StoreBusy(message, mend="Ask again.")

    def pinned(self, version: str) -> RemoteSnapshot:
        """Return the store at its current version, if that is the one. Raises VersionGone for any other: none is kept."""
        snapshot = self.snapshot()
        if version != snapshot.version:
            raise VersionGone(
                f"there is no version {version[:60]!r}: a store on another machine has its current one alone",
                name=version,
                mend=f"It is at {snapshot.version}. Earlier versions are kept by stores in a directory only.",
            )
        return snapshot

    def watch(self) -> None:
        """Look at nothing: the files are another machine's."""

    def rest(self) -> None:
        """Look at nothing."""

    def files(self, _version: str) -> str:
        """Return that the files are another machine's to look at."""
        return "remote"

    def kept(self) -> list[str]:
        """Return the name of the current version alone."""
        current = self.version
        return [] if current is None else [current]

    def entries(self) -> list[Entry]:
        """Return all loads, oldest first."""
        found = [Entry.parse(line) for (line,) in self._said(f"[] {ENTRY} ?line")]
        return sorted(found, key=lambda entry: (entry.at, entry.version))

    def _graphs(self) -> list[str]:
        return sorted(graph for (graph,) in self._said(f"<{COMMITS}> {GRAPH} ?graph"))

    def _read(self, graph: str) -> list[ox.Triple] | None:
        """Return the triples of a graph, by the Graph Store Protocol where its address is known; None where it is not there."""
        address = self._address_of_graphs()
        question = Question(self.wire, self.dialect)
        if address is None:
            query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }}"
            return question.triples(query, [])
        reply = self.wire.read(address, graph, self.dialect.triples)
        return None if reply is None else question.read_triples(address, reply)

    # --- addresses -------------------------------------------------------------------------------------------------

    def _address_of_graphs(self) -> str | None:
        return self.endpoint.graphs or self.dialect.beside(self.endpoint.query, self.dialect.graphs)

    def _address_of_updates(self) -> str:
        address = self.endpoint.update or self.dialect.beside(self.endpoint.query, self.dialect.update)
        if address is None:
            raise InputError(
                f"where {self.endpoint} takes updates is not known",
                mend="Set INEQ_KG_STORE_UPDATE to the address, or INEQ_KG_STORE_DIALECT to the kind of server:"
                f" {', '.join(DIALECTS)}.",
            )
        return address

    # --- loads -----------------------------------------------------------------------------------------------------

    def replace_graphs(self, graphs: Mapping[str, Iterable[ox.Quad]], note: Note = UNSIGNED) -> str:
        """Make each named graph hold exactly these quads, and return the new version's name.

        All of it or nothing where the server runs an update in one transaction and it is not too long for one. Else graph by
        graph, and until all are there nothing is answered; where that breaks off, the next load mends it.
        Raises StoreBusy while another load is under way, RemoteError.
        """
        current, loading = self._state()
        refuse_two(self.endpoint, loading)
        texts = {graph: ntriples(quads).decode() for graph, quads in graphs.items()}
        entry = Entry(next_name(current), current, datetime.now(UTC), note)
        whole = "".join(replacing(graph, text) for graph, text in texts.items())
        if self.dialect.atomic and len(whole) <= ONE_REQUEST:
            self._update(f"{whole}{committing(entry, graphs)} ; {FORGET_LOADING}")
        else:
            self._load_by_graph(texts, entry)
        return entry.version

    def _load_by_graph(self, texts: Mapping[str, str], entry: Entry) -> None:
        address = self._address_of_graphs()
        if address is None:
            raise InputError(
                f"where {self.endpoint} has its Graph Store Protocol is not known",
                mend="Set INEQ_KG_STORE_GRAPHS to the address, or INEQ_KG_STORE_DIALECT to the kind of server:"
                f" {', '.join(DIALECTS)}.",
            )
        media_type = "application/n-triples" if self.dialect.triples == "application/n-triples" else "text/turtle"
        with self._marked(entry):
            for graph, text in texts.items():
                self._mark(entry)
                self.wire.put(address, graph, text.encode(), media_type)
        self._update(committing(entry, texts))
        self._update(FORGET_LOADING)

    @contextmanager
    def _marked(self, entry: Entry) -> Iterator[None]:
        """Leave a mark that says of a load that breaks off within that it did, if the server can still be told."""
        try:
            yield
        except BaseException:
            with suppress(IneqKgError):
                self._mark(entry, broken=True)
            raise

    def _mark(self, entry: Entry, *, broken: bool = False) -> None:
        told = text_of(mark_of(entry, broken=broken))
        self._update(f"{FORGET_LOADING} ; INSERT DATA {{ GRAPH <{COMMITS}> {{ <{COMMITS}> {LOADING} {told} }} }}")

    def _update(self, text: str) -> None:
        self.wire.update(self._address_of_updates(), text)

    # --- changes ---------------------------------------------------------------------------------------------------

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
        """Make what `change` does to a copy of the graphs that it is `about` the new version; return its name.

        Waits for nobody, whatever the `patience`. Raises NotOnRemote for a `base`; StoreBusy where something was loaded or
        changed meanwhile, and nothing is changed then.
        """
        del patience
        if base is not None:
            raise NotOnRemote(
                f"{self.endpoint} keeps no earlier versions to go back to",
                mend="Load the records as they were then: ineq-kg load PATH --store URL",
            )
        current, loading = self._state()
        if loading is not None:
            raise half_loaded(self.endpoint, loading)
        with TemporaryDirectory(prefix="ineq-kg-change-") as folder:
            copy = Copy(self.endpoint, Path(folder), self._fetched(about, current))
            self._copies[copy.directory] = copy
            try:
                if first is None or first(copy.directory):
                    copy.change(change)
                done = copy.replaced()
            finally:
                del self._copies[copy.directory]
            self._refuse_unread(set(done.graphs) - set(copy.before.graphs()) - about.graphs, current)
            entry = Entry(next_name(current), current, datetime.now(UTC), note)
            self._replace_if_unmoved(entry, done)
        return entry.version

    def look(self, directory: Path) -> Embedded:
        """Return a copy on its way to be committed, open for reading."""
        return Embedded(ox.Store.read_only(str(directory)), "")

    def base_of(self, directory: Path) -> Embedded:
        """Return what such a copy held when it was made: the graphs that its change is about."""
        return self._copies[directory].before

    def _fetched(self, about: About, current: str | None) -> Iterator[tuple[str | None, list[ox.Triple] | None]]:
        """Yield each graph that a change is about, with what it holds; None for one that is not there."""
        known = [] if current is None else self._graphs()
        named = {graph for graph in about.graphs if graph is not None and graph != COMMITS}
        for graph in sorted(named | set(known if about.every else ())):
            found = self._read(graph) or None
            yield graph, [] if found is None and graph in known else found
        if None in about.graphs and current is not None and self.dialect.unnamed:
            body = self._snapshot(current).graph(None, "application/n-triples")
            yield None, [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)]

    def _refuse_unread(self, graphs: Iterable[str], current: str | None) -> None:
        """Raise NotOnRemote for a graph that is written to, and holds what was not fetched: that would be lost."""
        for graph in graphs:
            if current is not None and self._read(graph):
                raise NotOnRemote(
                    f"{graph} holds what others wrote, and was not seen to be written to",
                    mend="Name it in the update: GRAPH <IRI> { ... }; not by a variable.",
                )

    def _replace_if_unmoved(self, entry: Entry, done: Replaced) -> None:
        texts = {graph: ntriples(quads).decode() for graph, quads in done.graphs.items()}
        whole = changing(entry, texts, done.gone)
        if self.dialect.atomic and len(whole) <= ONE_REQUEST:
            self._update(whole)
            if not self._said(f"<{COMMITS}/{entry.version}> {ENTRY} ?line"):
                raise overtaken(self.endpoint)
            return
        self._update(marking(entry))
        mark = f"<{COMMITS}> {LOADING} ?mark"
        marks = [json.loads(one)["version"] for (one,) in self._said(mark)]
        if marks != [entry.version]:
            if entry.version in marks:  # two at once: neither
                ours = f'{mark} FILTER(CONTAINS(?mark, "{entry.version}"))'
                self._update(f"DELETE {{ GRAPH <{COMMITS}> {{ {mark} }} }} WHERE {{ GRAPH <{COMMITS}> {{ {ours} }} }}")
            raise overtaken(self.endpoint)
        self._load_by_graph({**texts, **dict.fromkeys(done.gone, "")}, entry)
        if done.gone:
            self._update(forgetting(done.gone))
