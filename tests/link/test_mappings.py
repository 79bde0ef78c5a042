"""The alignments: every term on either side exists, every mapping has its reason, and the whole stays consistent."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import rdflib
import yaml
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS
from typer.testing import CliRunner

from ineq_kg.commands.mappings import commands
from ineq_kg.errors import DefinitionError, ReasonerMissing
from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.link.mappings import (
    COLUMNS,
    MappingSet,
    alignment_files,
    mappings_of,
    read_alignment,
    read_mappings,
    write_sssom,
    write_turtle,
)
from ineq_kg.reason.consistency import Verdict, classify, find_java
from ineq_kg.resources import resource
from ineq_kg.vocabulary import IKG_NS, ONTOLOGY

FILES = alignment_files(resource("ontology"))
PREDICATES = {
    *map(str, (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)),
    *map(str, (RDFS.subClassOf, RDFS.subPropertyOf)),
}
MANUAL = "https://w3id.org/semapv/vocab/ManualMappingCuration"
BUILT_IN = {
    "owl": str(OWL),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": str(SKOS),
}

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def found() -> MappingSet:
    return read_mappings(resource("ontology"))


@pytest.fixture(scope="module")
def core() -> rdflib.Graph:
    return read_ontology(resource("ontology"))


def imports_list(name: str) -> tuple[dict[str, str], list[str]]:
    """The header and the IRIs of one vocabulary's list."""
    lines = (resource("ontology") / "imports" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    header = dict(line.removeprefix("# ").split(": ", 1) for line in lines if line.startswith("#"))
    return header, [line for line in lines if not line.startswith("#")]


def test_each_vocabulary_has_its_list_and_each_list_its_alignment() -> None:
    lists = {path.stem for path in (resource("ontology") / "imports").glob("*.txt")}
    assert lists == {path.stem for path in FILES}


@each_file
def test_every_foreign_term_is_in_the_list_of_its_vocabulary(path: Path) -> None:
    _, terms = imports_list(path.stem)
    assert {one.object for one in mappings_of(read_alignment(path), path)} <= set(terms)


@each_file
def test_a_list_says_where_and_when_it_was_read_and_holds_iris_only(path: Path) -> None:
    header, terms = imports_list(path.stem)
    assert set(header) == {"vocabulary", "namespace", "version", "read from", "read on", "holds"}
    assert "https://" in header["read from"]
    assert terms == sorted(set(terms))
    assert all(term.startswith(header["namespace"]) and not set(term) & set(' "<>\\^`{|}') for term in terms)


@each_file
def test_an_alignment_says_whose_it_is(path: Path) -> None:
    graph = read_alignment(path)
    header = rdflib.URIRef(f"{ONTOLOGY}/alignments/{path.stem}")
    assert list(graph.subjects(RDF.type, OWL.Ontology)) == [header]
    licence = rdflib.URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert (header, DCTERMS.license, licence) in graph
    assert (header, OWL.versionIRI, None) in graph
    assert (header, OWL.imports, rdflib.URIRef(ONTOLOGY)) in graph


@each_file
def test_no_relation_stands_without_its_justification(path: Path) -> None:
    graph = read_alignment(path)
    stated = {(str(s), str(p), str(o)) for s, p, o in graph if str(p) in PREDICATES and isinstance(o, rdflib.URIRef)}
    mappings = mappings_of(graph, path)
    assert stated == {(one.subject, one.predicate, one.object) for one in mappings}
    assert len(stated) == len(mappings) > 0


@each_file
def test_nothing_is_said_to_be_the_same(path: Path) -> None:
    graph = read_alignment(path)
    for forbidden in (OWL.sameAs, OWL.equivalentClass, OWL.equivalentProperty):
        assert (None, forbidden, None) not in graph


@each_file
def test_axioms_go_out_from_our_terms_and_foreign_terms_are_only_declared(path: Path) -> None:
    graph = read_alignment(path)
    ours = (IKG_NS, f"{ONTOLOGY}/alignments/")
    foreign = {(s, p) for s, p, _ in graph if isinstance(s, rdflib.URIRef) and not str(s).startswith(ours)}
    assert {p for _, p in foreign} <= {RDF.type}


def test_every_mapping_is_of_ours_by_a_known_relation_for_a_reason(found: MappingSet, core: rdflib.Graph) -> None:
    for one in found.mappings:
        assert one.subject.startswith(IKG_NS)
        assert (rdflib.URIRef(one.subject), RDFS.isDefinedBy, None) in core
        assert one.predicate in PREDICATES
        assert one.justification == MANUAL
        assert 0 < one.confidence <= 1
        assert one.comment.endswith(".")


def test_a_translation_is_never_mapped_to_a_relation_of_sameness(found: MappingSet) -> None:
    assert not [one for one in found.mappings if one.object.startswith(str(SKOS)) and "Match" in one.object]


def test_one_prefix_means_one_namespace_in_all_alignments() -> None:
    seen = {(prefix, str(iri)) for path in FILES for prefix, iri in read_alignment(path).namespaces()}
    assert len({prefix for prefix, _ in seen}) == len(seen)


def test_the_ontology_itself_imports_no_alignment(core: rdflib.Graph) -> None:
    imported = set(core.objects(None, OWL.imports))
    assert imported
    assert all(str(iri).startswith(f"{ONTOLOGY}/components/") for iri in imported)


# With the reasoner


def as_ntriples(graph: rdflib.Graph) -> bytes:
    return graph.serialize(format="nt", encoding="utf-8")


@pytest.fixture(scope="module")
def aligned(core: rdflib.Graph) -> list[bytes]:
    try:
        find_java()
    except ReasonerMissing:
        pytest.skip("no Java on this machine (or: pip install 'ineq-kg[reasoner]')")
    return [as_ntriples(core), *(as_ntriples(read_alignment(path)) for path in FILES)]


def test_the_ontology_with_all_alignments_is_consistent(aligned: list[bytes]) -> None:
    assert classify(aligned) == Verdict(consistent=True)


def test_no_class_of_ours_is_emptied_by_what_prov_o_holds_apart(aligned: list[bytes]) -> None:
    """PROV-O: an activity is no entity; what uses and generates is an activity, what is used and generated an entity."""
    prov_o = rdflib.Graph().parse(
        format="turtle",
        data="""
        prefix owl: <http://www.w3.org/2002/07/owl#>
        prefix prov: <http://www.w3.org/ns/prov#>
        prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        prov:Activity owl:disjointWith prov:Entity .
        prov:used rdfs:domain prov:Activity ; rdfs:range prov:Entity .
        prov:generated rdfs:domain prov:Activity ; rdfs:range prov:Entity ; owl:inverseOf prov:wasGeneratedBy .
        prov:wasDerivedFrom rdfs:domain prov:Entity ; rdfs:range prov:Entity .
        """,
    )
    assert classify([*aligned, as_ntriples(prov_o)]) == Verdict(consistent=True)


# As a table


def read_table(text: str) -> tuple[dict[str, object], list[dict[str, str]]]:
    """Read an SSSOM table as its specification says: YAML behind `#`, then tab-separated values."""
    lines = text.splitlines(keepends=True)
    metadata = yaml.safe_load("".join(line[1:] for line in lines if line.startswith("#")))
    return metadata, list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def test_the_table_says_what_the_alignments_say(found: MappingSet, core: rdflib.Graph) -> None:
    metadata, rows = read_table(write_sssom(found))
    prefixes = {**BUILT_IN, **metadata["curie_map"]}

    def expand(curie: str) -> str:
        prefix, local = curie.split(":", 1)
        return prefixes[prefix] + local

    identifiers = ("subject_id", "predicate_id", "object_id", "mapping_justification")
    read = {(*(expand(r[slot]) for slot in identifiers), Decimal(r["confidence"]), r["comment"]) for r in rows}
    written = {(o.subject, o.predicate, o.object, o.justification, o.confidence, o.comment) for o in found.mappings}
    assert read == written
    assert len(rows) == len(written)
    for row in rows:
        assert (
            rdflib.URIRef(expand(row["subject_id"])),
            RDFS.label,
            rdflib.Literal(row["subject_label"], "en"),
        ) in core


def test_the_table_has_the_head_and_the_order_that_sssom_asks_for(found: MappingSet) -> None:
    text = write_sssom(found)
    metadata, rows = read_table(text)
    assert list(metadata) == [
        "curie_map",
        "mapping_set_id",
        "mapping_set_version",
        "mapping_set_title",
        "creator_label",
        "license",
    ]
    assert metadata["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert list(metadata["curie_map"]) == sorted(metadata["curie_map"])
    assert tuple(rows[0]) == COLUMNS
    assert [tuple(row.values()) for row in rows] == sorted(tuple(row.values()) for row in rows)
    assert text == write_sssom(read_mappings(resource("ontology")))


@pytest.fixture(scope="module")
def sssom_py(tmp_path_factory: pytest.TempPathFactory):
    """A function that has sssom-py, in an environment of its own, validate a table: what it says, and whether it is content."""
    tool = shutil.which("sssom", path=str(Path(sys.prefix) / "sssom" / "bin"))
    if tool is None:
        pytest.skip("sssom-py is not there: make .venv/sssom.stamp")
    path = tmp_path_factory.mktemp("sssom") / "table.sssom.tsv"

    def validate(text: str) -> tuple[str, bool]:
        path.write_text(text, encoding="utf-8")
        done = subprocess.run([tool, "validate", path], capture_output=True, text=True, check=False, timeout=120)
        return done.stdout + done.stderr, done.returncode == 0

    return validate


def test_sssom_py_finds_nothing_wrong_with_the_table(sssom_py, found: MappingSet) -> None:
    assert sssom_py(write_sssom(found)) == ("", True)


@pytest.mark.parametrize(
    ("part", "instead", "told"),
    [
        ("\t0.6\t", "\t1.6\t", "1 validation error"),
        ("\tskos:relatedMatch\t", "\tunheardof:relatedMatch\t", "unheardof"),
        ("mapping_justification", "justification", "justification"),
    ],
)
def test_sssom_py_would_say_what_is_wrong(sssom_py, found: MappingSet, part: str, instead: str, told: str) -> None:
    said, _ = sssom_py(write_sssom(found).replace(part, instead, 1))
    assert told in said


def test_the_turtle_is_all_alignments_in_one(found: MappingSet) -> None:
    graph = rdflib.Graph().parse(data=write_turtle(FILES), format="turtle")
    assert sorted(mappings_of(graph, Path("all"))) == list(found.mappings)


@pytest.mark.parametrize(
    ("arguments", "first"),
    [([], "#curie_map:"), (["--format", "ttl"], "# Alignment to the Argument Interchange Format (AIF).")],
)
def test_the_command_prints_either(arguments: list[str], first: str) -> None:
    printed = CliRunner().invoke(commands, arguments)
    assert printed.exit_code == 0
    assert printed.output.splitlines()[0] == first


# What is wrong is named

WHOLE = """
@prefix ikg: <https://w3id.org/ineq-kg/ontology#> .
@prefix ex: <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix semapv: <https://w3id.org/semapv/vocab/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sssom: <https://w3id.org/sssom/> .
ikg:Study skos:closeMatch ex:Study .
[] a owl:Axiom ; owl:annotatedSource ikg:Study ; owl:annotatedProperty skos:closeMatch ; owl:annotatedTarget ex:Study ;
    sssom:mapping_justification semapv:ManualMappingCuration ; sssom:confidence 0.5 ; rdfs:comment "Alike."@en .
"""


@pytest.mark.parametrize(
    ("part", "instead", "told"),
    [
        ('; rdfs:comment "Alike."@en', "", "0 values of http://www.w3.org/2000/01/rdf-schema#comment"),
        ("sssom:mapping_justification semapv:ManualMappingCuration ;", "", "0 values of"),
        ("sssom:confidence 0.5", "sssom:confidence 0.5 , 0.6", "2 values of"),
        ("sssom:confidence 0.5", "sssom:confidence 1.5", "1.5, no decimal above 0 up to 1"),
        ("sssom:confidence 0.5", "sssom:confidence 0.0", "0.0, no decimal above 0 up to 1"),
        ("sssom:confidence 0.5", 'sssom:confidence "much"', "much, no decimal"),
        ("ikg:Study skos:closeMatch ex:Study .", "", "annotated and not stated"),
        ("ikg:Study skos:closeMatch", "ikg:Study skos:closeMatch skos:", "not Turtle"),
    ],
)
def test_a_faulty_alignment_is_refused_by_name(tmp_path: Path, part: str, instead: str, told: str) -> None:
    path = tmp_path / "faulty.ttl"
    assert part in WHOLE
    path.write_text(WHOLE.replace(part, instead, 1), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"faulty\.ttl") as caught:
        mappings_of(read_alignment(path), path)
    assert told in str(caught.value)


def test_a_term_that_the_ontology_lacks_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "alignments").mkdir()
    (tmp_path / "components").mkdir()
    header = (resource("ontology") / "ineq-kg.ttl").read_text(encoding="utf-8")
    (tmp_path / "ineq-kg.ttl").write_text(header, encoding="utf-8")
    (tmp_path / "alignments" / "one.ttl").write_text(WHOLE, encoding="utf-8")
    with pytest.raises(DefinitionError, match="#Study is not a term of the ontology"):
        read_mappings(tmp_path)
