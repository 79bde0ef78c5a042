"""Small constructed syntheses: each says that it is one, loads, comes back as it was, and agrees with the ontology."""

from __future__ import annotations

from pathlib import Path

import pytest

from ineq_kg.app import App
from ineq_kg.errors import DocumentsRejected, ReasonerMissing
from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.ingest.records import Loaded, read_synthesis
from ineq_kg.reason.axioms import axioms
from ineq_kg.reason.closure import close, triples_of
from ineq_kg.reason.consistency import Verdict, classify, find_java
from ineq_kg.records import CLASSES
from ineq_kg.records.fields import fields_of
from ineq_kg.resources import resource
from ineq_kg.triples.mapper import read, write
from ineq_kg.triples.quads import ntriples
from ineq_kg.vocabulary import IKG, IKG_NS, RESOURCES
from places import ROOT

CONSTRUCTED = sorted((ROOT / "tests" / "syntheses").glob("*.yaml"))
constructed = pytest.mark.parametrize("path", CONSTRUCTED, ids=lambda path: path.stem)


def altered(path: Path, tmp_path: Path, old: str, new: str) -> Path:
    """Copy a constructed synthesis with one change."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    copy = tmp_path / path.name
    copy.write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


@constructed
def test_it_says_that_it_is_constructed_and_comes_back_as_it_was(path: Path) -> None:
    bundle = read_synthesis(path).bundle
    assert bundle.synthesis.label.startswith("Constructed for tests")
    assert bundle.synthesis.id == path.stem
    assert read(write(bundle)) == bundle


@constructed
def test_it_agrees_with_the_ontology(path: Path) -> None:
    try:
        find_java()
    except ReasonerMissing:
        pytest.skip("no Java on this machine (or: pip install 'ineq-kg[reasoner]')")
    ontology = read_ontology(resource("ontology")).serialize(format="nt", encoding="utf-8")
    bundle = read_synthesis(path).bundle
    assert classify([ontology, ntriples(list(write(bundle)))]) == Verdict(consistent=True)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> App:
    """An app on a store that holds all constructed syntheses."""
    app = App.open(tmp_path_factory.mktemp("constructed") / "store")
    app.load(CONSTRUCTED)
    return app


def asked(app: App, query: str) -> set[tuple[str, ...]]:
    """Return the rows of a query as text, IRIs of our resources as slugs."""
    return {
        tuple(str(value).removeprefix(RESOURCES).removeprefix(IKG_NS) for value in row) for row in app.table(query).rows
    }


def test_what_takes_a_synthesis_in_is_a_mega_ethnography(app: App) -> None:
    assert asked(app, "SELECT ?s WHERE { ?s a ikg:MegaEthnography }") == {("mega-ethnography",)}
    assert asked(app, "SELECT ?s WHERE { id:mega-ethnography ikg:includesSynthesis ?s }") == {
        ("mcmahon-2022",),
        ("refutational",),
    }


def test_an_alternative_line_is_one_from_both_sides(app: App) -> None:
    lines = {"refutational/argument/bargain", "refutational/argument/refusal"}
    both = asked(app, "SELECT ?a ?b WHERE { ?a ikg:alternativeTo ?b }")
    assert both == {(a, b) for a in lines for b in lines - {a}}


def test_what_does_not_fit_is_found_with_what_it_does_not_fit(app: App) -> None:
    query = "SELECT ?case ?how ?what WHERE { VALUES ?how { ikg:qualifies ikg:contradicts } ?case ?how ?what }"
    assert asked(app, query) == {
        ("refutational/study/shift", "contradicts", "refutational/translated/rest-is-earned"),
        ("refutational/second-order/rest-as-right", "qualifies", "refutational/claim/rest-is-bargained-for"),
    }


def test_the_questions_of_a_lens_come_in_order_with_their_answers(app: App) -> None:
    query = """SELECT ?position ?answer WHERE {
        ?step a ikg:WprQuestion ; ikg:position ?position ; ikg:answeredBy ?answer }"""
    assert asked(app, query) == {("1", "assessed/problematisation/late"), ("5", "assessed/effect/blame")}
    assert len(app.table("SELECT DISTINCT ?s WHERE { ?s a ikg:LensStep }")) == 13


def test_items_of_the_guidance_are_counted_by_phase(app: App) -> None:
    query = """SELECT ?phase (COUNT(DISTINCT ?item) AS ?n) WHERE {
        ?statement ikg:statesItem ?item . ?item ikg:itemPhase ?phase } GROUP BY ?phase"""
    expected = {"1": "4", "2": "4", "3": "2", "4": "2", "5": "2", "6": "2", "7": "3"}
    assert asked(app, query) == set(expected.items())


def test_every_class_and_field_is_used_by_some_synthesis(founding: Loaded) -> None:
    bundles = [founding.bundle, *(read_synthesis(path).bundle for path in CONSTRUCTED)]
    records = [record for bundle in bundles for record in bundle.records]
    kinds = {type(record) for record in records}
    # A source may leave open of which kind a translation, a discourse or a step is; ours never do.
    open_kinds = {"Translation", "Discourse"}
    assert {cls.__name__ for cls in CLASSES.values() if cls not in kinds} <= open_kinds
    filled = {(type(r).__name__, field.name) for r in records for field in fields_of(type(r)) if field.values(r)}
    ours = {
        "ScreeningFlow",
        "ExclusionTally",
        "ExcludedRecord",
        "CerqualAssessment",
        "ReadingComparison",
        "SubjectPosition",
    }
    wanted = {(name, field.name) for name in ours for field in fields_of(CLASSES[name])}
    assert {
        (name, field) for name, field in wanted - filled if field not in {"note", "definition", "evidence"}
    } == set()


def test_every_term_of_the_ontology_is_used_by_some_synthesis(founding: Loaded) -> None:
    """The founding synthesis, or one that says it is constructed, asserts it or has it follow."""
    used: set[str] = set()
    for bundle in (founding.bundle, *(read_synthesis(path).bundle for path in CONSTRUCTED)):
        for triple in close(triples_of(write(bundle)), axioms()):
            used |= {term for term in triple if isinstance(term, str)}
    # What the ontology says of its own individuals, such as the number of an item, comes with each of them.
    assert {getattr(IKG, name) for name in IKG.__annotations__} - used == set()


def test_a_count_of_none_is_not_an_absent_count() -> None:
    bundle = read(write(read_synthesis(ROOT / "tests" / "syntheses" / "screened.yaml").bundle))
    flow = bundle.by_id["flow/update"]
    tally = bundle.by_id["tally/children"]
    assert (flow.excluded_other, tally.other_excluded) == (0, None)


def test_a_unit_that_is_a_synthesis_is_named_by_its_iri() -> None:
    bundle = read_synthesis(ROOT / "tests" / "syntheses" / "mega-ethnography.yaml").bundle
    assert f"{RESOURCES}mcmahon-2022" in bundle.synthesis.includes_syntheses


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("screened", "duplicates: 80", "duplicates: -1", "greater than or equal to 0"),
        ("screened", "stage: FullTextAssessment", "stage: Lunch", "none of the values possible"),
        ("screened", "methods: [DatabaseSearching]", "methods: [Hearsay]", "none of the values possible"),
        ("assessed", "position: 7", "position: 8", "less than or equal to 7"),
        ("assessed", "item: EmergeItem19", "item: EmergeItem20", "none of the values possible"),
        ("assessed", "compares: [reading/first, reading/second]", "compares: [reading/first]", "at least 2"),
        ("assessed", "overall: CerqualLow", "overall: Low", "none of the values possible"),
        ("assessed", "findings: [claim/clock]", "findings: [effect/blame]", "is a DiscursiveEffect"),
        ("assessed", "records: [assessed]", "records: [study/none]", "names no record"),
        ("refutational", "within: cluster/hospital", "within: study/day", "is a Study"),
        ("mega-ethnography", "https://w3id.org/ineq-kg/id/refutational", "refutational", "not written as it should be"),
    ],
)
def test_what_no_record_can_be_is_refused(name: str, old: str, new: str, says: str, tmp_path: Path) -> None:
    path = ROOT / "tests" / "syntheses" / f"{name}.yaml"
    with pytest.raises(DocumentsRejected) as caught:
        read_synthesis(altered(path, tmp_path, old, new))
    assert says in str(caught.value)
