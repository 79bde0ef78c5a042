"""Documents sent in by a form: what the command line says of them, before anything is stored; loaded with a token alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from editing import token_for
from ineq_kg.app import App
from ineq_kg.ingest.records import read_synthesis
from ineq_kg.represent.record_workbook import record_workbook
from serving import served

SMALL = Path(__file__).parents[1] / "sound.yaml"
JSON = {"Accept": "application/json"}


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App.open(tmp_path / "store")


@pytest.fixture
def server(app: App) -> Iterator[httpx2.Client]:
    with served(app) as address, httpx2.Client(base_url=address, timeout=60) as client:
        yield client


def sent(server: httpx2.Client, *files: tuple[str, bytes], **options: Any) -> httpx2.Response:
    parts = [("files", (name, body, "application/octet-stream")) for name, body in files]
    return server.post("/upload", files=parts, headers=JSON, **options)


def ended(server: httpx2.Client, address: str) -> dict[str, Any]:
    """Wait for the end of a lot, and return what came of it."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        lot = server.get(address, headers=JSON).json()
        if lot["state"] not in {"waiting", "running"}:
            return lot
        time.sleep(0.1)
    raise AssertionError(f"still {lot}")


def test_a_sound_synthesis_is_checked_and_then_loaded_with_a_token(server: httpx2.Client, app: App) -> None:
    accepted = sent(server, ("sound.yaml", SMALL.read_bytes()))
    assert accepted.status_code == 202
    address = accepted.headers["Location"]
    lot = ended(server, address)
    assert lot["state"] == "sound", lot
    assert "nothing to mend" in lot["summaries"][0]
    assert app.store.version is None
    refused = server.post(f"{address}/load", files={"why": (None, "to see")}, headers=JSON)
    assert refused.status_code == 401
    wrong = server.post(f"{address}/load", files={"token": (None, "nobody's")}, headers=JSON)
    assert wrong.status_code == 401
    assert app.store.version is None
    token = token_for(app, who="Ana Ruiz")
    taken = server.post(f"{address}/load", files={"token": (None, token), "why": (None, "to see")}, headers=JSON)
    assert taken.status_code == 202
    loaded = ended(server, address)
    assert loaded["state"] == "loaded", loaded
    assert loaded["version"] == app.store.version
    entry = app.store.entries()[-1]
    assert (entry.note.who, entry.note.why) == ("Ana Ruiz", "to see")


def test_a_workbook_is_told_its_faults_by_cell_as_the_command_line_tells_them(
    server: httpx2.Client, app: App, run, tmp_path: Path
) -> None:
    text = SMALL.read_text().replace("confidence: High", "confidence: Sure", 1)
    (tmp_path / "wrong.yaml").write_text(text)
    lot = ended(server, sent(server, ("wrong.yaml", text.encode())).headers["Location"])
    told = run("check", tmp_path / "wrong.yaml").err
    assert lot["state"] == "faulty"
    (finding,) = lot["findings"]
    assert f"wrong.yaml:{finding['line']}" in told
    assert finding["detail"] in told
    assert finding["mend"] in told
    book = record_workbook(read_synthesis(SMALL).bundle)
    assert ended(server, sent(server, ("sound.xlsx", book)).headers["Location"])["state"] == "sound"
    broken = ended(server, sent(server, ("sound.xlsx", book[: len(book) // 2])).headers["Location"])
    assert broken["state"] == "faulty"
    assert "this is not an Excel workbook" in broken["findings"][0]["detail"]
    assert str(tmp_path) not in str(lot) + str(broken)
    assert app.store.version is None


@pytest.mark.parametrize(
    "name", ["notes.txt", "../../etc/passwd", ".hidden.yaml", "..\\..\\windows\\system.ini", "book.xlsm", ".yaml"]
)
def test_what_is_no_file_of_records_is_refused_at_once(server: httpx2.Client, name: str) -> None:
    refused = sent(server, (name, b"x"))
    assert refused.status_code == 422
    assert refused.json()["mend"].startswith("Send files of records")


def test_names_lead_nowhere_and_no_file_is_an_answer(server: httpx2.Client, app: App) -> None:
    assert sent(server, ("../../outside.yaml", b"[]")).status_code == 202
    assert not list(Path(str(app.store.location)).parent.glob("outside.yaml"))
    assert server.post("/upload", files={"why": (None, "x")}, headers=JSON).status_code == 422
    assert server.post("/upload", content=b"x", headers=JSON).status_code == 415
    assert server.get("/upload/" + "0" * 32, headers=JSON).status_code == 404
    assert server.get("/upload/..%2f..%2fjournal.jsonl", headers=JSON).status_code == 404


def test_what_nobody_wants_any_more_is_given_up(server: httpx2.Client, app: App) -> None:
    address = sent(server, ("sound.yaml", SMALL.read_bytes())).headers["Location"]
    assert server.post(f"{address}/cancel", headers=JSON).status_code == 202
    assert ended(server, address)["state"] in {"cancelled", "sound"}
    assert app.store.version is None


def test_the_pages_say_the_same_without_scripts(server: httpx2.Client) -> None:
    browser = {"Accept": "text/html"}
    assert 'enctype="multipart/form-data"' in server.get("/upload", headers=browser).text
    files = [("files", ("<b>.yaml", b"studies: 1", "text/yaml"))]
    moved = server.post("/upload", files=files, headers=browser)
    assert moved.status_code == 303
    ended(server, moved.headers["Location"])
    page = server.get(moved.headers["Location"], headers=browser).text
    assert "To be mended" in page
    assert "&lt;b&gt;.yaml" in page
    assert "a section holds a list of records" in page
    assert "refresh" not in page
