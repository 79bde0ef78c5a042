"""The shapes say what the records say; both engines read them alike; each kind of fault is found and named in users' words."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pyrudof
import pyshacl
import pytest
import rdflib
from hypothesis import given, settings
from rdflib import RDF, SH

from faults import SOUND, graph, sound
from ineq_kg.checking import findings_in
from ineq_kg.ingest.records import Loaded, read_synthesis
from ineq_kg.reason.shacl import data_graph, shape_files, shape_rules, shapes_text, validate
from ineq_kg.reason.shapes import BY_HAND, SHAPES, documents, write_shapes
from ineq_kg.records import CLASSES
from ineq_kg.records.bundle import Bundle
from ineq_kg.records.fields import fields_of
from ineq_kg.triples.mapper import write
from ineq_kg.vocabulary import IKG, IKG_NS
from places import ROOT
from strategies import bundles

Result = tuple[str, str, str, str]
CONSTRUCTED = sorted((ROOT / "tests" / "syntheses").glob("*.yaml"))

# What is sown: triples left out (as N-Triples has them), Turtle added; the rule, the record, words of the message.
FAULTS = {
    "no label": ("study/ward> <http://www.w3.org/2004/02/skos/core#prefLabel>", "", "record-label", "exactly one text"),
    "two labels": ("", 's:study\\/ward skos:prefLabel "Again"@en .', "record-label", "exactly one text"),
    "a label without its language": (
        "study/ward> <http://www.w3.org/2004/02/skos/core#prefLabel>",
        's:study\\/ward skos:prefLabel "Ward" .',
        "record-label",
        "in the language of the synthesis",
    ),
    "an empty note": ("", 's:study\\/ward ikg:curatorNote ""@en .', "record-note", "`note`"),
    "no report": ("study/ward> <https://w3id.org/ineq-kg/ontology#reportedIn>", "", "study-reported-in", "one or more"),
    "a study as report": ("", "s:study\\/ward ikg:reportedIn s:study\\/yard .", "study-reported-in", "a Report"),
    "a report as study": (
        "",
        "s:second-order\\/ward-waiting ikg:constructOf s:report\\/ward-2001 .",
        "second-order-construct-study",
        "exactly one Study",
    ),
    "a confidence nobody knows": (
        "",
        "s:claim\\/work ikg:confidence ikg:VeryHigh .",
        "interpretive-confidence",
        "High, Medium, Low",
    ),
    "no basis": ("claim/work> <https://w3id.org/ineq-kg/ontology#basis>", "", "interpretive-basis", "StatedInText"),
    "a position of words": (
        "",
        's:claim\\/work ikg:position "first" .',
        "third-order-construct-position",
        "whole number",
    ),
    "a position of 0": ("", "s:claim\\/work ikg:position 0 .", "third-order-construct-position", "1 or more"),
    "a phase 8": ("", "s:phase\\/start ikg:phaseNumber 8 .", "phase-number", "from 1 to 7"),
    "a question 8 of Bacchi's": ("", "s:lens-step\\/one ikg:position 8 .", "wpr-question-position", "from 1 to 7"),
    "a digest of another kind": ("", 's:span\\/table ikg:sourceDigest "md5:1" .', "source-span-digest", "matches"),
    "a quotation that ends before it begins": (
        "span/table> <https://w3id.org/ineq-kg/ontology#end>",
        "s:span\\/table ikg:end 3 .",
        "source-span-extent",
        "less than its `end`",
    ),
    "a DOI that is none": ("", 's:report\\/ward-2001 ikg:doi "doi:1" .', "report-doi", "matches"),
    "words for yes or no": (
        "",
        's:comparison\\/work ikg:readingsAgree "yes" .',
        "reading-comparison-agrees",
        "true or false",
    ),
    "three readings compared": (
        "",
        "s:comparison\\/work ikg:compares s:reading\\/idleness-first .",
        "reading-comparison-compares",
        "exactly 2",
    ),
    "a claim about a study": (
        "",
        "s:claim\\/work ikg:concerns s:study\\/ward .",
        "third-order-construct-concerns",
        "or",
    ),
    "a study in a row of the table": (
        "",
        "s:study\\/ward ikg:tableRow 1 .",
        "has-table-row",
        "Only a TranslatedConstruct",
    ),
    "a study with a position": ("", "s:study\\/ward ikg:position 1 .", "has-position", "an OrganisingCategory"),
    "a link from nowhere": (
        "relation/claim/unseen/synthesises/translated/idleness> <https://w3id.org/ineq-kg/ontology#relationSubject>",
        "",
        "relation-subject",
        "starts from exactly one record",
    ),
    "a record of no synthesis": (
        "study/ward> <https://w3id.org/ineq-kg/ontology#inSynthesis>",
        "",
        "belonging",
        "belonging to that synthesis",
    ),
    "a record without an id": (
        "study/ward> <http://purl.org/dc/terms/identifier>",
        "",
        "identified",
        "exactly one `id`",
    ),
    "an id in capitals": (
        "study/ward> <http://purl.org/dc/terms/identifier>",
        's:study\\/ward dcterms:identifier "Study/Ward" .',
        "identified",
        "in lower case",
    ),
}


def by_pyrudof(data: str) -> set[Result]:
    session = pyrudof.Rudof(pyrudof.RudofConfig())
    session.read_shacl(shapes_text())
    session.read_data(data, format=pyrudof.RDFFormat.NTriples)
    return {
        (e.focus_node, e.path or "", e.source_shape or "", e.constraint_component) for e in session.validate_shacl()
    }


def by_pyshacl(data: str) -> set[Result]:
    graph = rdflib.Graph().parse(data=data, format="nt")
    shapes = rdflib.Graph().parse(data=shapes_text(), format="turtle")
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none")
    parts = (SH.focusNode, SH.resultPath, SH.sourceShape, SH.sourceConstraintComponent)
    return {
        tuple(str(report.value(result, part) or "") for part in parts)
        for result in report.subjects(RDF.type, SH.ValidationResult)
    }


def sown(fault: str) -> list[ox.Quad]:
    without, added, _, _ = FAULTS[fault]
    return graph(sound(), without=without, added=added)


def test_the_shapes_are_those_that_the_records_ask_for(tmp_path: Path) -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in shape_files() if path.name != BY_HAND}
    assert kept == documents(), "run: python -m ineq_kg.reason.shapes"
    (tmp_path / "gone.ttl").write_text("")
    (tmp_path / BY_HAND).write_text("# by hand\n")
    assert len(write_shapes(tmp_path)) == len(kept) + 1
    assert write_shapes(tmp_path) == []
    assert {path.name for path in tmp_path.iterdir()} == {*kept, BY_HAND}


def test_every_field_of_every_record_has_a_shape_that_its_class_is_held_to() -> None:
    shapes = rdflib.Graph().parse(data=shapes_text(), format="turtle")
    for cls in CLASSES.values():
        held = {
            shapes.value(shape, SH.path)
            for node in shapes.subjects(SH.targetClass, rdflib.URIRef(cls.rdf_type))
            for shape in shapes.objects(node, SH.property)
        }
        assert {rdflib.URIRef(field.term) for field in fields_of(cls)} <= held


def test_shapes_speak_of_terms_that_the_ontology_has() -> None:
    shapes = rdflib.Graph().parse(data=shapes_text(), format="turtle")
    used = {str(node) for triple in shapes for node in triple if str(node).startswith(IKG_NS)}
    assert used <= {getattr(IKG, name) for name in IKG.__annotations__}


def test_every_shape_with_a_constraint_has_a_message_and_a_severity() -> None:
    shapes = rdflib.Graph().parse(data=shapes_text(), format="turtle")
    for shape in shapes.subjects(RDF.type, SH.PropertyShape):
        rule = shape_rules()[str(shape).removeprefix(SHAPES)]
        assert rule.says.endswith(".")
        assert rule.mend


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_named_in_the_users_words(fault: str) -> None:
    _, _, rule, words = FAULTS[fault]
    (finding, *_) = [one for one in findings_in(sound(), sown(fault)) if one.rule.name == rule]
    assert words in finding.rule.says
    assert finding.document == str(SOUND)
    assert SOUND.read_text().splitlines()[(finding.line or 0) - 1].strip()


def test_a_finding_points_at_the_value_at_fault() -> None:
    added = "s:claim\\/unseen ikg:concerns s:study\\/ward ."
    found = findings_in(sound(), graph(sound(), added=added))
    (finding,) = [one for one in found if one.rule.name == "third-order-construct-concerns"]
    assert SOUND.read_text().splitlines()[(finding.line or 0) - 1] == "    concerns: [discourse/busyness]"
    assert finding.label == "That work is not seen"
    assert "study/ward" in finding.detail


@pytest.mark.parametrize("fault", FAULTS)
def test_both_engines_find_the_same_in_a_faulty_graph(fault: str) -> None:
    data = data_graph(sown(fault))
    found = by_pyrudof(data)
    assert found
    assert found == by_pyshacl(data)


@pytest.mark.parametrize("path", [SOUND, *CONSTRUCTED], ids=lambda path: path.stem)
def test_both_engines_find_nothing_in_a_sound_graph(path: Path) -> None:
    data = data_graph(write(read_synthesis(path).bundle))
    assert by_pyrudof(data) == by_pyshacl(data) == set()


def test_both_engines_find_nothing_in_the_founding_synthesis(founding: Loaded) -> None:
    data = data_graph(write(founding.bundle))
    assert by_pyrudof(data) == by_pyshacl(data) == set()


@given(bundles())
@settings(max_examples=15)
def test_what_the_mapper_writes_fits_the_shapes(bundle: Bundle) -> None:
    """Therefore a load of records need not ask the shapes again."""
    assert validate(write(bundle)) == []
