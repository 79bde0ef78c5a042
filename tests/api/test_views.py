"""Views over HTTP: an argument, its claims, what falls without some studies, citations, Markdown, and how much is sent."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from fastapi.testclient import TestClient

from addresses import FIXED, views
from ineq_kg import __version__
from ineq_kg.app import App
from ineq_kg.represent.formats import Format
from ineq_kg.represent.text import one_line

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ARGUMENT = "/argument/mcmahon-2022/argument/narrow-problematisation"
CLAIM = "mcmahon-2022/claim/practical-constraints"
MOST_BYTES = 100_000


@pytest.fixture(scope="module")
def claims(client: TestClient) -> list[str]:
    """The slugs of the steps of the founding argument, in order."""
    synthesis = client.get("/synthesis/mcmahon-2022?format=json").json()
    return [step["slug"] for step in synthesis["arguments"][0]["steps"]]


def first_load(client: TestClient, path: str) -> int:
    """Return the bytes of a page together with its style sheets."""
    page = client.get(path, headers=BROWSER)
    assert page.status_code == 200, path
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text)
    assert sheets
    return len(page.content) + sum(len(client.get(sheet).content) for sheet in sheets)


def test_no_page_is_more_than_a_hundred_kilobytes_with_its_style(client: TestClient, claims: list[str]) -> None:
    pages = [*views(), *FIXED, "/ontology", f"{ARGUMENT}?without=mcmahon-2022/study/mead", "/doc/mcmahon-2022.html"]
    pages += [f"/claim/{claim}" for claim in claims] + [f"{ARGUMENT}?open={claim}" for claim in claims[5:6]]
    assert {path: size for path in pages if (size := first_load(client, path)) > MOST_BYTES} == {}


def test_the_longest_page_is_less_than_that_as_it_is_sent(client: TestClient) -> None:
    """The whole documentation of the ontology, in one document."""
    page = client.get("/ontology/docs", headers={**BROWSER, "Accept-Encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    assert int(page.headers["content-length"]) < MOST_BYTES < len(page.content)


def test_every_word_under_the_argument_is_on_the_page_of_a_claim(
    loaded: App, client: TestClient, claims: list[str]
) -> None:
    pages = " ".join(unescape(client.get(f"/claim/{claim}", headers=BROWSER).text) for claim in claims)
    pages += unescape(client.get(ARGUMENT, headers=BROWSER).text)
    nodes = loaded.trace("mcmahon-2022/argument/narrow-problematisation").all
    assert sum(len(node.quotes) for node in nodes) > 300
    for node in nodes:
        assert node.label in pages
        for quote in node.quotes:
            assert one_line(quote) in pages


def test_what_falls_is_what_the_analysis_says(client: TestClient) -> None:
    study = "mcmahon-2022/study/mead"
    losses = client.get(f"{ARGUMENT}?format=json&without={study}").json()["losses"]
    rows = client.get(f"/queries/leave-out?study={study}&format=json").json()["results"]["bindings"]
    said = {
        "had no support": "unsupported",
        "loses nothing": "stands",
        "loses less than half of its studies": "weakened",
        "loses half or more of its studies": "halved",
        "loses every study": "falls",
    }
    assert len(rows) == len(losses)
    for row in rows:
        loss = losses[row["node"]["value"].removeprefix("https://w3id.org/ineq-kg/id/")]
        assert [loss[name] for name in ("outcome", "least", "worst")] == [
            said[row[name]["value"]] for name in ("outcome", "least", "worst")
        ]
        assert str(loss["left"]) == row["left"]["value"]


def test_what_hangs_on_a_doubtful_reading_alone_is_said_to_be_unsure(client: TestClient) -> None:
    losses = client.get(f"{ARGUMENT}?format=json&without=mcmahon-2022/study/mead").json()["losses"]
    unsure = [slug for slug, loss in losses.items() if loss["least"] != loss["worst"]]
    assert unsure
    whole = client.get(f"{ARGUMENT}?without=mcmahon-2022/study/mead", headers=BROWSER).text
    assert whole.count("Depending on what is real, it") == len(unsure)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("without=mcmahon-2022/study/nobody", "mcmahon-2022/study/nobody"),
        ("open=mcmahon-2022/claim/no-such", "mcmahon-2022/claim/no-such"),
    ],
)
def test_what_is_not_there_is_named(client: TestClient, asked: str, named: str) -> None:
    answer = client.get(f"{ARGUMENT}?{asked}")
    assert answer.status_code == 404
    assert named in answer.json()["detail"]
    assert answer.json()["mend"]


def test_the_permalink_names_the_version_that_is_shown(loaded: App, client: TestClient) -> None:
    page = client.get(f"{ARGUMENT}?without=mcmahon-2022/study/mead", headers=BROWSER)
    link = unescape(re.findall(r'<link rel="cite-as" href="([^"]+)"', page.text)[0])
    assert link == f"http://testserver{ARGUMENT}?without=mcmahon-2022/study/mead&at={loaded.snapshot().version}"
    assert client.get(link, headers=BROWSER).status_code == 200


def test_the_argument_as_markdown_has_every_word_and_doubt(loaded: App, client: TestClient) -> None:
    answer = client.get(f"{ARGUMENT}?format=md")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    # Without the backslashes that keep Markdown from reading the words as marks.
    plain = re.sub(r"\\([^\w\s])", r"\1", answer.text)
    for node in loaded.trace("mcmahon-2022/argument/narrow-problematisation").all:
        for quote in node.quotes:
            assert f"> “{one_line(quote)}”" in plain
    assert "## 7. Practical constraints further limit action on the wider determinants" in plain
    assert "**Doubtful: not to be read as fact.**" in plain
    assert "second reader reads" in plain
    assert f"?at={loaded.snapshot().version}>" in plain


def test_a_citation_says_what_the_records_say_in_each_format(loaded: App, client: TestClient) -> None:
    version = loaded.snapshot().version
    address = f"http://testserver/id/{CLAIM}?at={version}"
    title = "Practical constraints further limit action on the wider determinants"
    article = "What shapes local health system actors’ thinking and action on social inequalities in health? A meta-ethnography"
    by_type = {each: client.get(f"/cite/{CLAIM}", headers={"Accept": each.media_type}) for each in Format}
    for each in (Format.BIBTEX, Format.RIS, Format.CSL_JSON, Format.TEXT):
        assert by_type[each].headers["content-type"].partition(";")[0] == each.media_type

    record, source = json.loads(by_type[Format.CSL_JSON].text)
    assert (record["title"], record["URL"], record["version"]) == (title, address, version)
    assert record["publisher"] == f"ineq-kg {__version__}"
    assert record["note"].startswith("Claim 7 of the line of argument")
    assert "https://creativecommons.org/licenses/by/4.0/" in record["note"]
    assert (source["title"], source["DOI"]) == (article, "10.1057/s41285-022-00176-6")
    assert source["author"] == [{"literal": "N. E. McMahon"}]
    assert (source["type"], source["container-title"]) == ("article-journal", "Social Theory & Health")
    assert (source["volume"], source["issue"], source["issued"]) == ("21", "2", {"date-parts": [[2023]]})

    entries = parse_string(by_type[Format.BIBTEX].text).entries
    assert [entry["doi"] for entry in entries if "doi" in entry] == ["10.1057/s41285-022-00176-6"]
    assert (entries[0]["title"], entries[0]["url"]) == (f"{{{title}}}", address)
    assert entries[1].entry_type == "article"
    assert [entries[1][name] for name in ("journal", "volume", "number", "year")] == [
        "Social Theory \\& Health",
        "21",
        "2",
        "2023",
    ]

    data, paper = rispy.loads(by_type[Format.RIS].text)
    assert (data["type_of_reference"], data["title"], data["urls"]) == ("DATA", title, [address])
    assert (paper["type_of_reference"], paper["doi"]) == ("JOUR", "10.1057/s41285-022-00176-6")
    assert [paper[name] for name in ("secondary_title", "volume", "number", "year")] == [
        "Social Theory & Health",
        "21",
        "2",
        "2023",
    ]

    assert by_type[Format.TEXT].text.startswith(f"The ineq-kg authors (2026) “{title}”")
    assert "Social Theory & Health 21(2), 2023" in by_type[Format.TEXT].text


@pytest.mark.filterwarnings("ignore::UserWarning:citeproc")
def test_a_style_finds_in_the_citation_what_it_needs(client: TestClient) -> None:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

    (source,) = client.get(f"/cite/{CLAIM}?format=csl").json()[1:]
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON([source]), formatter.plain)
    bibliography.register(Citation([CitationItem(source["id"])]))
    text = " ".join("".join(map(str, bibliography.bibliography())).split())
    assert text.startswith("N. E. McMahon (2023) “What shapes local health system actors’ thinking and action")
    assert "Social Theory & Health, 21(2)" in text


@pytest.mark.parametrize(
    "slug",
    ["", "mcmahon-2022", "mcmahon-2022/argument/narrow-problematisation", "mcmahon-2022/translated/cinderella-area"],
)
def test_all_that_there_is_can_be_cited(loaded: App, client: TestClient, slug: str) -> None:
    record = client.get(f"/cite/{slug}?format=csl").json()[0]
    assert record["URL"].endswith(f"/{f'id/{slug}' if slug else ''}?at={loaded.snapshot().version}")


def test_a_title_with_marks_of_latex_is_read_back_whole(client: TestClient) -> None:
    from ineq_kg.represent.citation import Item, written

    title = r"50% of {curly} things_are #1 & cost $5 ~ \today ^ }"
    text = written([Item(id="a/b", type="dataset", title=title)], Format.BIBTEX)
    library = parse_string(text)
    assert library.failed_blocks == []
    inside = library.entries[0]["title"]
    assert inside.count("{") == inside.count("}")
    names = {
        "textbackslash": "\\",
        "textbraceleft": "{",
        "textbraceright": "}",
        "textasciitilde": "~",
        "textasciicircum": "^",
    }
    read = re.sub(r"\{\\(\w+)\}", lambda found: names[found[1]], inside[1:-1])
    assert re.sub(r"\\([#$%&_])", r"\1", read) == title


def test_the_first_page_shows_syntheses_a_page_at_a_time(client: TestClient) -> None:
    home = client.get("/?format=json").json()
    assert (home["total"], home["page"], home["pages"]) == (1, 1, 1)
    assert home["syntheses"][0]["made_of"] == "11 studies in 13 reports"
    beyond = client.get("/?page=2")
    assert beyond.status_code == 422
    assert beyond.json()["parameter"] == "page"


def test_what_is_wrong_is_a_page_for_a_browser_and_a_problem_for_a_program(client: TestClient) -> None:
    page = client.get("/claim/mcmahon-2022/claim/no-such", headers=BROWSER)
    assert page.status_code == 404
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "there is no claim &#39;mcmahon-2022/claim/no-such&#39;" in page.text
    data = client.get("/claim/mcmahon-2022/claim/no-such")
    assert data.headers["content-type"] == "application/problem+json"
    assert data.json()["title"] == "NotFound"
    wrong = client.get("/queries/trace?start=%3Cscript%3E", headers=BROWSER)
    assert "<script>" not in wrong.text
