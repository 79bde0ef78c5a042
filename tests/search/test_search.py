"""Search over real records: what is found, in spite of slips; where the words stand; and that no index is ever stale."""

from __future__ import annotations

import shutil
from pathlib import Path

import psutil
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from ineq_kg.app import App
from ineq_kg.errors import IndexNotReady, StoreError
from ineq_kg.search.words import analyser, passage
from ineq_kg.vocabulary import IKG
from places import FOUNDING
from running import until


def found(app: App, q: str, **more: str) -> list[dict[str, str]]:
    rows, _ = app.rows("search", {"q": q, **more})
    return [{name: str(value) for name, value in row.items()} for row in rows]


@pytest.mark.parametrize(
    ("q", "slug"),
    [
        ("social empathy", "second-order/babbel-social-empathy"),
        ("socail empaty", "second-order/babbel-social-empathy"),
        ("Babel", "study/babbel"),
        ("medicalisation", "effect/medicalising-and-individualising"),
        ("individualis", "effect/medicalising-and-individualising"),
    ],
)
def test_what_was_meant_is_among_the_first(loaded: App, q: str, slug: str) -> None:
    assert any(hit["node"].endswith(f"mcmahon-2022/{slug}") for hit in found(loaded, q)[:3])


def test_the_words_are_shown_where_they_stand(loaded: App) -> None:
    hits = found(loaded, "‘social empathy’ towards patients")
    quoted = [hit for hit in hits if hit["field"] == "words"]
    assert quoted
    assert "demonstrated great ‘social empathy’ towards patients" in quoted[0]["passage"]
    assert quoted[0]["found"] == "social | empathy | towards | patients"


def test_only_a_class_or_a_synthesis(loaded: App) -> None:
    everything = found(loaded, "inequalities")
    claims = found(loaded, "inequalities", kind="ikg:ThirdOrderConstruct")
    assert claims
    assert claims == [hit for hit in everything if hit["kind"] == IKG.ThirdOrderConstruct]
    assert found(loaded, "inequalities", synthesis="mcmahon-2022") == everything
    assert found(loaded, "inequalities", synthesis="nobody-2001") == []


def test_records_with_all_the_words_or_else_with_any(loaded: App) -> None:
    for hit in found(loaded, "governance evidence"):
        assert len(hit["found"].split(" | ")) >= 2, hit
    assert found(loaded, "governance zyzzyva") == found(loaded, "governance")


@settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80))
def test_any_text_can_be_looked_for(loaded: App, q: str) -> None:
    if q.strip():
        assert len(found(loaded, q)) <= 1000


@settings(max_examples=200)
@given(st.text(alphabet=st.sampled_from("ab é’-\n"), max_size=900), st.lists(st.text("abé", min_size=1, max_size=5)))
def test_a_passage_marks_words_of_the_text(text: str, wanted: list[str]) -> None:
    shown = passage(text, wanted, analyser())
    assert shown.text.strip("…") in text
    assert len(shown.text) <= 282
    for start, end in shown.found:
        assert 0 <= start < end <= len(shown.text)
        assert shown.text[start:end].isalnum()


def test_an_index_is_of_its_version_alone(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    shutil.copytree(FOUNDING, folder)
    app = App.open(tmp_path / "store")
    app.load([folder])
    old = app.at()
    assert found(app, "quintessence") == []
    for path in folder.glob("*.yaml"):
        path.write_text(path.read_text().replace("Social empathy (Babbel et al.)", "Quintessence (Babbel et al.)"))
    app.load([folder])
    assert found(app, "quintessence")
    assert found(old, "quintessence") == []


def test_a_search_waits_only_so_long_for_an_index(tmp_path: Path) -> None:
    app = App.open(tmp_path / "store")
    app.load([FOUNDING])
    with pytest.raises(IndexNotReady):
        app.indexes.of(app.snapshot(), 0.0)
    assert app.indexes.of(app.snapshot()).search("empathy", 1)


def test_an_index_that_was_cut_off_is_made_again(tmp_path: Path) -> None:
    app = App.open(tmp_path / "store")
    app.load([FOUNDING])
    half = tmp_path / "store" / "search" / f"{app.snapshot().version}.making"
    half.mkdir(parents=True)
    (half / "meta.json").write_text("{")
    assert found(app, "empathy")
    assert not half.exists()


def makers() -> list[psutil.Process]:
    """Return the processes that make an index for this one."""
    return [one for one in psutil.Process().children() if "ineq_kg.search.making" in one.cmdline()]


def test_the_index_of_a_large_version_is_made_in_a_process_that_can_be_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ineq_kg.search.kept.LARGE", 0)
    app = App.open(tmp_path / "store")
    app.load([FOUNDING])
    with pytest.raises(IndexNotReady):
        app.indexes.of(app.snapshot(), 0.0)
    until(makers)
    makers()[0].suspend()  # the founding synthesis is indexed before anyone could stop it
    app.stop()
    until(lambda: not makers())
    until(lambda: list((tmp_path / "store" / "search").glob("0*")) == [])
    made = found(app, "empathy")
    monkeypatch.undo()
    assert made == found(here(tmp_path), "empathy")


def test_an_index_that_another_process_cannot_make_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ineq_kg.search.kept.LARGE", 0)
    app = App.open(tmp_path / "store")
    app.load([FOUNDING])
    snapshot = app.snapshot()
    (tmp_path / "store" / "versions" / snapshot.version / "CURRENT").unlink()
    with pytest.raises(StoreError, match=r"cannot be made: .*CURRENT"):
        app.indexes.of(snapshot)


def here(tmp_path: Path) -> App:
    """Return an app on the founding synthesis whose index is made in this process."""
    app = App.open(tmp_path / "beside")
    app.load([FOUNDING])
    return app


def test_the_page_marks_what_was_found_and_escapes_what_was_asked(client: TestClient) -> None:
    page = client.get("/search", params={"q": "social empathy"}, headers={"Accept": "text/html"}).text
    assert "<mark>social</mark> <mark>empathy</mark>" in page
    hostile = client.get("/search", params={"q": '"><script>alert(1)</script>'}, headers={"Accept": "text/html"})
    assert hostile.status_code == 200
    assert "<script" not in hostile.text
    assert "Search" in client.get("/search", headers={"Accept": "text/html"}).text
    data = client.get("/search", params={"q": "social empathy"}, headers={"Accept": "application/json"}).json()
    assert data["found"][0]["slug"] == "mcmahon-2022/second-order/babbel-social-empathy"
