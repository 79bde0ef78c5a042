"""304 where nothing changed, and never where something did: by tag and by date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from ineq_kg.app import App
from ineq_kg.store import embedded
from ineq_kg_api import create_app
from places import FOUNDING

WHY = "subject=mcmahon-2022/study/babbel&predicate=contributesTo&object=mcmahon-2022/argument/narrow-problematisation"
PATHS = (
    "/",
    "/queries?format=html",
    "/queries/syntheses",
    "/doc/mcmahon-2022.ttl",
    "/sparql?query=ASK{}",
    f"/explain?{WHY}",
    f"/explain?{WHY}&format=html",
)
# What no commit changes.
LASTING = (
    "/queries",
    "/queries.ttl",
    "/ontology",
    "/ontology/components/study",
    "/context.jsonld",
    "/static/ineq-kg.css",
)
# Of what is, and not of what is known: whether the process lives, and can answer.
OF_THE_MOMENT = {"/healthz", "/readyz"}
# For what a route needs and gives no example of.
NAMES = {"slug": "mcmahon-2022", "folder": "components", "name": "study", "version": "0.1.0"}
GRAPH = "https://w3id.org/ineq-kg/graph/mcmahon-2022"


class Clock:
    """The two clocks of a machine that may be set: the store's and the server's are one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from ineq_kg_api import responses, server

        self.at = datetime(2026, 5, 1, 12, 0, 0, 200_000, tzinfo=UTC)
        clock = self

        class Told(datetime):
            @classmethod
            def now(cls, tz=None):
                return clock.at

        for module in (embedded, responses, server):
            monkeypatch.setattr(module, "datetime", Told)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def app(clock: Clock, tmp_path: Path) -> App:
    app = App.open(tmp_path / "store")
    app.load([FOUNDING])
    return app


@pytest.fixture
def client(app: App) -> TestClient:
    return TestClient(create_app(app), follow_redirects=False)


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_sent_twice_until_something_changes(app: App, client: TestClient, clock: Clock, path: str) -> None:
    clock.at += timedelta(minutes=1)
    first = client.get(path)
    by_tag = {"If-None-Match": first.headers["ETag"]}
    by_date = {"If-Modified-Since": first.headers["Last-Modified"]}
    for headers in (by_tag, by_date):
        again = client.get(path, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        # A browser looks here whether a page of another origin may have it; the rest it has already (RFC 9110, 15.4.5).
        assert again.headers["Access-Control-Allow-Origin"] == "*"
        assert "Content-Security-Policy" in first.headers
        assert "Content-Security-Policy" not in again.headers
    assert client.get(path, headers={**by_date, "If-None-Match": '"another"'}).status_code == 200
    app.store.replace_graphs({})
    for headers in (by_tag, by_date):
        assert client.get(path, headers=headers).status_code == 200


def test_two_commits_in_one_second_are_told_apart(app: App, client: TestClient, clock: Clock) -> None:
    assert "Last-Modified" not in client.get("/queries/syntheses").headers
    clock.at += timedelta(milliseconds=400)
    app.store.replace_graphs({})
    now = format_datetime(clock.at, usegmt=True)
    assert client.get("/queries/syntheses", headers={"If-Modified-Since": now}).status_code == 200


@pytest.mark.parametrize("back", [timedelta(milliseconds=100), timedelta(hours=1), timedelta(days=400)])
def test_a_clock_set_back_makes_nothing_stale(app: App, client: TestClient, clock: Clock, back: timedelta) -> None:
    clock.at += timedelta(minutes=1)
    app.store.replace_graphs({})
    clock.at += timedelta(minutes=1)
    seen = client.get("/queries/syntheses").headers["Last-Modified"]
    clock.at -= timedelta(minutes=1) + back
    app.store.replace_graphs({})
    times = [entry.at for entry in app.store.entries()]
    assert times == sorted(set(times))
    for later in (timedelta(), timedelta(seconds=3), back + timedelta(minutes=2)):
        clock.at += later
        answer = client.get("/queries/syntheses", headers={"If-Modified-Since": seen})
        assert answer.status_code == 200
    assert parsedate_to_datetime(answer.headers["Last-Modified"]) > parsedate_to_datetime(seen)


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Foo 2026", "Fri, 01 May 2026 12:00:00 -0000", "0" * 9999])
def test_a_date_that_is_none_is_passed_over(client: TestClient, date: str) -> None:
    assert client.get("/queries/syntheses", headers={"If-Modified-Since": date}).status_code == 200


@pytest.mark.parametrize("path", LASTING)
def test_what_no_commit_changes_is_not_sent_again_after_one(app: App, client: TestClient, path: str) -> None:
    first = client.get(path)
    app.store.replace_graphs({})
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_journal_is_sent_again_when_it_is_longer(app: App, client: TestClient) -> None:
    for path in ("/versions", "/versions?format=ttl", f"/versions/{app.store.version}"):
        tag = {"If-None-Match": client.get(path).headers["ETag"]}
        assert client.get(path, headers=tag).status_code == 304
    first = client.get("/versions")
    app.store.replace_graphs({})
    assert client.get("/versions", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def _paths(description: dict[str, Any], version: str) -> Iterator[str]:
    """Yield a URL for every route that is described and can be read, with its own examples of what it needs."""
    for template, operations in description["paths"].items():
        # What becomes of documents that were sent in changes from one second to the next, and is kept by nobody.
        if "get" not in operations or template.startswith("/upload"):
            continue
        parameters = operations["get"].get("parameters", [])
        needed = [one for one in parameters if one["in"] == "query" and one.get("required")]
        named = {one["name"]: one["example"] for one in parameters if one["in"] == "path" and "example" in one}
        given = []
        for one in needed:
            example = one.get("example") or one["schema"].get("examples", [None])[0] or one["examples"]["0"]["value"]
            given += [(one["name"], value) for value in (example if isinstance(example, list) else [example])]
        given += [("graph", GRAPH)] if template == "/graph-store" else []
        names = NAMES | named | ({"version": version} if template.startswith("/versions") else {})
        yield f"{template.format(**names)}?{urlencode(given)}"


def test_every_answer_has_a_tag_and_is_sent_once(app: App, client: TestClient) -> None:
    asked = 0
    for path in _paths(client.get("/openapi.json").json(), str(app.store.version)):
        answer = client.get(path)
        if answer.status_code == 303:
            answer = client.get(answer.headers["location"])
        assert answer.status_code == 200, path
        if path.partition("?")[0] in OF_THE_MOMENT:
            continue
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]}, follow_redirects=True)
        assert (again.status_code, again.content) == (304, b""), path
        asked += 1
    assert asked > 40
