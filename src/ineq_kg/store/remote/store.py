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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

import pyoxigraph as ox

from ineq_kg.errors import IneqKgError, InputError, NotOnRemote, StoreBusy, StoreEmpty, VersionGone
from ineq_kg.store.journal import UNSIGNED, Entry, Note
from ineq_kg.store.limits import MIB
from ineq_kg.store.remote import dialect as dialects
from ineq_kg.store.remote.dialect import DIALECTS, Dialect
from ineq_kg.store.remote.endpoint import Endpoint
from ineq_kg.store.remote.snapshot import RESULTS, Question, RemoteSnapshot, Table
from ineq_kg.store.remote.wire import Wire
from ineq_kg.triples.quads import ntriples
from ineq_kg.vocabulary import GRAPHS

# What is known of the versions of a store on another machine. No synthesis has a name with a slash in it.
COMMITS = f"{GRAPHS}remote/commits"
_ENTRY, _CURRENT, _LOADING, _GRAPH = (f"<{COMMITS}#{name}>" for name in ("entry", "current", "loading", "graph"))
# The longest update that is sent as one request, in bytes; Oxigraph's server takes 128 MiB.
ONE_REQUEST = 64 * MIB
# After so long without a sign of it, a load is taken to be over.
GONE = timedelta(minutes=10)
_NUMBER = re.compile(r"\d+")


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
        said = self._said(f"<{COMMITS}> ?what ?is VALUES ?what {{ {_CURRENT} {_LOADING} }}")
        current, loading = (
            next((is_ for what, is_ in said if what == name[1:-1]), None) for name in (_CURRENT, _LOADING)
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
            raise _half_loaded(self.endpoint, loading)
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
        found = [Entry.parse(line) for (line,) in self._said(f"[] {_ENTRY} ?line")]
        return sorted(found, key=lambda entry: (entry.at, entry.version))

    def _graphs(self) -> list[str]:
        return sorted(graph for (graph,) in self._said(f"<{COMMITS}> {_GRAPH} ?graph"))

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
        _refuse_two(self.endpoint, loading)
        texts = {graph: ntriples(quads).decode() for graph, quads in graphs.items()}
        entry = Entry(_next_name(current), current, datetime.now(UTC), note)
        whole = "".join(_replacing(graph, text) for graph, text in texts.items())
        if self.dialect.atomic and len(whole) <= ONE_REQUEST:
            self._update(f"{whole}{_committing(entry, graphs)} ; {_FORGET_LOADING}")
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
        self._update(_committing(entry, texts))
        self._update(_FORGET_LOADING)

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
        told = {"version": entry.version, "who": entry.note.who, "at": datetime.now(UTC).isoformat(), "broken": broken}
        self._update(
            f"{_FORGET_LOADING} ; INSERT DATA {{ GRAPH <{COMMITS}> {{ <{COMMITS}> {_LOADING} {_text(told)} }} }}"
        )

    def _update(self, text: str) -> None:
        self.wire.update(self._address_of_updates(), text)

    # --- what only a store in a directory can do -------------------------------------------------------------------

    def look(self, directory: Path) -> RemoteSnapshot:
        """Raise NotOnRemote: there are no copies on their way to be committed."""
        raise NotOnRemote(f"{self.endpoint} has no copies in directories such as {directory}", mend="Load the records.")

    def commit(
        self,
        change: Callable[[Any], object],
        note: Note = UNSIGNED,
        base: str | None = None,
        *,
        patience: float = 0.0,
        first: Callable[[Path], bool] | None = None,
    ) -> str:
        """Raise NotOnRemote: what follows from a change cannot be derived and checked where the data is."""
        del change, note, patience, first
        if base is not None:
            raise NotOnRemote(
                f"{self.endpoint} keeps no earlier versions to go back to",
                mend="Load the records as they were then: ineq-kg load PATH --store URL",
            )
        raise NotOnRemote(
            f"{self.endpoint} is changed by loads alone: what follows from a change could not be derived and checked there",
            mend="Change the records, and load them: ineq-kg load PATH --store URL",
        )


def _literal(text: str) -> str:
    return str(ox.Literal(text))


def _text(data: Mapping[str, Any]) -> str:
    return _literal(json.dumps(data))


def _next_name(current: str | None) -> str:
    number = _NUMBER.match(current or "0")
    return f"{int(number.group() if number else 0) + 1:06d}-{uuid4().hex[:8]}"


def _replacing(graph: str, text: str) -> str:
    """Return the operations that make a graph hold these triples, which are N-Triples."""
    node = ox.NamedNode(graph)
    drop = f"DROP SILENT GRAPH {node} ;\n"
    return f"{drop}INSERT DATA {{ GRAPH {node} {{\n{text}}} }} ;\n" if text else drop


_FORGET_LOADING = f"DELETE WHERE {{ GRAPH <{COMMITS}> {{ <{COMMITS}> {_LOADING} ?loading }} }}"


def _committing(entry: Entry, graphs: Iterable[str]) -> str:
    """Return the operations that make a version the current one."""
    known = " ".join(f"<{COMMITS}> {_GRAPH} {ox.NamedNode(graph)} ." for graph in graphs)
    line = entry.line().decode().rstrip("\n")
    return (
        f"DELETE WHERE {{ GRAPH <{COMMITS}> {{ <{COMMITS}> {_CURRENT} ?current }} }} ;\n"
        f"INSERT DATA {{ GRAPH <{COMMITS}> {{ <{COMMITS}/{entry.version}> {_ENTRY} {_literal(line)} . {known}"
        f" <{COMMITS}> {_CURRENT} {_literal(entry.version)} }} }}"
    )


def _read_mark(loading: str) -> tuple[str, datetime, bool]:
    """Return what the mark of a load says: who loads, when it was last heard of, and whether it broke off."""
    try:
        told = json.loads(loading)
        return str(told["who"]), datetime.fromisoformat(told["at"]), bool(told["broken"])
    except (ValueError, KeyError, TypeError):
        return "", datetime.now(UTC), True


def _half_loaded(place: Endpoint, loading: str) -> StoreBusy:
    who, at, broken = _read_mark(loading)
    by = f" by {who}" if who else ""
    if broken or datetime.now(UTC) - at > GONE:
        return StoreBusy(
            f"{place}: a load{by} broke off at {at:%Y-%m-%d %H:%M:%S} UTC, and what is there is a part",
            mend="Load it again: ineq-kg load PATH --store URL",
        )
    return StoreBusy(
        f"{place}: a load{by} is under way, last heard of at {at:%H:%M:%S} UTC", mend="Ask again when it is done."
    )


def _refuse_two(place: Endpoint, loading: str | None) -> None:
    """Raise StoreBusy where another load is under way."""
    if loading is None:
        return
    _, at, broken = _read_mark(loading)
    if not broken and datetime.now(UTC) - at < GONE:
        minutes = round(GONE.total_seconds() / 60)
        raise StoreBusy(
            f"{place}: another load was heard of at {at:%H:%M:%S} UTC",
            mend=f"Load when it is done; one that was killed bars others for {minutes} minutes.",
        )
