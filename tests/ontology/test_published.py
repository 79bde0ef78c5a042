"""The ontology as others get it: the same bytes each time, loadable by their tools, no released term lost."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import owlready2
import pyhornedowl
import pyoxigraph as ox
import pytest
import rdflib
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, VANN
from rdflib.compare import isomorphic

from ineq_kg.errors import NotFound
from ineq_kg.ingest.ontology import parts_of, read_ontology, read_released
from ineq_kg.ingest.records import Loaded
from ineq_kg.records import CLASSES, Report, Synthesis
from ineq_kg.represent.class_diagram import PLACES, class_diagram, lines_of
from ineq_kg.represent.context import context_object
from ineq_kg.represent.formats import Format
from ineq_kg.represent.ontology import FORMATS, RL_PART, TERM_KINDS, Publication, declared, released_list
from ineq_kg.resources import resource
from ineq_kg.triples.mapper import write
from ineq_kg.triples.naming import Naming
from ineq_kg.triples.quads import ntriples
from ineq_kg.vocabulary import IKG, ONTOLOGY, RESOURCES

HEADER = rdflib.URIRef(ONTOLOGY)
DATA_FORMATS = FORMATS[1:]
IN_ANOTHER_PROCESS = """
import hashlib
from ineq_kg.represent.ontology import FORMATS, Publication
from ineq_kg.resources import resource
publication = Publication(resource("ontology"))
for body in [*(publication.document(member) for member in FORMATS), publication.docs()]:
    print(hashlib.sha256(body).hexdigest())
"""


@pytest.fixture(scope="module")
def whole(publication: Publication) -> rdflib.Graph:
    return rdflib.Graph().parse(data=publication.document(Format.NTRIPLES), format="nt")


@pytest.fixture(scope="module")
def files(publication: Publication, tmp_path_factory: pytest.TempPathFactory) -> dict[Format, Path]:
    """The ontology as a file in each format."""
    folder = tmp_path_factory.mktemp("published")
    paths = {member: folder / f"ontology.{member.extension}" for member in DATA_FORMATS}
    for member, path in paths.items():
        path.write_bytes(publication.document(member))
    return paths


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the ontology's files, to be changed."""
    return Path(shutil.copytree(resource("ontology"), tmp_path / "ontology"))


def from_jsonld(data: str | bytes) -> rdflib.Graph:
    """What rdflib reads from JSON-LD; its parser warns of a class of its own."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "ConjunctiveGraph is deprecated", DeprecationWarning)
        return rdflib.Graph().parse(data=data, format="json-ld")


# --- the document ----------------------------------------------------------------------------------------------------


def test_the_same_bytes_from_any_process() -> None:
    def digests(seed: str) -> str:
        command = [sys.executable, "-c", IN_ANOTHER_PROCESS]
        return subprocess.run(
            command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout

    first = digests("1")
    assert len(first.split()) == len(FORMATS) + 1
    assert digests("2") == first


def test_one_document_says_what_the_files_say(whole: rdflib.Graph) -> None:
    read = read_ontology(resource("ontology"))
    assert set(whole.subjects(RDF.type, OWL.Ontology)) == {HEADER}
    assert not list(whole.objects(HEADER, OWL.imports))
    parts = {name for name in parts_of(resource("ontology")) if name.startswith("components/")} | {RL_PART}
    assert {str(part).removeprefix(f"{ONTOLOGY}/") for part in whole.objects(HEADER, DCTERMS.hasPart)} == parts
    assert declared(whole) == declared(read)
    headers = set(read.subjects(RDF.type, OWL.Ontology))
    terms = rdflib.Graph()
    terms += (triple for triple in read if triple[0] not in headers)
    added = {HEADER, DCTERMS.hasPart, DCTERMS.requires, *whole.subjects(DCTERMS.requires)}
    published = rdflib.Graph()
    published += (triple for triple in whole if triple[0] not in added)
    assert len(terms) == len(published)
    assert isomorphic(terms, published)


@pytest.mark.parametrize(
    "predicate",
    [
        OWL.versionIRI,
        OWL.versionInfo,
        DCTERMS.title,
        DCTERMS.description,
        DCTERMS.creator,
        DCTERMS.license,
        DCTERMS.bibliographicCitation,
        DCTERMS.issued,
        VANN.preferredNamespacePrefix,
        VANN.preferredNamespaceUri,
    ],
)
def test_the_header_says_what_a_user_must_know(whole: rdflib.Graph, predicate: rdflib.URIRef) -> None:
    assert len(list(whole.objects(HEADER, predicate))) == 1


def test_the_version_iri_is_the_version_under_the_ontology(whole: rdflib.Graph, publication: Publication) -> None:
    assert str(whole.value(HEADER, OWL.versionIRI)) == f"{ONTOLOGY}/{publication.version}"


# --- versions and released terms -------------------------------------------------------------------------------------


def test_an_earlier_version_stays_where_it_was(copied: Path, publication: Publication) -> None:
    turtle = publication.document(Format.TURTLE)
    (copied / "releases").mkdir()
    (copied / "releases" / "0.0.1.ttl").write_bytes(turtle)
    (copied / "components" / "argument.ttl").unlink()
    later = Publication(copied)
    assert later.document(Format.TURTLE, version="0.0.1") == turtle
    assert later.document(Format.TURTLE) != turtle
    with pytest.raises(NotFound) as raised:
        later.document(Format.TURTLE, version="0.0.2")
    assert raised.value.mend == "Earlier versions: 0.0.1."


def test_no_released_term_has_disappeared(whole: rdflib.Graph) -> None:
    released = read_released(resource("ontology"))
    assert len(released) > 40
    assert released.keys() - declared(whole) == set()


def test_a_lost_term_would_be_noticed(copied: Path) -> None:
    file = copied / "components" / "argument.ttl"
    file.write_text(file.read_text().replace("ikg:LineOfArgument a owl:Class", "ikg:LineOfArgument a owl:Thing"))
    assert read_released(copied).keys() - declared(read_ontology(copied)) == {IKG.LineOfArgument}


def test_a_release_adds_terms_and_forgets_none() -> None:
    assert released_list({"https://x/b": "1"}, ["https://x/a", "https://x/b"], "2").splitlines()[1:] == [
        b"2 https://x/a",
        b"1 https://x/b",
    ]
    assert b"1 https://x/b" in released_list({"https://x/b": "1"}, [], "2")


def test_deprecated_terms_keep_their_words_and_name_what_to_use(whole: rdflib.Graph) -> None:
    for term in whole.subjects(OWL.deprecated, rdflib.Literal(True)):
        assert any((term, RDF.type, kind) in whole for kind in TERM_KINDS)
        assert (term, RDFS.label, None) in whole
        assert (term, SKOS.definition, None) in whole
        assert {str(other) for other in whole.objects(term, DCTERMS.isReplacedBy)} <= declared(whole)


def test_a_deprecated_term_is_shown_as_such(copied: Path) -> None:
    with (copied / "components" / "argument.ttl").open("a") as file:
        file.write("\nikg:LineOfArgument owl:deprecated true ; dcterms:isReplacedBy ikg:Synthesis .\n")
    publication = Publication(copied)
    listed = publication.document(Format.HTML).decode()
    assert listed.count("Deprecated.") == 1
    assert re.search(r'Use instead: <a href="/ontology#Synthesis">ikg:Synthesis</a>', listed)
    entry = publication.docs().decode().partition('id="LineOfArgument"')[2].partition('class="property entity"')[0]
    assert re.search(r'<strong>Deprecated.</strong> Use <a href="#Synthesis">', entry)


# --- the tools of others ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", DATA_FORMATS)
def test_rdflib_reads_the_same_from_every_format(
    files: dict[Format, Path], whole: rdflib.Graph, format_: Format
) -> None:
    data = files[format_].read_bytes()
    read = from_jsonld(data) if format_ is Format.JSONLD else rdflib.Graph().parse(data=data, format=format_.media_type)
    assert isomorphic(read, whole)


@pytest.mark.parametrize("format_", DATA_FORMATS)
def test_oxigraph_reads_as_many_triples_from_every_format(
    files: dict[Format, Path], whole: rdflib.Graph, format_: Format
) -> None:
    triples = ox.parse(files[format_].read_bytes(), format=ox.RdfFormat.from_media_type(format_.media_type))
    assert len(list(triples)) == len(whole)


@pytest.mark.parametrize("format_", [Format.RDFXML, Format.NTRIPLES])
def test_owlready2_loads_it(files: dict[Format, Path], whole: rdflib.Graph, format_: Format) -> None:
    world = owlready2.World()
    loaded = world.get_ontology(files[format_].as_uri()).load()
    assert loaded.imported_ontologies == []
    assert {c.iri for c in world.classes()} == _named(whole, OWL.Class)
    assert {p.iri for p in world.object_properties()} == _named(whole, OWL.ObjectProperty)
    world.close()


def test_horned_owl_reads_it_as_owl(files: dict[Format, Path], whole: rdflib.Graph) -> None:
    loaded = pyhornedowl.open_ontology(str(files[Format.RDFXML]))
    assert str(loaded.get_iri()) == ONTOLOGY
    assert str(loaded.get_version_iri()) == str(whole.value(HEADER, OWL.versionIRI))
    assert set(loaded.get_classes()) == _named(whole, OWL.Class)
    assert set(loaded.get_object_properties()) == _named(whole, OWL.ObjectProperty)
    assert set(loaded.get_data_properties()) == _named(whole, OWL.DatatypeProperty)


def _named(graph: rdflib.Graph, kind: rdflib.URIRef) -> set[str]:
    return {str(term) for term in graph.subjects(RDF.type, kind) if isinstance(term, rdflib.URIRef)}


def test_jena_validates_every_format(riot, files: dict[Format, Path]) -> None:
    done = riot("--validate", *files.values())
    assert (done.returncode, re.findall(r"(?:WARN|ERROR).*", done.stdout + done.stderr)) == (0, [])


def test_jena_would_say_what_is_wrong(riot, tmp_path: Path) -> None:
    (tmp_path / "wrong.ttl").write_text('<x:a> <x:b> "x"^^<http://www.w3.org/2001/XMLSchema#integer> .')
    done = riot("--validate", tmp_path / "wrong.ttl")
    assert "WARN" in done.stdout + done.stderr


# --- the diagram -----------------------------------------------------------------------------------------------------


def test_the_diagram_shows_what_the_ontology_says(whole: rdflib.Graph) -> None:
    assert set(PLACES) <= declared(whole)
    relations = {(line.start, line.ends, word) for line in lines_of(whole) for word in line.words}
    assert (IKG.Translation, (IKG.SecondOrderConstruct,), "translates") in relations
    assert (IKG.Study, (IKG.Report,), "reported in") in relations
    assert not [word for _, _, word in relations if word == "translated by"]
    svg = class_diagram(whole)
    assert "third-order construct: synthesises translated construct" in svg
    assert svg.count('class="class"') == len(PLACES)
    assert "style=" not in svg


# --- the JSON-LD context ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_records_as_json_say_what_the_mapper_writes(founding: Loaded, name: str) -> None:
    """Links' particulars, shared reports' IRIs and the synthesis's own slug need more than a context can say."""
    bundle = founding.bundle
    naming = Naming.of(bundle)
    home = RESOURCES + bundle.synthesis.id
    about = {"@base": f"{home}/", "@language": bundle.synthesis.language}
    written = rdflib.Graph().parse(data=ntriples(write(bundle)), format="nt")
    for record in bundle.records:
        if type(record).__name__ != name or isinstance(record, Report):
            continue
        fields = record.model_dump(mode="json", exclude={"id"}, exclude_none=True)
        document = {
            "@context": [context_object(), about],
            "id": home if isinstance(record, Synthesis) else record.id,
            "type": name,
            "identifier": record.id,
            **({} if isinstance(record, Synthesis) else {"inSynthesis": home}),
            **{key: home if value == bundle.synthesis.id else value for key, value in fields.items()},
        }
        assert set(from_jsonld(json.dumps(document))) == set(
            written.triples((rdflib.URIRef(naming.iri(record.id)), None, None))
        )


def test_a_links_particulars_are_not_said_of_what_it_leads_to() -> None:
    record = {
        "@context": [context_object(), {"@base": f"{RESOURCES}s/", "@language": "en"}],
        "id": "claim/a",
        "synthesises": [{"to": "construct/b", "confidence": "Low", "note": "A doubt about the link."}, "construct/c"],
    }
    read = from_jsonld(json.dumps(record))
    claim, property_ = rdflib.URIRef(f"{RESOURCES}s/claim/a"), rdflib.URIRef(IKG.synthesises)
    assert set(read) == {(claim, property_, rdflib.URIRef(f"{RESOURCES}s/construct/{name}")) for name in "bc"}


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", DATA_FORMATS)
def test_the_command_prints_each_format(run, publication: Publication, format_: Format) -> None:
    done = run("ontology", "--format", format_.extension)
    assert (done.code, done.out.encode()) == (0, publication.document(format_))


def test_the_command_prints_a_part_the_context_and_the_released_terms(run) -> None:
    part = rdflib.Graph().parse(data=run("ontology", "--part", "components/argument").out, format="turtle")
    assert list(part.objects(rdflib.URIRef(f"{ONTOLOGY}/components/argument"), OWL.imports))
    assert json.loads(run("ontology", "--context").out) == {"@context": context_object()}
    listed = run("ontology", "--released").out.splitlines()[1:]
    assert {line.partition(" ")[2] for line in listed} == declared(read_ontology(resource("ontology")))


def test_the_command_names_what_it_cannot_print(run) -> None:
    wrong = run("ontology", "--format", "csv")
    assert (wrong.code, "ttl, nt, jsonld, rdf" in wrong.err) == (2, True)
    missing = run("ontology", "--part", "components/none")
    assert (missing.code, "components/argument" in missing.err) == (3, True)


def test_the_documentation_as_files_needs_no_server(run, tmp_path: Path, publication: Publication) -> None:
    done = run("ontology", "--docs", tmp_path / "site")
    assert done.code == 0
    page = (tmp_path / "site" / "index.html").read_text()
    local = {
        target
        for target in re.findall(r'(?:href|src)="([^"]+)"', page)
        if not target.startswith(("http", "#", "data:"))
    }
    assert local == {path.name for path in (tmp_path / "site").iterdir()} - {"index.html"}
    assert (tmp_path / "site" / "ontology.ttl").read_bytes() == publication.document(Format.TURTLE)
    (tmp_path / "file").touch()
    assert run("ontology", "--docs", tmp_path / "file").code == 2
