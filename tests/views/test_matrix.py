"""The translation matrix as a page and as data."""

from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from asked import data, page
from ineq_kg.app import App
from ineq_kg_api import create_app
from wide import wide_synthesis

MATRIX = "/matrix/mcmahon-2022"


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder = tmp_path_factory.mktemp("wide")
    app = App.open(folder / "store")
    app.load([wide_synthesis(folder, studies=60, constructs=80, every=4)])
    return TestClient(create_app(app))


def cells(matrix: dict) -> dict[tuple[str, str], dict]:
    return {
        (construct["slug"], mark["study"]): mark
        for group in matrix["groups"]
        for construct in group["constructs"]
        for mark in construct["marks"]
    }


def test_the_cells_taken_are_those_of_the_query(client: TestClient) -> None:
    matrix = data(client, MATRIX)
    asked = client.get("/queries/translation-matrix", params={"synthesis": "mcmahon-2022"}).json()["results"][
        "bindings"
    ]
    base = "https://w3id.org/ineq-kg/id/"
    expected = {
        (row["translated"]["value"].removeprefix(base), row["study"]["value"].removeprefix(base)) for row in asked
    }
    taken = {place for place, mark in cells(matrix).items() if not mark["possible"]}
    assert taken == expected
    assert sum(study["cells"] for study in matrix["studies"]) == len(expected)


def test_doubt_is_kept_in_the_cells(client: TestClient) -> None:
    """Row 2 of Table 2 is 'LY': 4 is borne out by the text, 7 is read with medium confidence, and 3 is an alternative."""
    found = cells(data(client, MATRIX))
    row = "mcmahon-2022/translated/dichotomous-health-data"
    assert found[row, "mcmahon-2022/study/mead"]["confidence"] == "High"
    assert found[row, "mcmahon-2022/study/mead"]["stated"] is True
    assert found[row, "mcmahon-2022/study/pauly"]["confidence"] == "Medium"
    assert "LY" in found[row, "mcmahon-2022/study/pauly"]["notes"][0]
    assert found[row, "mcmahon-2022/study/mcintyre"]["possible"] is True


def test_the_matrix_is_grouped_as_printed_or_sorted(client: TestClient) -> None:
    printed = data(client, MATRIX)["groups"]
    assert [group["heading"] for group in printed][:3] == [
        "Individual sense-making",
        "Organisational influence",
        "External pressures",
    ]
    assert [construct["row"] for construct in printed[0]["constructs"]] == list(range(1, 10))
    by_studies = data(client, MATRIX, rows="studies", columns="weight")
    counts = [construct["studies"] for construct in by_studies["groups"][0]["constructs"]]
    assert counts == sorted(counts, reverse=True)
    weights = [study["cells"] for study in by_studies["studies"]]
    assert weights == sorted(weights, reverse=True)
    years = [study["year"] for study in data(client, MATRIX, columns="year")["studies"]]
    assert years == sorted(years)


def test_every_mark_leads_to_its_cell(client: TestClient) -> None:
    links = [unescape(link) for link in re.findall(r'<td class="[a-z]+"><a href="([^"]+)"', page(client, MATRIX))]
    assert len(links) == len(cells(data(client, MATRIX)))
    cell = page(client, MATRIX + links[0])
    assert "What of the study was translated" in cell or "allows for it" in cell


def test_a_cell_shows_the_words_and_both_readings(client: TestClient) -> None:
    asked = {"study": "mcmahon-2022/study/pauly", "construct": "mcmahon-2022/translated/dichotomous-health-data"}
    cell = data(client, MATRIX, **asked)["cell"]
    assert cell["state"] == "taken"
    assert cell["row"] == 2
    assert [(one["reader"], one["token"], one["confidence"]) for one in cell["readings"]] == [
        ("first reader", "LY", "Medium"),
        ("second reader", "LY", "High"),
    ]
    assert "4: Mead et al." in cell["readings"][1]["alternatives"]
    assert cell["constructs"][0]["particulars"]["basis"] == "ReadFromTable"
    assert cell["constructs"][0]["passages"][0]["quote"] == "LY"
    shown = page(client, MATRIX, **asked)
    for words in ("LY", "first reader", "second reader", "4: Mead et al.", "confidence: medium", "read from the table"):
        assert words in shown


def test_a_cell_that_is_sure_has_readings_too(client: TestClient) -> None:
    asked = {"study": "mcmahon-2022/study/babbel", "construct": "mcmahon-2022/translated/exposure"}
    cell = data(client, MATRIX, **asked)["cell"]
    assert [one["here"] for one in cell["readings"]] == [True, True]
    assert cell["agreement"]["same"] is True


@pytest.mark.parametrize(
    ("values", "status", "told"),
    [
        ({"study": "mcmahon-2022/study/babbel"}, 422, "construct"),
        ({"rows": "colour"}, 422, "rows"),
        ({"part": "0"}, 422, "part"),
        ({"study": "mcmahon-2022/study/nobody", "construct": "mcmahon-2022/translated/exposure"}, 404, "nobody"),
    ],
)
def test_what_cannot_be_shown_is_said(client: TestClient, values: dict[str, str], status: int, told: str) -> None:
    answer = client.get(MATRIX, params=values)
    assert answer.status_code == status
    assert told in answer.json()["detail"]


def test_no_such_synthesis(client: TestClient) -> None:
    assert client.get("/matrix/nobody-1999").status_code == 404


def test_a_large_matrix_comes_in_parts_that_are_pages(wide: TestClient) -> None:
    whole = data(wide, "/matrix/wide")
    rows = [construct["slug"] for group in whole["groups"] for construct in group["constructs"]]
    assert (len(rows), len(whole["studies"])) == (80, 60)
    shown: list[str] = []
    part, parts = 1, 1
    while part <= parts:
        text = page(wide, "/matrix/wide", part=part)
        parts = max([1, *map(int, re.findall(r"part=(\d+)", text))])
        shown += re.findall(r'<th scope="row" class="construct"><a href="/id/([^"]+)"', text)
        part += 1
    assert 1 < parts < 12
    assert shown == rows
