"""A question's page: a form that fits its parameters, and that works and is safe without a script."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

import openpyxl
import pytest
import rdflib
from fastapi.testclient import TestClient

from ineq_kg.app import App
from ineq_kg_api import create_app

RESULT_SET = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
OWN = """\
#+ summary: Studies <b>chosen</b>
#+ question: Which studies are these?
#+ description: More than the question says.
#+ parameters:
#+   study: {type: iri, class: ikg:Study, description: A study, many: true}
#+   synthesis: {type: iri, class: ikg:Synthesis, description: The synthesis, required: true}
#+   label: {type: string, description: Its name, example: Babbel}
#+   position: {type: integer, description: A place}
#+   share: {type: decimal, description: A share}
#+   day: {type: date, description: A day}
#+   sure: {type: boolean, description: Whether it is sure}
#+   basis: {type: enum, description: A basis, values: [stated, read], many: true}
#+   order: {type: enum, description: An order, values: [first, third], default: first}
#+ columns:
#+   study: {label: The study, meaning: A study that was chosen}
#+   label: {label: Name, meaning: Its name}
#+ tags: [chosen]
#+ budget: 10
SELECT ?study ?label
WHERE {
  ?study a ikg:Study ; ikg:inSynthesis ?synthesis ; skos:prefLabel ?label .
  FILTER(true || BOUND(?position) || BOUND(?share) || BOUND(?day) || BOUND(?sure) || BOUND(?basis) || BOUND(?order))
}
ORDER BY ?label
"""


@dataclass
class Field:
    """A field of a form as a browser reads it."""

    tag: str
    attributes: dict[str, str | None]
    options: list[dict[str, str | None]] = field(default_factory=list)


class Page(HTMLParser):
    """Fields by name, in the order of the page; everything that would run a script or style by itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, list[Field]] = {}
        self.lists: dict[str, list[str | None]] = {}
        self.labels: set[str | None] = set()
        self.unsafe: list[str] = []
        self.open: Field | None = None
        self.list_open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.unsafe += [name for name in found if name.startswith("on") or name == "style"]
        # A script of the page's own would be in it; ours come from files beside, and the page is whole without them.
        if tag == "style" or (tag == "script" and not (found.get("src") or "").startswith("/static/ui/")):
            self.unsafe.append(tag)
        if tag == "main":
            self.fields.clear()
        if tag in {"input", "select"}:
            self.open = Field(tag, found)
            self.fields.setdefault(str(found["name"]), []).append(self.open)
        elif tag == "datalist":
            self.list_open = str(found["id"])
            self.lists[self.list_open] = []
        elif tag == "label":
            self.labels.add(found["for"])
        elif tag == "option" and self.list_open:
            self.lists[self.list_open].append(found["value"])
        elif tag == "option" and self.open is not None:
            self.open.options.append(found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "datalist":
            self.list_open = ""


@pytest.fixture(scope="module")
def own(loaded: App, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder = tmp_path_factory.mktemp("own")
    (folder / "chosen-studies.rq").write_text(OWN)
    return TestClient(create_app(App.open(loaded.store.directory, folder)), follow_redirects=False)


def page(client: TestClient, path: str, **values: object) -> Page:
    answer = client.get(path, params=values, headers=BROWSER)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    # What stands above the page's own text is the same on all.
    return Page(answer.text.partition("<main")[2])


def test_a_field_fits_its_type(own: TestClient) -> None:
    found = page(own, "/queries/chosen-studies").fields
    kinds = {name: [one.attributes.get("type", one.tag) for one in fields] for name, fields in found.items()}
    assert kinds == {
        "study": ["text"],
        "synthesis": ["text"],
        "label": ["text"],
        "position": ["number"],
        "share": ["number"],
        "day": ["date"],
        "sure": ["select"],
        "basis": ["select"],
        "order": ["select"],
    }
    assert found["share"][0].attributes["step"] == "any"
    assert "required" in found["synthesis"][0].attributes
    assert "required" not in found["label"][0].attributes
    assert found["label"][0].attributes["placeholder"] == "Babbel"
    assert "multiple" in found["basis"][0].attributes
    assert len(found["basis"][0].options) == 2
    assert len(found["order"][0].options) == 3  # and none of them
    assert len(found["sure"][0].options) == 3


HOSTILE = [
    *(
        "'",
        '"',
        "a>b",
        "\n",
        "\\u0022",
        "\\",
        "\x00",
        "\ufffe",
        "\u202e",
        "?s",
        "${x}",
        "%3E",
        "//x",
        "urn:x y",
        "http://[",
    ),
    *(
        '"@en } DROP ALL #',
        "mcmahon-2022> . } #",
        "} UNION { ?s ?p ?o",
        "mcmahon-2022/../x",
        "javascript:alert(1)",
        "_:b",
    ),
    # These look like an IRI of ours: by a Cyrillic o, another scheme, a slash too many.
    *("https://w3id.org/ineq-kg/id/mcmah\u043en-2022", "http://w3id.org/ineq-kg/id/mcmahon-2022", "mcmahon-2022/"),
    *("1e400", "NaN", "99999999999999999999999", "\u0663", "2020-02-30", "10000-01-01", "TRUE", "e n"),
    *("x" * 9_000, "x" * 20_000),
]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value)[1:30])
def test_every_value_is_one_or_a_clear_error(own: TestClient, value: str) -> None:
    """And as a value it narrows the answer or leaves it: nothing is in it that would not be there without."""
    path = "/queries/chosen-studies"
    whole = own.get(path, params={"synthesis": "mcmahon-2022"}).json()["results"]["bindings"]
    for name in re.findall(r"^#\+   (\w+): {type", OWN, re.MULTILINE):
        answer = own.get(path, params={"synthesis": "mcmahon-2022", name: value})
        if answer.status_code == 200:
            rows = answer.json()["results"]["bindings"]
            assert [row for row in rows if row not in whole] == []
            continue
        problem = answer.json()
        assert (answer.status_code, problem["title"], problem["parameter"]) == (422, "ParameterError", name)
        assert problem["detail"]
        assert problem["mend"]


def test_instances_of_the_class_are_offered(own: TestClient) -> None:
    shown = page(own, "/queries/chosen-studies")
    offered = shown.lists[str(shown.fields["study"][0].attributes["list"])]
    assert len(offered) == 11
    assert "mcmahon-2022/study/babbel" in offered
    assert shown.lists[str(shown.fields["synthesis"][0].attributes["list"])] == ["mcmahon-2022"]
    assert len(page(own, "/queries/constructs", synthesis="mcmahon-2022").lists["category-choices"]) == 3


def test_every_first_field_has_a_label_and_others_a_name(own: TestClient) -> None:
    shown = page(own, "/queries/chosen-studies", study=["mcmahon-2022/study/babbel", "mcmahon-2022/study/pauly"])
    for fields in shown.fields.values():
        assert fields[0].attributes["id"] in shown.labels
        assert all(one.attributes["aria-label"] for one in fields[1:])


def test_what_was_asked_stays_in_the_form_and_can_be_sent_again(own: TestClient) -> None:
    studies = ["mcmahon-2022/study/babbel", "mcmahon-2022/study/pauly"]
    asked = {"synthesis": "mcmahon-2022", "study": studies, "order": "third", "basis": "read", "day": "2026-01-31"}
    shown = page(own, "/queries/chosen-studies", **asked)
    assert [one.attributes["value"] for one in shown.fields["study"]] == [*studies, ""]
    selected = {
        name: ["selected" in option for option in shown.fields[name][0].options] for name in ("order", "basis", "sure")
    }
    assert selected == {"order": [False, False, True], "basis": [False, True], "sure": [False, False, False]}
    assert shown.fields["day"][0].attributes["value"] == "2026-01-31"
    # A browser sends every field, the empty ones too.
    sent = [
        (name, one.attributes["value"]) for name, fields in shown.fields.items() for one in fields if one.tag == "input"
    ]
    answer = own.get(f"/queries/chosen-studies?{urlencode(sent)}", headers=BROWSER)
    assert answer.status_code == 200
    assert "2 rows." in answer.text


def test_a_page_leads_to_the_same_answer_in_every_format(own: TestClient) -> None:
    answer = own.get("/queries/chosen-studies?synthesis=mcmahon-2022&study=mcmahon-2022/study/babbel", headers=BROWSER)
    links = {
        name: href.replace("&amp;", "&") for href, name in re.findall(r'<a href="(\?[^"]*)">([^<]*)</a>', answer.text)
    }
    assert {"CSV", "Excel", "Turtle"} <= set(links)
    assert len(own.get("/queries/chosen-studies" + links["CSV"]).text.splitlines()) == 2
    book = openpyxl.load_workbook(io.BytesIO(own.get("/queries/chosen-studies" + links["Excel"]).content))
    assert [cell.value for cell in book["Rows"][1]] == ["The study", "Name"]
    assert ["Parameter study", "mcmahon-2022/study/babbel"] in [
        [cell.value for cell in row][:2] for row in book["About"]
    ]
    turtle = rdflib.Graph().parse(data=own.get("/queries/chosen-studies" + links["Turtle"]).text)
    assert len(set(turtle.objects(None, RESULT_SET.solution))) == 1


def test_rows_come_a_part_at_a_time_with_links_to_the_others(own: TestClient) -> None:
    seen: list[str] = []
    path = "?synthesis=mcmahon-2022&limit=4"
    while path:
        answer = own.get("/queries/chosen-studies" + path, headers=BROWSER)
        assert "11 rows; here " in answer.text
        seen += re.findall(r"<tr><td><a href=\"([^\"]*)\"", answer.text)
        path = next(iter(re.findall(r'<a href="(\?[^"]*)">More</a>', answer.text)), "").replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 11


PATHS = ["/queries", "/queries/chosen-studies?synthesis=mcmahon-2022", "/queries/trace", "/queries/leave-out"]


@pytest.mark.parametrize("path", PATHS)
def test_no_page_needs_a_script_or_a_style_of_its_own(own: TestClient, path: str) -> None:
    assert page(own, path).unsafe == []


def test_what_a_file_says_is_text_and_not_markup(own: TestClient) -> None:
    for path in ("/queries", "/queries/chosen-studies"):
        text = own.get(path, headers=BROWSER).text
        assert "<b>chosen" not in text
        assert "&lt;b&gt;chosen" in text
    assert "More than the question says." in text
    assert "A study that was chosen" in text


def test_queries_are_listed_by_tag_beside_ours(own: TestClient) -> None:
    text = own.get("/queries", headers=BROWSER).text
    assert "<h2>chosen</h2>" in text
    assert '<a href="/queries/trace">' in text
    assert {"trace", "chosen-studies"} <= {one["name"] for one in own.get("/queries").json()}
