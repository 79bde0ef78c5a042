"""What `ineq-kg serve` needs of this machine and its settings: queries, tokens, memory, open files, a port."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from ineq_kg import allocator
from ineq_kg.access import Tokens
from ineq_kg.analysis.catalogue import ANALYSES
from ineq_kg.config import Settings
from ineq_kg.doctor.finding import Area, Finding
from ineq_kg.errors import DefinitionError, DefinitionsRejected, InputError
from ineq_kg.queries.catalogue import Catalogue
from ineq_kg.represent.text import counted
from ineq_kg.resources import resource
from ineq_kg.store.limits import MIB, Limits

_AREA = Area("service")
# The engine keeps its files open, and each connection is one more.
LEAST_FILES = 1024
SOON = timedelta(days=30)


def service(settings: Settings, queries: Path | None, host: str, port: int) -> Iterator[Finding]:
    """Yield what is found of what serving needs; `queries` is the folder of the user's own."""
    yield from _queries(queries)
    yield from _tokens(Tokens(settings.tokens_file))
    yield _memory(settings.limits)
    yield _allocator()
    yield from _open_files()
    yield _port(host, port)


def _allocator() -> Finding:
    """Return which memory allocator `serve` runs under."""
    if sys.platform != "linux":
        return _AREA.ok("queries run under the system's own memory allocator: others are looked for on Linux only")
    chosen = allocator.preloaded() or allocator.choose()
    if chosen:
        return _AREA.ok(f"queries run under a faster memory allocator: {chosen}")
    said = f"queries run under the C library's memory allocator ({allocator.VARIABLE}={allocator.wanted()})"
    mend = "Install one of " + ", ".join(allocator.KNOWN) + ": a trace takes a quarter less processor time."
    return _AREA.note(said, mend)


def _queries(own: Path | None) -> Iterator[Finding]:
    try:
        found = Catalogue.read(resource("queries"), *filter(None, [own]), taken=ANALYSES)
    except DefinitionsRejected as rejected:
        yield from (
            _AREA.error(error, "Mend the file; ineq-kg serve does not start before.") for error in rejected.errors
        )
    except InputError as error:
        yield _AREA.error(error, "Name another folder with --queries or INEQ_KG_QUERIES.")
    else:
        beside = f", those of {own} among them" if own else ""
        yield _AREA.ok(f"all {len(found)} named queries are sound{beside}")


def _tokens(tokens: Tokens) -> Iterator[Finding]:
    try:
        known = tokens.all()
    except DefinitionError as error:
        yield _AREA.error(error)
        return
    if not known:
        yield _AREA.note(
            "nobody may change the dataset over HTTP: there are no tokens", "ineq-kg tokens create --who NAME"
        )
        return
    expired = [token for token in known if token.expired]
    ending = [token for token in known if not token.expired and token.expires - datetime.now(UTC) < SOON]
    yield _AREA.ok(f"{counted(len(known), 'token')} in {tokens.path}, which only its owner can read")
    for token in expired:
        yield _AREA.note(f"the token {token.id} of {token.who} has expired", f"ineq-kg tokens revoke {token.id}")
    for token in ending:
        said = f"the token {token.id} of {token.who} expires on {token.expires:%Y-%m-%d}"
        yield _AREA.note(said, f"ineq-kg tokens rotate {token.id}")


def _memory(limits: Limits) -> Finding:
    workers = counted(limits.workers, "worker")
    if limits.memory is None:
        return _AREA.warning(
            f"{workers} for queries, and no limit on their memory: one query can take all of it",
            "Set one: --query-memory 1GiB or INEQ_KG_QUERY_MEMORY.",
        )
    needed, there = limits.workers * limits.memory, psutil.virtual_memory().total
    said = f"{workers} for queries may take {needed / MIB:,.0f} MiB, and the machine has {there / MIB:,.0f} MiB"
    if needed > there:
        return _AREA.warning(
            said, "Lower --workers or --query-memory: where memory runs out, the system ends processes."
        )
    cores = os.cpu_count() or 1
    if limits.workers > 2 * cores:
        mend = f"Lower --workers: more than {cores} gain nothing."
        return _AREA.warning(f"{workers} for queries on {counted(cores, 'core')}", mend)
    return _AREA.ok(said)


def _open_files() -> Iterator[Finding]:
    try:
        import resource as unix  # not on every system
    except ImportError:
        return
    soft, _ = unix.getrlimit(unix.RLIMIT_NOFILE)
    if soft != unix.RLIM_INFINITY and soft < LEAST_FILES:
        yield _AREA.warning(f"a process may have {soft} files open, which is few", f"ulimit -n {8 * LEAST_FILES}")
    else:
        count = "any number of files" if soft == unix.RLIM_INFINITY else f"{soft:,} files"
        yield _AREA.ok(f"a process may have {count} open")


def _port(host: str, port: int) -> Finding:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        return _AREA.fault(f"{host} is no address of this machine: {error}", "Give another with --host.")
    with socket.socket(family, kind, protocol) as probe:
        # As servers do: a connection of one that is gone does not keep the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            return _taken(host, port, error)
    return _AREA.ok(f"port {port} of {host} is free")


def _taken(host: str, port: int, error: OSError) -> Finding:
    holder = ""
    with suppress(psutil.Error, OSError):
        for one in psutil.net_connections("tcp"):
            if one.status == psutil.CONN_LISTEN and one.pid and one.laddr and one.laddr.port == port:
                holder = f" by process {one.pid}, {' '.join(psutil.Process(one.pid).cmdline())[:80]}"
    if not holder and error.errno != errno.EADDRINUSE:
        return _AREA.fault(f"port {port} of {host} cannot be used: {error.strerror}", "Give another with --port.")
    return _AREA.note(
        f"port {port} of {host} is taken{holder}", "If that is not this service: ineq-kg serve --port 8001"
    )
