"""`docs/queries.md` does what it says: its file is written, its commands run, and what they print is what it shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from ineq_kg.config import Settings
from ineq_kg.queries.cases import Expected
from ineq_kg.queries.definition import RESERVED, Header, Parameter
from ineq_kg_api import create_app, processes
from places import ROOT, Finished

GUIDE = (ROOT / "docs" / "queries.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(?P<info>[^\n]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
BROWSER = {"Accept": "text/html,*/*;q=0.8"}


@dataclass
class Step:
    """A file to write, or a command with what it prints (nothing where the guide shows nothing)."""

    file: str = ""
    command: str = ""
    shown: str = ""


def steps() -> list[Step]:
    found = []
    for block in BLOCK.finditer(GUIDE):
        info, text = block["info"], block["text"]
        if "file=" in info:
            found.append(Step(file=info.partition("file=")[2], shown=text))
            continue
        assert info == "console", f"what is a block of {info}?"
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            found.append(Step(command=command, shown=shown))
    return found


class Reader:
    """Someone who follows the guide in an empty folder, with the data beside it."""

    def __init__(self, run: Callable[..., Finished], monkeypatch: pytest.MonkeyPatch) -> None:
        self.run = run
        self.client: TestClient | None = None
        monkeypatch.setattr(processes, "serve", self.serve)

    def serve(self, settings: Settings, *_rest: Any) -> None:
        self.client = TestClient(create_app(settings.open()), base_url="http://127.0.0.1:8000")

    def does(self, step: Step) -> str:
        if step.file:
            file = Path(step.file)
            file.parent.mkdir(exist_ok=True)
            file.write_text(step.shown, encoding="utf-8")
            return step.shown
        program, *arguments = shlex.split(step.command)
        if program == "sed":
            _, old, new, _ = arguments[1].split("/")
            file = Path(arguments[2])
            file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
            return ""
        if program == "curl":
            assert self.client is not None, "the guide serves nothing yet"
            return self.client.get(arguments[-1]).text
        assert program == "ineq-kg"
        done = self.run(*arguments)
        return done.out + done.err


@pytest.fixture
def reader(run: Callable[..., Finished], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Reader:
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    return Reader(run, monkeypatch)


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def test_a_question_becomes_a_page_as_the_guide_says(reader: Reader) -> None:
    told = {}
    for step in steps():
        told[step.command] = reader.does(step)
        if step.shown:
            assert lines(told[step.command]) == lines(step.shown), step.command
        else:
            assert "Error" not in told[step.command], step.command
    assert "--study IRI ..." in told["ineq-kg query shared-constructs --queries my-queries --help"]
    book = openpyxl.load_workbook("shared.xlsx")
    assert book["Rows"].max_row == len(told_rows(reader)) + 1
    assert reader.client is not None
    named = set(re.findall(r"<http://127\.0\.0\.1:8000(/\S*)>", GUIDE))
    assert named == {"/queries/shared-constructs", "/docs", "/queries"}
    for path in named:
        assert reader.client.get(path, headers=BROWSER).status_code == 200
    page = reader.client.get("/queries/shared-constructs", headers=BROWSER).text
    assert "<h1>List what several studies say in common</h1>" in page
    assert '<option value="mcmahon-2022/study/babbel">Babbel et al. (2017)</option>' in page
    assert "/queries/shared-constructs" in reader.client.get("/openapi.json").json()["paths"]
    listed = reader.client.get("/queries", headers=BROWSER).text
    assert re.search(r"<h2>studies</h2>.*?shared-constructs", listed, re.DOTALL)


def told_rows(reader: Reader) -> list[dict[str, Any]]:
    assert reader.client is not None
    rows: list[dict[str, Any]] = reader.client.get("/queries/shared-constructs").json()["results"]["bindings"]
    return rows


def keys(title: str) -> set[str]:
    """Return what the first column of the table under this heading names."""
    table = GUIDE.partition(f"| {title} |")[2].partition("\n\n")[0]
    return set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))


def test_every_key_of_a_header_is_described() -> None:
    assert keys("key") == set(Header.model_fields)
    assert keys("of a parameter") == {field.alias or name for name, field in Parameter.model_fields.items()}


def test_every_key_of_a_case_is_described() -> None:
    table = GUIDE.partition("| key of a case |")[2].partition("\n\n")[0]
    first = " ".join(re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE))
    assert set(re.findall(r"`(\w+)`", first)) == set(Expected.model_fields)


def test_the_names_that_are_taken_are_listed() -> None:
    sentence = GUIDE.partition("The names ")[2].partition(" are no parameters")[0]
    assert set(re.findall(r"`(\w+)`", sentence)) == RESERVED
