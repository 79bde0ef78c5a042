"""Somebody who changes a dataset over HTTP, and what of a store must stay as it is when a change is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pyoxigraph as ox

from ineq_kg.access import Scope, Tokens
from ineq_kg.app import App
from ineq_kg.config import TOKENS

GRAPH = "https://example.org/graph"
UPDATE = {"Content-Type": "application/sparql-update"}
TURTLE = {"Content-Type": "text/turtle"}


@dataclass
class Editor:
    """A client with a token (or what passes for one)."""

    client: httpx2.Client
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Send a request with the token."""
        headers = {"Authorization": f"Bearer {self.token}", **self.headers, **options.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **options)

    def update(self, text: str, **params: Any) -> httpx2.Response:
        """Send a SPARQL update as the body of a request."""
        return self.send("POST", "/sparql", content=text.encode(), params=params, headers=UPDATE)

    def put(self, turtle: str, graph: str = GRAPH, **options: Any) -> httpx2.Response:
        """Put a graph, written in Turtle."""
        headers = {**TURTLE, **options.pop("headers", {})}
        return self.send("PUT", "/graph-store", params={"graph": graph}, content=turtle, headers=headers, **options)


def token_for(app: App, *scopes: Scope, who: str = "Ana Ruiz") -> str:
    """Make a token in the file of an app's store; for everything, unless scopes are named."""
    _, secret = Tokens(app.store.directory / TOKENS).create(who, scopes or tuple(Scope), timedelta(days=1))
    return secret


def held(app: App, graph: str | None = GRAPH) -> set[str]:
    """Return the triples of a graph as it is now, in N-Triples; blank nodes by their names."""
    return set(app.store.snapshot().graph(graph, "application/n-triples").decode().splitlines())


def shapes_of(app: App, graph: str | None = GRAPH) -> ox.Dataset:
    """Return a graph as it is now, so that it equals another that differs in the names of blank nodes alone."""
    found = ox.Dataset(
        ox.parse(app.store.snapshot().graph(graph, "application/n-triples"), format=ox.RdfFormat.N_TRIPLES)
    )
    found.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return found


def state(app: App) -> dict[str, str]:
    """Return the digest of every file of a store, but for locks and tokens: what a refused change must leave alone."""
    directory = app.store.directory
    return {
        str(path.relative_to(directory)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and _counts(path)
    }


def _counts(path: Path) -> bool:
    return path.suffix != ".lock" and path.name != "LOCK" and not path.name.startswith(TOKENS.partition(".")[0])
