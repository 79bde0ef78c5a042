"""304 where nothing changed, and never where something did: by tag and by date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ineq_kg.app import App
from ineq_kg.store import embedded
from ineq_kg_api import create_app
from places import FOUNDING

PATHS = ("/", "/queries?format=html", "/queries/syntheses", "/doc/mcmahon-2022.ttl", "/sparql?query=ASK{}")


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
