"""Answers that are kept: the same as without, never stale, only what may be kept, never more than there is room for."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from editing import token_for
from ineq_kg.app import App
from ineq_kg.operating import LIBRARY, Operating
from ineq_kg_api import create_app
from ineq_kg_api.shelf import Shelf, directory_for_a_while
from places import FOUNDING
from running import SOON, service

MIB = 1024 * 1024
ARGUMENT = "mcmahon-2022/argument/narrow-problematisation"
TRACE = f"/queries/trace?start={ARGUMENT}"
RELATIVE = "/sparql?query=SELECT (<x> AS ?x) {}"


class Counted(Shelf):
    """A shelf that counts what is found, and what is put."""

    found = 0
    puts = 0

    def get(self, key: bytes) -> bytes | None:
        value = super().get(key)
        self.found += value is not None
        return value

    def put(self, *pairs: tuple[bytes, bytes]) -> None:
        self.puts += len(pairs)
        super().put(*pairs)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = App.open(tmp_path_factory.mktemp("kept") / "store")
    app.load([FOUNDING])
    yield app
    app.pool.stop()


@pytest.fixture(autouse=True)
def nothing_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy this machine is, what is asked for once is not kept for having taken long."""
    monkeypatch.setattr("ineq_kg_api.kept.SLOW", SOON)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Counted]:
    shelf = Counted(tmp_path, 8 * MIB)
    yield shelf
    shelf.close()


def client_of(app: App, shelf: Shelf | None, operating: Operating = LIBRARY) -> TestClient:
    """A client of a service that has run for long enough to say when its answers were modified."""
    long_ago = datetime.now(UTC) - timedelta(days=1)
    # The store was made a moment ago: what was committed within two seconds says no time.
    app.store.snapshot().committed = long_ago
    return TestClient(create_app(app, operating=operating, started=long_ago, shelf=shelf), follow_redirects=False)


@pytest.fixture
def kept(app: App, shelf: Counted) -> TestClient:
    return client_of(app, shelf)


@pytest.fixture
def plain(app: App) -> TestClient:
    return client_of(app, None)


def told(answer: Response) -> dict[str, str]:
    """Return the headers of an answer, but for the name of the request."""
    return {name: value for name, value in answer.headers.items() if name != "x-request-id"}


def twice(client: TestClient, path: str, headers: dict[str, str] | None = None) -> Response:
    """Ask the same twice, after which the answer is kept; return it."""
    client.get(path, headers=headers)
    return client.get(path, headers=headers)


def same(one: Response, other: Response) -> bool:
    return (one.status_code, told(one), one.content) == (other.status_code, told(other), other.content)


@pytest.mark.parametrize(
    "path",
    [
        TRACE,
        f"{TRACE}&format=csv",
        f"{TRACE}&limit=7",
        "/queries/contribution?synthesis=mcmahon-2022&format=html",
        "/",
        f"/doc/{ARGUMENT}.ttl",
        "/sparql?query=ASK { ?s ?p ?o }",
    ],
)
def test_what_is_kept_is_what_would_be_answered(path: str, kept: TestClient, plain: TestClient, shelf: Counted) -> None:
    answer = plain.get(path)
    assert answer.status_code == 200
    assert same(kept.get(path), answer)
    assert (shelf.found, shelf.puts) == (0, 0)
    assert same(kept.get(path), answer)
    assert (shelf.found, shelf.puts) == (0, 2)
    assert same(kept.get(path), answer)
    assert (shelf.found, shelf.puts) == (2, 2)
    for name, value in {
        "If-None-Match": answer.headers["etag"],
        "if-none-match": f'"other", W/{answer.headers["etag"]}',
        "If-Modified-Since": answer.headers["last-modified"],
    }.items():
        known = kept.get(path, headers={name: value})
        assert known.status_code == 304
        assert same(known, plain.get(path, headers={name: value}))
    assert shelf.found == 5  # a 304 needs no bytes
    for stale in ({"If-None-Match": '"other"'}, {"If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}):
        assert same(kept.get(path, headers=stale), answer)
    head = kept.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert told(head) == told(answer)


def test_who_has_an_answer_already_lets_it_be_kept_all_the_same(
    kept: TestClient, plain: TestClient, shelf: Counted
) -> None:
    for headers in ({}, {"Accept-Encoding": "identity"}):
        tag = plain.get(TRACE, headers=headers).headers["etag"]
        conditional = {**headers, "If-None-Match": tag}
        known = plain.get(TRACE, headers=conditional)
        assert known.status_code == 304
        found, puts = shelf.found, shelf.puts
        for _ in range(3):  # made as a 304, made whole and kept, given as what is kept
            assert same(kept.get(TRACE, headers=conditional), known)
        assert (shelf.found - found, shelf.puts - puts) == (1, 2)
        stale = kept.get(f"{TRACE}&format=csv", headers={**headers, "If-None-Match": '"other"'})
        for _ in range(3):
            assert same(kept.get(f"{TRACE}&format=csv", headers={**headers, "If-None-Match": '"other"'}), stale)
        assert stale.status_code == 200


def test_what_took_long_to_make_is_kept_at_once(
    kept: TestClient, shelf: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ineq_kg_api.kept.SLOW", 0.0)
    answer = kept.get(TRACE)
    assert (shelf.found, shelf.puts) == (0, 2)
    assert same(kept.get(TRACE), answer)
    assert shelf.found == 2


def test_requests_that_mean_the_same_share_the_bytes(kept: TestClient, shelf: Counted) -> None:
    kept.headers["Accept-Encoding"] = "identity"
    one = twice(kept, f"{TRACE}&format=json")
    size = shelf.size()
    assert size > len(one.content)
    for other in (
        f"/queries/trace?format=json&start={ARGUMENT}",
        f"/queries/trace?format=json&start={ARGUMENT.replace('/', '%2F')}",
    ):
        assert twice(kept, other).content == one.content
    assert twice(kept, f"{TRACE}&format=json", headers={"Accept": "application/json"}).content == one.content
    assert shelf.puts == 8
    assert shelf.size() - size < len(one.content)


def test_formats_are_kept_apart(kept: TestClient) -> None:
    for _ in range(3):
        assert kept.get(TRACE, headers={"Accept": "text/csv"}).headers["content-type"].startswith("text/csv")
        assert kept.get(TRACE, headers={"Accept": "text/html"}).headers["content-type"].startswith("text/html")
        assert kept.get(TRACE).json()["head"]["vars"][0] == "parent"


def test_what_is_compressed_is_kept_so(kept: TestClient, plain: TestClient, shelf: Counted) -> None:
    sizes = []
    for encoding in ("gzip", "identity", "gzip;q=0, *"):
        told_so = {"Accept-Encoding": encoding}
        answer = plain.get(TRACE, headers=told_so)
        for _ in range(4):
            assert same(kept.get(TRACE, headers=told_so), answer)
        sizes.append(int(answer.headers["content-length"]))
    assert sizes[0] < sizes[1] == sizes[2]
    assert (shelf.found, shelf.puts) == (16, 4)


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_what_is_kept_is_logged_under_the_route_that_made_it(
    app: App, shelf: Counted, encoding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = client_of(app, shelf, replace(LIBRARY, log="json"))
    for _ in range(3):
        kept.get(TRACE, headers={"Accept-Encoding": encoding})
    assert (shelf.found, shelf.puts) == (2, 2)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["route"], line["query"]) for line in lines] == [("/queries/{name}", "trace")] * 3


def test_a_commit_is_answered_anew(shelf: Counted, tmp_path: Path) -> None:
    app = App.open(tmp_path / "store")
    app.load([FOUNDING])
    kept = client_of(app, shelf)
    count = "/sparql?query=SELECT (COUNT(*) AS ?n) { GRAPH <https://example.org/g> { ?s ?p ?o } }&format=csv"
    assert [kept.get(count).text.split()[1] for _ in range(3)] == ["0", "0", "0"]
    assert shelf.found == 2
    triple = "<https://example.org/s> <https://example.org/p> 1"
    done = kept.post(
        "/sparql",
        content=f"INSERT DATA {{ GRAPH <https://example.org/g> {{ {triple} }} }}",
        headers={"Authorization": f"Bearer {token_for(app)}", "Content-Type": "application/sparql-update"},
    )
    assert done.status_code in {200, 204}
    assert [kept.get(count).text.split()[1] for _ in range(3)] == ["1", "1", "1"]
    app.pool.stop()


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (TRACE, {"Cache-Control": "no-store"}),
        (TRACE, {"Authorization": "Bearer x"}),
        ("/queries/trace", {}),
        ("/queries/nothing", {}),
        ("/sparql?query=SELECT", {}),
        ("/sparql?query=ASK {}&timeout=0", {}),
        ("/versions", {}),
        ("/ontology", {}),
        ("/queries.ttl", {}),
        ("/healthz", {}),
        (f"/id/{ARGUMENT}", {}),
    ],
)
def test_what_may_not_be_kept_is_not(path: str, headers: dict[str, str], kept: TestClient, shelf: Counted) -> None:
    first = kept.get(path, headers=headers)
    for _ in range(2):
        assert same(kept.get(path, headers=headers), first)
    assert (shelf.found, shelf.puts) == (0, 0)


def test_what_depends_on_the_host_is_kept_for_that_host(kept: TestClient) -> None:
    for host in ("one.example", "two.example") * 3:
        assert f"http://{host}/x" in kept.get(RELATIVE, headers={"Host": host}).text


def test_nobody_can_put_an_answer_in_the_place_of_another(kept: TestClient, plain: TestClient) -> None:
    tricks = [
        f"{TRACE}&format=csv%00",
        f"{TRACE}%00",
        f"/queries/trace?start={ARGUMENT}&start={ARGUMENT}",
        f"/queries/trace?start={ARGUMENT}%26format%3Dcsv",
        f"/queries//trace?start={ARGUMENT}",
        f"/queries/trace?start={ARGUMENT};format=csv",
    ]
    right = plain.get(TRACE)
    for path in tricks * 3:
        assert same(kept.get(path), plain.get(path)), path
        assert same(kept.get(TRACE), right)


# --- the shelf -----------------------------------------------------------------------------------------------------------


def value(number: int) -> bytes:
    return f"{number},".encode() * 20_000


def test_it_never_takes_more_than_it_may_and_keeps_what_is_asked_for(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, 4 * MIB)
    for number in range(200):
        shelf.put((f"{number}".encode(), value(number)))
        assert shelf.size() <= 4 * MIB
        assert shelf.get(b"0") == value(0)  # asked for all the time
    assert shelf.get(b"1") is None
    assert shelf.get(b"199") == value(199)
    shelf.put((b"large", b"x" * MIB))
    assert shelf.get(b"large") is None
    files = sum(path.stat().st_blocks * 512 for path in tmp_path.iterdir())
    assert files <= 6 * MIB
    shelf.close()


def mapped(directory: Path) -> int:
    """Return how many bytes of the files in a directory are counted as memory of this process."""
    maps = psutil.Process().memory_maps()
    return sum(one.rss for one in maps if one.path.startswith(str(directory)))


def test_what_went_by_is_no_memory_of_the_process(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, 64 * MIB)
    for number in range(500):
        shelf.put((f"{number}".encode(), value(number)))
        assert shelf.get(f"{number}".encode()) == value(number)
    assert shelf.size() > 25 * MIB
    assert mapped(tmp_path) < 10 * MIB
    assert shelf.get(b"499") == value(499)
    shelf.close()


def test_a_shelf_that_is_taken_away_loses_what_it_kept_and_nothing_else(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", 64 * MIB)
    (tmp_path / "shelf").mkdir(exist_ok=True)
    shelf.put((b"kept", b"here"))
    shutil.rmtree(tmp_path / "shelf")
    for number in range(300):
        shelf.put((f"{number}".encode(), value(number)))
    assert shelf.get(b"kept") in {None, b"here"}


WRITER = """
import sys
from pathlib import Path
from ineq_kg_api.shelf import Shelf
shelf = Shelf(Path(sys.argv[1]), 4 << 20)
print("ready", flush=True)
number = 0
while True:
    shelf.put((str(number % 300).encode(), f"{number % 300},".encode() * 20_000))
    number += 1
"""


def test_processes_share_it_and_one_that_is_killed_leaves_it_whole(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, 4 * MIB)
    seen = 0
    for _ in range(5):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            writer.stdout.readline()
            for _ in range(30):
                for number in range(300):
                    found = shelf.get(str(number).encode())
                    assert found in {None, value(number)}
                    seen += found is not None
            os.kill(writer.pid, signal.SIGKILL)
        shelf.put((b"mine", b"after"))
        assert shelf.get(b"mine") == b"after"
    assert seen > 0
    shelf.close()


def test_what_a_killed_server_left_is_swept_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "ineq-kg-answers-left"
    left.mkdir()
    (left / "held").touch()
    (left / "data.mdb").write_bytes(b"x" * 100)
    with directory_for_a_while() as one:
        assert not left.exists()
        with directory_for_a_while() as other:
            assert one.is_dir()
            assert other.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_the_server_keeps_answers_for_as_long_as_it_runs(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with service(app.store.directory, "--processes", "2", "--answers", "8MiB") as site:
        (shelf,) = tmp_path.glob("ineq-kg-answers-*")
        assert (shelf / "data.mdb").is_file()
        site.process.send_signal(signal.SIGTERM)
        site.process.wait(30)
    assert list(tmp_path.glob("ineq-kg-answers-*")) == []
    with service(app.store.directory, "--processes", "1", "--answers", "none"):
        assert list(tmp_path.glob("ineq-kg-answers-*/data.mdb")) == []
