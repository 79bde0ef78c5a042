"""A server of ours, asked as a stranger would ask it: by plain HTTP, byte for byte as a test says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox
from elsewhere import Elsewhere

QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"


@dataclass(frozen=True)
class Reply:
    """What came back: status, headers by their names in small letters, and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip()


class Endpoint:
    """A service that whoever has `token` may write to, and the hosts `elsewhere` that it may ask."""

    def __init__(self, address: str, token: str, elsewhere: Elsewhere) -> None:
        self.address = address
        self.token = token
        self.elsewhere = elsewhere
        self.holds: object = None

    def send(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        """Send a request as it is, with the token and nothing else added."""
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        try:
            sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
            connection.request(method, target, body=body or None, headers=sent)
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def query(
        self, text: str, accept: str, default: Iterable[str] = (), named: Iterable[str] = (), method: str = "POST"
    ) -> Reply:
        """Ask a query, of the graphs named."""
        graphs = [("default-graph-uri", iri) for iri in default] + [("named-graph-uri", iri) for iri in named]
        if method == "GET":
            return self.send("GET", f"/sparql?{urlencode([('query', text), *graphs])}", {"Accept": accept})
        headers = {"Content-Type": QUERY, "Accept": accept}
        return self.send("POST", f"/sparql?{urlencode(graphs)}", headers, text.encode())

    def update(self, text: str) -> Reply:
        """Run an update. What it does to the data is not checked beforehand."""
        self.holds = None
        return self.send("POST", "/sparql", {"Content-Type": UPDATE}, text.encode())

    def load(self, default: Iterable[ox.Triple], named: Mapping[str, Iterable[ox.Triple]], then: str = "") -> None:
        """Make the dataset hold these triples and graphs, and no others; empty graphs are there too.

        One request does it, and what is to be done `then`: each costs a commit.
        """
        creations = [f"CREATE SILENT GRAPH <{graph}> ;" for graph in named]
        groups = [f"GRAPH <{graph}> {{ {_written(triples)} }}" for graph, triples in named.items()]
        insertion = f"INSERT DATA {{ {_written(default)} {' '.join(groups)} }}"
        reply = self.update(f"DROP ALL ; {' '.join(creations)} {insertion} ;\n{then}")
        assert reply.status == 200, reply.body.decode()


def _written(triples: Iterable[ox.Triple]) -> str:
    return " ".join(f"{triple.subject} {triple.predicate} {triple.object} ." for triple in triples)
