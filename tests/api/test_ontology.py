"""The ontology over HTTP: content negotiation at each of its IRIs, documentation that loads nothing from elsewhere."""

from __future__ import annotations

import re

import pytest
import rdflib
from fastapi.testclient import TestClient
from rdflib import OWL, RDF

from ineq_kg.ingest.ontology import parts_of
from ineq_kg.represent.formats import Format
from ineq_kg.represent.ontology import FORMATS, RL_PART, declared
from ineq_kg.resources import resource
from ineq_kg.vocabulary import IKG, IKG_NS, ONTOLOGY

VERSION = "0.1.0"
SITE = ONTOLOGY.removesuffix("/ontology")


@pytest.fixture(scope="module")
def docs(client: TestClient) -> str:
    return client.get("/ontology/docs").text


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # in rdflib's JSON-LD parser
@pytest.mark.parametrize("path", ["/ontology", f"/ontology/{VERSION}"])
@pytest.mark.parametrize("format_", FORMATS)
def test_the_ontology_in_the_format_asked_for(client: TestClient, path: str, format_: Format) -> None:
    by_header = client.get(path, headers={"Accept": format_.media_type})
    by_name = client.get(path, params={"format": format_.extension})
    assert by_header.headers["content-type"].partition(";")[0] == format_.media_type
    assert by_header.headers["vary"].startswith("Accept")
    assert by_header.headers["access-control-allow-origin"] == "*"
    assert by_header.content == by_name.content
    if format_ is not Format.HTML:
        graph = rdflib.Graph().parse(data=by_header.content, format=format_.media_type)
        assert IKG.Translation in declared(graph)
        assert set(graph.subjects(RDF.type, OWL.Ontology)) == {rdflib.URIRef(ONTOLOGY)}


@pytest.mark.parametrize("part", [*parts_of(resource("ontology")), RL_PART])
def test_every_part_is_found_at_its_iri(client: TestClient, part: str) -> None:
    turtle = client.get(f"/ontology/{part}", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=turtle.content, format="turtle")
    header = rdflib.URIRef(f"{ONTOLOGY}/{part}")
    assert (header, RDF.type, OWL.Ontology) in graph
    for iri in (header, graph.value(header, OWL.versionIRI)):
        if iri is not None:
            found = client.get(str(iri).removeprefix(SITE), headers={"Accept": "text/turtle"})
            assert (found.status_code, found.content) == (200, turtle.content)
    assert str(header) in client.get(f"/ontology/{part}", headers={"Accept": "text/html"}).text


@pytest.mark.parametrize(
    ("path", "mend"),
    [
        ("/ontology/9.9.9", "Earlier versions: "),
        ("/ontology/components/none", "components/argument"),
        (f"/ontology/{VERSION}/components/none", "components/argument"),
        ("/ontology/components/..%2Fineq-kg", ""),
    ],
)
def test_what_is_not_there_is_said_to_be_missing(client: TestClient, path: str, mend: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert mend in answer.json().get("mend", "")


def test_tables_are_refused(client: TestClient) -> None:
    assert client.get("/ontology", headers={"Accept": "text/csv"}).status_code == 406
    assert client.get("/ontology", params={"format": "trig"}).status_code == 406


@pytest.mark.parametrize("path", ["/ontology", "/ontology/docs", "/context.jsonld"])
def test_what_has_not_changed_is_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"other"'}).content == first.content


def test_tags_tell_contents_apart(client: TestClient) -> None:
    paths = ["/ontology?format=ttl", "/ontology/components/study?format=ttl", "/ontology/components/source?format=ttl"]
    assert len({client.get(path).headers["etag"] for path in paths}) == len(paths)


def test_the_documentation_keeps_within_the_content_security_policy(client: TestClient, docs: str) -> None:
    assert client.get("/ontology/docs").headers["content-security-policy"].startswith("default-src 'none';")
    assert re.findall(r"<(?:style|script|iframe|img|object)|\s(?:style|on\w+)=|@import|javascript:", docs) == []
    loaded = re.findall(r'<link rel="stylesheet" href="([^"]+)"', docs)
    assert loaded == ["/static/ineq-kg.css", "/static/ontology-docs.css"]
    for path in loaded:
        sheet = client.get(path)
        assert sheet.status_code == 200
        assert "url(" not in sheet.text


def test_the_documentation_has_every_term_at_its_name(client: TestClient, docs: str) -> None:
    graph = rdflib.Graph().parse(data=client.get("/ontology?format=nt").content, format="nt")
    places = re.findall(r'\sid="([^"]+)"', docs)
    assert len(places) == len(set(places))
    assert {iri.removeprefix(IKG_NS) for iri in declared(graph)} <= set(places)
    assert set(re.findall(r'href="#([^"]+)"', docs)) <= set(places)
    assert not re.search(r"\bb\d{4}\b|n[0-9a-f]{32}", docs)  # no blank node's name


def test_the_documentation_leads_to_pages_of_this_site(client: TestClient, docs: str) -> None:
    local = {target.partition("#")[0] for target in re.findall(r'href="(/[^"]*)"', docs)}
    assert {"/context.jsonld", "/ontology?format=rdf", "/ontology/components/argument"} <= local
    for path in local:
        assert client.get(path).status_code == 200


def test_the_diagram_can_be_read_by_those_who_do_not_see_it(docs: str) -> None:
    svg = docs.partition("<svg")[2].partition("</svg>")[0]
    named = re.search(r'aria-labelledby="([^"]+)"', svg)
    assert named
    for place in named[1].split():
        assert re.search(rf'<(title|desc) id="{place}">[^<]+</\1>', svg)


def test_the_context_is_json_ld_that_any_page_may_read(client: TestClient) -> None:
    answer = client.get("/context.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json()["@context"]["translates"]["@id"] == "ikg:translates"
