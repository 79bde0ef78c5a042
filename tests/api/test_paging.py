"""Pages of an answer: every row once, in one order, of one version, whatever is committed while someone walks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from ineq_kg.app import App
from ineq_kg.queries.paging import MAX_ROWS, Cursor
from ineq_kg.store.retention import KEEP
from ineq_kg_api import create_app
from places import FOUNDING, ROOT

WALKED = "/queries/translation-matrix?synthesis=mcmahon-2022"
OTHER = ROOT / "tests" / "syntheses" / "refutational.yaml"


def rows(response: Any) -> list[Any]:
    assert response.status_code == 200, response.text
    return response.json()["results"]["bindings"]


def walk(client: TestClient, url: str) -> Iterator[Any]:
    """Every page from this one on, by the links alone."""
    while True:
        response = client.get(url)
        yield response
        if "next" not in response.links:
            return
        url = response.links["next"]["url"]


@pytest.fixture
def own(tmp_path: Path) -> tuple[App, TestClient]:
    """An app on a store of the test's own."""
    app = App.open(tmp_path / "store")
    app.load([FOUNDING])
    return app, TestClient(create_app(app), follow_redirects=False)


@settings(max_examples=12)
@given(st.integers(1, 200))
def test_walking_all_pages_gives_the_whole_answer(client: TestClient, limit: int) -> None:
    whole = rows(client.get(WALKED))
    pages = list(walk(client, f"{WALKED}&limit={limit}"))
    assert [row for page in pages for row in rows(page)] == whole
    assert {page.headers["X-Total-Count"] for page in pages} == {str(len(whole))}
    assert len({page.headers["ETag"] for page in pages}) == 1
    assert all(rows(page) for page in pages)
    for page in pages:
        assert rows(client.get(page.links["first"]["url"])) == rows(pages[0])
        assert rows(client.get(page.links["last"]["url"])) == rows(pages[-1])
    for before, page in pairwise(pages):
        assert rows(client.get(page.links["prev"]["url"])) == rows(before)
    assert "prev" not in pages[0].links


def test_commits_in_between_change_nothing_for_who_is_walking(own: tuple[App, TestClient]) -> None:
    app, client = own
    url = "/queries/syntheses?limit=1"
    app.load([OTHER])
    whole = rows(client.get("/queries/syntheses"))
    first = client.get(url)
    app.load([ROOT / "tests" / "syntheses" / "screened.yaml"])
    assert len(rows(client.get("/queries/syntheses"))) == len(whole) + 1
    seen = [*rows(first), *(row for page in walk(client, first.links["next"]["url"]) for row in rows(page))]
    assert seen == whole
    assert len(whole) == 2


def test_a_version_is_answered_from_as_long_as_it_is_kept(own: tuple[App, TestClient]) -> None:
    app, client = own
    paths = (
        "/?format=json",
        "/doc/mcmahon-2022.ttl",
        "/queries/syntheses?format=csv",
        "/queries/trace?start=mcmahon-2022/study/babbel",
    )
    before = {path: client.get(path).content for path in paths}
    version = app.snapshot().version
    app.load([OTHER])
    for path, body in before.items():
        assert client.get(f"{path}{'&' if '?' in path else '?'}at={version}").content == body
    assert client.get("/queries/syntheses?format=csv").content != before["/queries/syntheses?format=csv"]
    assert client.get(f"/doc/refutational.ttl?at={version}").status_code == 404
    assert client.get("/doc/refutational.ttl").status_code == 200
    moved = client.get(f"/id/mcmahon-2022?at={version}", headers={"Accept": "text/turtle"})
    assert client.get(moved.headers["location"]).content == before["/doc/mcmahon-2022.ttl"]


def test_a_cursor_to_a_version_that_is_gone_says_so(own: tuple[App, TestClient]) -> None:
    app, client = own
    following = client.get(f"{WALKED}&limit=7").links["next"]["url"]
    for _ in range(KEEP + 1):
        app.store.replace_graphs({})
        client.get("/queries/syntheses")
    answer = client.get(following)
    assert answer.status_code == 410
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["mend"].startswith("Kept: ")


@pytest.mark.parametrize("at", ["000001-00000000", "999999-00000000", "../../etc", "x", "a\x00b", "9" * 5000])
def test_a_version_that_never_was_is_no_version(client: TestClient, at: str) -> None:
    assert client.get("/queries/syntheses", params={"at": at}).status_code == 410


@given(st.text() | st.binary().map(lambda junk: Cursor(str(junk), "x", 3, "y")).map(str))
def test_no_cursor_but_ours_is_taken(client: TestClient, text: str) -> None:
    answer = client.get(f"{WALKED}&limit=5&cursor={quote(text)}")
    assert answer.status_code in ({410, 422} if text else {200})


def test_a_cursor_is_of_one_question_and_its_values(client: TestClient) -> None:
    cursor = client.get(f"{WALKED}&limit=5").links["next"]["url"].rpartition("cursor=")[2]
    assert client.get(f"{WALKED}&limit=5&cursor={cursor}").status_code == 200
    assert client.get(f"{WALKED}&limit=9&cursor={cursor}").status_code == 200
    for url in ("/queries/studies?synthesis=mcmahon-2022", "/queries/translation-matrix?synthesis=refutational"):
        answer = client.get(f"{url}&limit=5&cursor={cursor}")
        assert answer.status_code == 422
        assert answer.json()["mend"]


@pytest.mark.parametrize("limit", ["0", "-1", "x", "", "1.5", str(MAX_ROWS + 1), "٣", "9" * 50])
def test_a_limit_is_a_number_of_rows(client: TestClient, limit: str) -> None:
    answer = client.get(f"{WALKED}&limit={quote(limit)}")
    assert (answer.status_code, answer.json()["parameter"]) == (422, "limit")
