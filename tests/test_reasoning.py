"""What a load derives, refuses and can explain: at the command line and over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastapi.testclient import TestClient

from ineq_kg.app import App
from ineq_kg.triples.naming import inferred_graph_of
from places import FOUNDING, ROOT, Finished

Run = Callable[..., Finished]
ARGUMENT = "mcmahon-2022/argument/narrow-problematisation"
BABBEL = "mcmahon-2022/study/babbel"


def test_what_follows_is_in_a_graph_of_its_own(loaded: App) -> None:
    query = """SELECT ?graph (COUNT(*) AS ?n) WHERE { GRAPH ?graph { ?s ikg:contributesTo ?o } } GROUP BY ?graph"""
    ((graph, count),) = loaded.table(query).rows
    assert str(graph) == "https://w3id.org/ineq-kg/graph/mcmahon-2022/inferred"
    pairs = loaded.table(
        """SELECT DISTINCT ?s ?o WHERE { GRAPH graph:mcmahon-2022 {
            ?s ^ikg:constructOf/^ikg:translates/ikg:yields ?t . ?t (^ikg:synthesises/ikg:partOfArgument?)? ?o } }"""
    )
    assert int(str(count)) == len(pairs) > 50


def test_every_discourse_can_be_asked_for_by_its_superclass(loaded: App) -> None:
    narrow = loaded.table("SELECT DISTINCT ?d WHERE { ?d a ikg:OrganisationalDiscourse }")
    wide = loaded.table("SELECT DISTINCT ?d WHERE { ?d a ikg:Discourse }")
    assert 0 < len(narrow) < len(wide)


def test_loading_one_synthesis_derives_nothing_anew_of_another(tmp_path: Path) -> None:
    """What followed from the other is taken away past the software: only who looks at it again would put it back."""
    other = tmp_path / "other.yaml"
    other.write_text(
        """synthesis: [{id: other-2020, label: Other, includes: study/x}]
studies: [{id: study/x, label: X, reported_in: report/y}]
reports: [{id: report/y, label: Y}]
"""
    )
    app = App.open(tmp_path / "store")
    app.load([FOUNDING, other])
    left, changed = inferred_graph_of("mcmahon-2022"), inferred_graph_of("other-2020")
    assert len(app.snapshot().quads(left)) > 2000
    before = set(app.snapshot().quads(changed))
    assert before
    app.store.replace_graphs({left: []})
    other.write_text(other.read_text().replace("study/x", "study/z"))
    app.load([other])
    assert app.snapshot().quads(left) == []
    after = set(app.snapshot().quads(changed))
    assert {str(quad).replace("study/x", "study/z") for quad in before} == {str(quad) for quad in after}
    app.load([FOUNDING])
    assert len(app.snapshot().quads(left)) > 2000


def test_a_derivation_is_told_down_to_the_words(run: Run, loaded: App) -> None:
    result = run("explain", BABBEL, "contributesTo", ARGUMENT, "--store", loaded.store.directory)
    assert result.code == 0
    for words in (
        "because ‘contributes to’ then ‘part of argument’ makes ‘contributes to’",
        "‘construct of’ is ‘has construct’ the other way round",
        "[asserted; confidence: high]",
        "“",
    ):
        assert words in result.out
    again = run("explain", BABBEL, "contributesTo", ARGUMENT, "--store", loaded.store.directory)
    assert again.out == result.out


def test_a_derivation_is_only_as_sure_as_its_weakest_cell(loaded: App) -> None:
    rows = loaded.table(
        """SELECT ?study ?translated WHERE { GRAPH graph:mcmahon-2022 {
            ?second ikg:confidence ikg:Low ; ikg:constructOf ?study ; ^ikg:translates/ikg:yields ?translated .
            FILTER NOT EXISTS { ?other ikg:constructOf ?study ; ^ikg:translates/ikg:yields ?translated ;
                ikg:confidence ?sure FILTER(?sure != ikg:Low) } } }"""
    )
    assert len(rows) > 0
    for study, translated in rows.rows:
        step = loaded.explain(str(study), "contributesTo", str(translated))
        assert step.certainty == "low"


def test_what_was_asserted_and_what_does_not_follow(run: Run, loaded: App) -> None:
    store = ("--store", loaded.store.directory)
    assert "[asserted" in run("explain", BABBEL, "rdf:type", "Study", *store).out
    assert "[asserted" in run("explain", BABBEL, "skos:prefLabel", "Babbel et al. (2017)", *store).out
    missing = run("explain", BABBEL, "contributesTo", "mcmahon-2022/study/pauly", *store)
    assert missing.code == 3
    assert "does not follow" in missing.err


def test_every_inferred_triple_can_be_explained(loaded: App) -> None:
    rows = loaded.table(
        "SELECT ?s ?p ?o WHERE { GRAPH <https://w3id.org/ineq-kg/graph/mcmahon-2022/inferred> { ?s ?p ?o } } ORDER BY ?s ?p ?o"
    )
    for row in rows.rows[::97]:
        subject, predicate, obj = map(str, row)
        step = loaded.explain(subject, predicate, obj)
        assert not step.asserted
        leaves = [step]
        while any(not leaf.asserted for leaf in leaves):
            leaves = [inner for leaf in leaves for inner in (leaf.premises or (leaf,))]
        assert leaves


def test_what_syntheses_share_is_explained_as_well(run: Run, tmp_path: Path) -> None:
    """A report with a DOI is of no synthesis; a synthesis that another takes in may not be here itself."""
    app = App.open(tmp_path / "store")
    constructed = ("competency/overlapping", "competency/overlapped", "syntheses/mega-ethnography")
    app.load([ROOT / "tests" / f"{path}.yaml" for path in constructed])
    rows = app.table("SELECT DISTINCT ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } FILTER(STRENDS(STR(?g), '/inferred')) }")
    shared, elsewhere = 0, 0
    for subject, predicate, obj in (map(str, row) for row in rows.rows):
        step = app.explain(subject, predicate, obj)
        assert not step.asserted
        assert step.premises
        shared += "/id/report/doi/" in subject
        elsewhere += subject.endswith("/id/mcmahon-2022")
    assert (shared, elsewhere) == (3, 1)
    for study in ("overlapping/study/here", "overlapped/study/there"):
        told = run("explain", "report/doi/10.5555/shared", "reports", study, "--store", app.store.location)
        assert "‘reported in’ is ‘reports’ the other way round" in told.out


def test_a_slip_in_what_is_to_be_explained_is_named(run: Run, loaded: App) -> None:
    store = ("--store", loaded.store.directory)
    term = run("explain", BABBEL, "contributesToo", ARGUMENT, *store)
    assert (term.code, "has no term 'contributesToo'. Did you mean contributesTo" in term.err) == (3, True)
    node = run("explain", "mcmahon-2022/study/babel", "contributesTo", ARGUMENT, *store)
    assert (node.code, "Did you mean mcmahon-2022/study/babbel" in node.err) == (3, True)
    shared = run("explain", "report/doi/10.5555/none", "rdf:type", "Report", *store)
    assert (shared.code, "nothing is named" in shared.err) == (3, True)


def test_explanations_over_http(client: TestClient) -> None:
    params = {"subject": BABBEL, "predicate": "contributesTo", "object": ARGUMENT}
    told = client.get("/explain", params=params).json()
    assert told["rule"] == "prp-spo2"
    assert told["asserted"] is False
    assert told["certainty"] == "high"
    assert len(told["premises"]) == 2
    page = client.get("/explain", params=params, headers={"Accept": "text/html"})
    assert "Why this holds" in page.text
    assert client.get("/explain", params={**params, "object": "mcmahon-2022/study/pauly"}).status_code == 404
    missing = client.get("/explain", params={"subject": BABBEL})
    assert (missing.status_code, missing.json()["parameter"]) == (422, "predicate")
