"""What is written down of the versions of a store on another machine: a graph of its own there, in SPARQL Update."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pyoxigraph as ox

from ineq_kg.errors import StoreBusy
from ineq_kg.store.journal import Entry
from ineq_kg.store.remote.endpoint import Endpoint
from ineq_kg.vocabulary import GRAPHS

# What is known of the versions of a store on another machine. No synthesis has a name with a slash in it.
COMMITS = f"{GRAPHS}remote/commits"
ENTRY, CURRENT, LOADING, GRAPH = (f"<{COMMITS}#{name}>" for name in ("entry", "current", "loading", "graph"))
_CHANGING = f"<{COMMITS}#changing>"
# After so long without a sign of it, a load is taken to be over.
GONE = timedelta(minutes=10)
_NUMBER = re.compile(r"\d+")


def literal(text: str) -> str:
    """Return a text as a literal of SPARQL."""
    return str(ox.Literal(text))


def text_of(data: Mapping[str, Any]) -> str:
    """Return data as a literal that holds JSON."""
    return literal(json.dumps(data))


def next_name(current: str | None) -> str:
    """Return a name for the version after this one."""
    number = _NUMBER.match(current or "0")
    return f"{int(number.group() if number else 0) + 1:06d}-{uuid4().hex[:8]}"


def replacing(graph: str, text: str) -> str:
    """Return the operations that make a graph hold these triples, which are N-Triples."""
    node = ox.NamedNode(graph)
    drop = f"DROP SILENT GRAPH {node} ;\n"
    return f"{drop}INSERT DATA {{ GRAPH {node} {{\n{text}}} }} ;\n" if text else drop


FORGET_LOADING = f"DELETE WHERE {{ GRAPH <{COMMITS}> {{ <{COMMITS}> {LOADING} ?loading }} }}"


def committing(entry: Entry, graphs: Iterable[str]) -> str:
    """Return the operations that make a version the current one."""
    return (
        f"DELETE WHERE {{ GRAPH <{COMMITS}> {{ <{COMMITS}> {CURRENT} ?current }} }} ;\n"
        f"INSERT DATA {{ GRAPH <{COMMITS}> {{ {_said_of(entry, graphs)} }} }}"
    )


def _read_mark(loading: str) -> tuple[str, datetime, bool]:
    """Return what the mark of a load says: who loads, when it was last heard of, and whether it broke off."""
    try:
        told = json.loads(loading)
        return str(told["who"]), datetime.fromisoformat(told["at"]), bool(told["broken"])
    except (ValueError, KeyError, TypeError):
        return "", datetime.now(UTC), True


def half_loaded(place: Endpoint, loading: str) -> StoreBusy:
    """Return the error of whoever asks while this mark of a load is there."""
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


def refuse_two(place: Endpoint, loading: str | None) -> None:
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


def overtaken(place: Endpoint) -> StoreBusy:
    """Return the error of a change that came too late."""
    message = f"{place}: something was loaded or changed while this change was made; nothing of it was done"
    return StoreBusy(message, mend="Send it again.")


# --- only if nothing came between ------------------------------------------------------------------------------------


def unmoved(current: str | None) -> str:
    """Return the pattern that is found where a store is at this version (None: at none yet) and nobody loads."""
    at = f"{CURRENT} {literal(current)}" if current else ""
    here = f"GRAPH <{COMMITS}> {{ <{COMMITS}> {at} }}" if at else _absent(CURRENT)
    return f"{here} {_absent(LOADING)}"


def _absent(what: str) -> str:
    return f"FILTER NOT EXISTS {{ GRAPH <{COMMITS}> {{ <{COMMITS}> {what} ?{what.rpartition('#')[2][:-1]} }} }}"


def changing(entry: Entry, texts: Mapping[str, str], gone: Iterable[str]) -> str:
    """Return the operations of one request that make graphs hold these N-Triples, and others be `gone`, as a new version.

    They do nothing at all where the store is not `unmoved` from the version before.
    """
    mine = f"GRAPH <{COMMITS}> {{ <{COMMITS}> {_CHANGING} {literal(entry.version)} }}"
    parts = [f"INSERT {{ {mine} }} WHERE {{ {unmoved(entry.parent)} }}"]
    for graph in [*texts, *gone]:
        whole = f"GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }}"
        parts.append(f"DELETE {{ {whole} }} WHERE {{ {mine} {whole} }}")
    for graph, text in texts.items():
        parts.append(f"INSERT {{ GRAPH {ox.NamedNode(graph)} {{\n{text}}} }} WHERE {{ {mine} }}")
    for graph in gone:
        known = f"GRAPH <{COMMITS}> {{ {_known(graph)} }}"
        parts.append(f"DELETE {{ {known} }} WHERE {{ {mine} }}")
    before = f"GRAPH <{COMMITS}> {{ <{COMMITS}> {CURRENT} ?current }}"
    parts += [
        f"DELETE {{ {before} }} WHERE {{ {mine} {before} }}",
        f"INSERT {{ GRAPH <{COMMITS}> {{ {_said_of(entry, texts)} }} }} WHERE {{ {mine} }}",
        f"DELETE WHERE {{ {mine} }}",
    ]
    return " ;\n".join(parts)


def forgetting(graphs: Iterable[str]) -> str:
    """Return the operation after which these graphs are not known any more."""
    return f"DELETE DATA {{ GRAPH <{COMMITS}> {{ {' '.join(map(_known, graphs))} }} }}"


def marking(entry: Entry) -> str:
    """Return the operation that sets the mark of a load, unless the store has moved on from the version before."""
    mark = f"GRAPH <{COMMITS}> {{ <{COMMITS}> {LOADING} {text_of(mark_of(entry))} }}"
    return f"INSERT {{ {mark} }} WHERE {{ {unmoved(entry.parent)} }}"


def mark_of(entry: Entry, *, broken: bool = False) -> dict[str, Any]:
    """Return what the mark of a load says."""
    return {"version": entry.version, "who": entry.note.who, "at": datetime.now(UTC).isoformat(), "broken": broken}


def _known(graph: str) -> str:
    return f"<{COMMITS}> {GRAPH} {ox.NamedNode(graph)} ."


def _said_of(entry: Entry, graphs: Iterable[str]) -> str:
    line = entry.line().decode().rstrip("\n")
    return (
        f"<{COMMITS}/{entry.version}> {ENTRY} {literal(line)} . {' '.join(map(_known, graphs))}"
        f" <{COMMITS}> {CURRENT} {literal(entry.version)}"
    )
