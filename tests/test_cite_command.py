"""`ineq-kg cite` and `ineq-kg trace --format md`, in this process, on the founding synthesis."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ineq_kg.app import App
from places import Finished


@pytest.fixture
def cite(run: Callable[..., Finished], loaded: App) -> Callable[..., Finished]:
    return lambda *arguments: run("cite", *arguments, "--store", loaded.store.directory)


def test_it_writes_what_the_page_offers(cite: Callable[..., Finished], loaded: App) -> None:
    done = cite(
        "mcmahon-2022/claim/practical-constraints", "--format", "csl-json", "--server", "https://example.org/kg"
    )
    assert done.code == 0
    record = json.loads(done.out)[0]
    version = loaded.snapshot().version
    assert record["URL"] == f"https://example.org/kg/id/mcmahon-2022/claim/practical-constraints?at={version}"
    assert cite("mcmahon-2022", "--format", "bibtex").out.startswith("@misc{mcmahon-2022,")
    assert cite("mcmahon-2022", "--format", "ris").out.startswith("TY  - DATA")
    assert "The ineq-kg authors" in cite("mcmahon-2022").out


def test_what_cannot_be_cited_is_named(cite: Callable[..., Finished]) -> None:
    unknown = cite("mcmahon-2022/claim/no-such")
    assert (unknown.code, "mcmahon-2022/claim/no-such" in unknown.err) == (3, True)
    wrong = cite("mcmahon-2022", "--format", "docx")
    assert wrong.code == 2
    assert "text, bibtex, ris, csl-json" in wrong.err


def test_a_claim_is_traced_in_markdown(run: Callable[..., Finished], loaded: App) -> None:
    store = loaded.store.directory
    done = run("trace", "mcmahon-2022/claim/practical-constraints", "--format", "md", "--store", store)
    assert done.out.startswith("# 7. Practical constraints further limit action on the wider determinants")
    address = f"http://127.0.0.1:8000/claim/mcmahon-2022/claim/practical-constraints?at={loaded.snapshot().version}"
    assert f"Permalink: <{address}>" in done.out
    study = run("trace", "mcmahon-2022/study/babbel", "--format", "md", "--store", store)
    assert study.code == 1
    assert "a study cannot be written as md" in study.err
