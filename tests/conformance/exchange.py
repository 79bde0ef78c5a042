"""Tests that are written as requests and what is to come back: those of the Protocol and of the Graph Store Protocol.

A request is sent as its manifest has it, but for the path of the service, which is ours.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus

import pyoxigraph as ox
from endpoint import Endpoint, Reply
from manifests import HT, MF, Case, read_triples
from rdflib import RDFS, Namespace
from rdflib.term import Node
from solutions import of_triples

from ineq_kg.represent.formats import Format

CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
_STATUS_CODES = "http://www.w3.org/2011/http-statusCodes#"
# What an answer may be in, by what the manifests call it.
_FORMS = {"boolean": "ask", "tabular": "select", "RDF": "graph"}


@dataclass
class Exchange:
    """One test's requests, sent to an endpoint one after another; `theirs` is the path of the service there, `ours` here.

    `known` are the variables that earlier answers gave values to.
    """

    case: Case
    endpoint: Endpoint
    theirs: str
    ours: str
    known: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Send each request, and see that what comes back is as it is to be."""
        for request in self.case.items(self.case.action, HT.requests):
            reply = self._send(request)
            self._check(reply, self.case.value(request, HT.resp))

    def _text(self, node: Node, predicate: Node) -> str:
        text = "".join(self.case.values(node, predicate))
        for variable, value in self.known.items():
            text = text.replace(variable, value)
        return text

    def _headers(self, node: Node) -> dict[str, str]:
        return {
            self._text(one, HT.fieldName): self._text(one, HT.fieldValue) for one in self.case.items(node, HT.headers)
        }

    def _body(self, node: Node) -> bytes:
        return b"".join(
            self._text(body, CNT.chars).encode(self._text(body, CNT.characterEncoding))
            for body in self.case.manifest.objects(node, HT.body)
        )

    def _send(self, request: Node) -> Reply:
        method, target = self._text(request, HT.methodName), self._text(request, HT.absolutePath)
        assert target.startswith(self.theirs)
        target = self.ours + target.removeprefix(self.theirs)
        return self.endpoint.send(method, target, self._headers(request), self._body(request))

    def _check(self, reply: Reply, expected: Node) -> None:
        allowed = self.case.values(expected, MF.expectedStatus)
        assert any(_is_status(reply.status, one) for one in allowed), (reply, allowed)
        for form in self.case.values(expected, MF.expectedFormat):
            assert reply.media_type in {one.media_type for one in Format.for_form(_FORMS[form])}
        for truth in self.case.values(expected, MF.expectedBoolean):
            assert json.loads(reply.body)["boolean"] is (truth == "true")
        for variable in self.case.values(expected, MF.expectedLocation):
            self.known[variable] = reply.headers["location"]
        for name, value in self._headers(expected).items():
            assert _same_header(reply.headers.get(name), value)
        body = self._body(expected)
        if body:
            assert of_triples(_turtle(reply.body)).same(of_triples(_turtle(body)))


def _turtle(body: bytes) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.TURTLE)]


def _is_status(status: int, expected: str) -> bool:
    """Say whether a status is the one, or of the class, that a manifest names (`NoContent`, `StatusCode4xx`)."""
    name = expected.removeprefix(_STATUS_CODES)
    if name.startswith("StatusCode"):
        return f"{status // 100}xx" == name.removeprefix("StatusCode")
    return HTTPStatus(status).phrase.replace(" ", "") == name


def _same_header(found: str | None, expected: str) -> bool:
    one, other = Message(), Message()
    one["Content-Type"], other["Content-Type"] = found or "", expected
    return one.get_params() == other.get_params()


def _hold_graphs(case: Case, endpoint: Endpoint) -> None:
    """Make the endpoint hold the graphs that a test of the Protocol starts from."""
    subject = next(case.manifest.subjects(MF.action, case.action))
    graphs = list(case.manifest.objects(subject, UT.graphData))
    if not graphs:
        return
    named = {str(case.value(one, RDFS.label)): read_triples(case.value(one, UT.graph)) for one in graphs}
    endpoint.load([], named)


def protocol(case: Case, endpoint: Endpoint) -> None:
    """Exchange what a test of the SPARQL 1.1 Protocol says."""
    _hold_graphs(case, endpoint)
    Exchange(case, endpoint, "/sparql/", "/sparql").run()


def graph_store(case: Case, endpoint: Endpoint) -> None:
    """Exchange what a test of the Graph Store HTTP Protocol says, with a store that holds nothing."""
    endpoint.load([], {})
    Exchange(case, endpoint, "/gsp", "/graph-store").run()
