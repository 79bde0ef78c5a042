"""The pages of studies, reports, constructs, discourses, relations and passages."""

from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from asked import page
from ineq_kg.represent.views.wording import INVERSES, reads
from ineq_kg.vocabulary import IKG

DOC = "/doc/mcmahon-2022"


def test_the_page_of_a_study(client: TestClient) -> None:
    shown = page(client, f"{DOC}/study/blackman.html")
    assert "<b>Study</b>" in shown
    for words in ("Great Britain", "2009; 2012", "between 2006 and 2010", "took shape within local health systems"):
        assert words in shown
    assert re.search(r"Professional group</dt><dd><span class=\"absent\">not given", shown)
    assert "The earliest studies were conducted in Great Britain" in shown
    assert "/matrix/mcmahon-2022?study=mcmahon-2022/study/blackman&amp;construct=mcmahon-2022/translated/" in shown
    assert "Popular understandings of health shaped and reinforced by media" in shown
    assert "loses every study" in shown
    assert "predicate=contributesTo" in shown


def test_what_a_study_carries_is_what_leaving_it_out_tells(client: TestClient) -> None:
    asked = {"study": "mcmahon-2022/study/blackman"}
    lost = client.get("/queries/leave-out", params=asked).json()["results"]["bindings"]
    falling = {row["label"]["value"] for row in lost if row["worst"]["value"] == "loses every study"}
    shown = unescape(page(client, f"{DOC}/study/blackman.html"))
    assert falling
    assert all(label in shown for label in falling)


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        (
            "translated/exposure",
            ["Translated construct</b>, row 7", "Babbel et al. (2017)", "is yielded by", "What rests on it"],
        ),
        ("claim/predominant-perspective", ["Third-order construct</b>, step 1", "synthesises", "is a step of"]),
        (
            "second-order/babbel-exposure",
            ["Second-order construct", "is a construct of", "is cited from", "What rests on it"],
        ),
        ("discourse/labelling", ["Organisational discourse", "reinforces", "is attested by", "Discourse map"]),
        ("actors/general-practitioners", ["Actor group", "holds", "is spoken of in"]),
        ("category/individual-sense-making", ["Organising category", "is the heading of", "low"]),
        ("report/babbel-2017", ["Report", "2017", "reports", "What rests on it"]),
        ("reading/t2-01-first", ["Table reading", "IS¢", "is a reading of"]),
    ],
)
def test_each_kind_of_record_has_a_page_for_people(client: TestClient, slug: str, words: list[str]) -> None:
    shown = unescape(page(client, f"{DOC}/{slug}.html"))
    for one in words:
        assert one in shown, one
    assert "text/turtle" not in shown
    assert f"{DOC}/{slug}.ttl" in shown
    assert "All statements about it" in shown


def test_a_relation_says_why_it_is_recorded(client: TestClient) -> None:
    shown = page(client, f"{DOC}/relation/discourse/labelling/alignsWith/discourse/individualistic.html")
    assert ">Labelling of populations aligns with Individualistic discourse</h1>" in shown
    assert "inferred by the curators" in shown
    assert "the text does not pair the two" in shown
    assert "promote a focus on individuals" in shown


def test_a_passage_leads_to_all_it_is_evidence_of(client: TestClient) -> None:
    shown = page(client, f"{DOC}/span/push-against.html")
    assert "norms, and mandates to promote new ways of thinking and working" in shown
    for target in ("translated/leaders-push-against", "claim/leaders-push-back", "relation/claim/leaders-push-back"):
        assert f'href="/id/mcmahon-2022/{target}' in shown


def test_people_see_names_and_not_addresses(client: TestClient) -> None:
    shown = page(client, f"{DOC}/discourse/labelling.html")
    statements = shown[shown.index("All statements about it") :]
    assert ">Mead et al. (2020)</a>" in statements
    assert ">attested by</a>" in statements
    assert ">id:mcmahon-2022/study" not in statements


def test_a_report_that_two_syntheses_share_names_both(several: TestClient) -> None:
    shown = page(several, "/doc/report/doi/10.5555/both.html")
    assert "how drivers speak of queues" in shown
    assert "how clerks speak of drivers" in shown
    study = page(several, "/doc/taken-here/study/dock.html")
    assert "/compare?synthesis=taken-here&amp;synthesis=taken-there" in study


def test_a_synthesis_leads_to_its_pages(client: TestClient) -> None:
    shown = page(client, f"{DOC}.html")
    for name in ("synthesis", "matrix", "discourses", "flow", "emerge", "confidence"):
        assert f'href="/{name}/mcmahon-2022"' in shown


def test_a_record_is_cited_and_linked_to_for_good(client: TestClient) -> None:
    for slug in ("study/blackman", "translated/exposure", "discourse/labelling", "reading/t2-01-first", ""):
        shown = page(client, f"{DOC}{'/' if slug else ''}{slug}.html")
        (permalink,) = re.findall(r'<a href="([^"]+)" rel="bookmark">Permalink</a>', shown)
        assert client.get(permalink, headers={"Accept": "text/html"}).headers["location"].partition("?at=")[2]
        for cite in re.findall(r'<a href="([^"]+)">Cite</a>', shown):
            assert client.get(cite).status_code == 200
        assert "Cite</a>" in shown


def test_relations_read_from_either_end() -> None:
    assert reads("shapedBy", "", towards=False) == "is shaped by"
    assert reads("shapedBy", "", towards=True) == "shapes"
    assert set(INVERSES) <= set(IKG.__annotations__)
    assert set(INVERSES.values()) <= set(IKG.__annotations__)
