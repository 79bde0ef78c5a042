"""The hosts that tests of SERVICE and LOAD name, all of them a listener on this machine.

An endpoint among them is the service under test once more, asked for the graph that holds what that endpoint is to hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import quote, unquote, urlsplit

from manifests import PUBLISHED

from outside import Reply, Seen, listening

ENDPOINTS = (
    *(f"http://{host}/sparql" for host in ("example.org", "example1.org", "example2.org")),
    f"{PUBLISHED}syntax-fed/g",
)
DOCUMENTS = ("http://example.org/faraway", f"{PUBLISHED}syntax-update-1/remote")
# Listed by their folders, so that no query with a variable endpoint asks them.
FOLDERS = tuple(f"{iri.rpartition('/')[0]}/" for iri in DOCUMENTS)
MISSING = ("http://invalid.endpoint.org/", "somescheme://www.example.com/THIS-GRAPH-DOES-NOT-EXIST/")


@dataclass
class Elsewhere:
    """Those hosts. `endpoints` says which graph each holds, the others hold nothing; `forward_to` is who answers for them."""

    port: int = 0
    endpoints: dict[str, str] = field(default_factory=dict)
    forward_to: str = ""

    @property
    def listed(self) -> Iterator[str]:
        """What the service under test may ask, as its list has it."""
        for iri in ENDPOINTS:
            yield f"{iri}=http://127.0.0.1:{self.port}/{quote(iri, safe='')}"
        for iri in (*FOLDERS, *MISSING):
            yield f"{iri}=http://127.0.0.1:{self.port}/{quote(iri[:-1], safe='')}/"

    def answer(self, seen: Seen) -> Reply:
        """Answer with a document, or as an endpoint."""
        iri = unquote(seen.path[1:])
        if seen.method == "GET" and iri in DOCUMENTS:
            return 200, {"Content-Type": "text/turtle"}, b"<x:s> <x:p> <x:o> ."
        if seen.method != "POST" or iri not in ENDPOINTS:
            return 404, {}, b""
        graph = self.endpoints.get(iri, f"{PUBLISHED}nothing")
        connection = HTTPConnection(urlsplit(self.forward_to).netloc, timeout=60)
        headers = {name: seen.headers[name] for name in ("content-type", "accept")}
        connection.request("POST", f"/sparql?default-graph-uri={quote(graph)}", seen.body.encode(), headers)
        answer = connection.getresponse()
        found = answer.status, {"Content-Type": answer.headers["Content-Type"]}, answer.read()
        connection.close()
        return found


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """Yield those hosts, listening for as long as the context lasts."""
    hosts = Elsewhere()
    with listening(hosts.answer) as outside:
        hosts.port = outside.port
        yield hosts
