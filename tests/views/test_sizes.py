"""Pages of a synthesis four times as large as the founding one: each is still a page, and what it leaves out is on the next."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from constructed import constructed
from corpus import as_read, ontology_quads
from draft import Shape
from ineq_kg.app import App
from ineq_kg.ingest.records import read_synthesis
from ineq_kg.loading import prepare
from ineq_kg.records import Discourse, DiscursiveEffect, Problematisation, Study, ThirdOrderConstruct
from ineq_kg.records.bundle import Bundle
from ineq_kg.represent.text import one_line
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg_api import create_app
from places import FOUNDING
from wide import wide_synthesis

SLUG = "constructed-999999"
MOST_BYTES = 100_000


@pytest.fixture(scope="module")
def large() -> Bundle:
    return constructed(Shape(read_synthesis(FOUNDING).bundle), "large", 4.0)


@pytest.fixture(scope="module")
def site(large: Bundle, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A service with the large synthesis, and a wide one of 300 studies."""
    folder = tmp_path_factory.mktemp("large")
    EmbeddedStore(folder / "store").commit(
        lambda store: [
            store.bulk_extend(quads) for quads in (ontology_quads(), *prepare(as_read(large)).graphs.values())
        ]
    )
    app = App.open(folder / "store")
    app.load([wide_synthesis(Path(folder), studies=300, constructs=20, every=12)])
    return TestClient(create_app(app))


def shown(site: TestClient, path: str) -> str:
    """Return a page, which with its style sheets is no longer than a page may be."""
    answer = site.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, path
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', answer.text)
    assert len(answer.content) + sum(len(site.get(sheet).content) for sheet in sheets) < MOST_BYTES, path
    return answer.text


def whole(site: TestClient, path: str, name: str = "part") -> str:
    """Return the text of all parts of a page."""
    first = shown(site, path)
    parts = max([1, *map(int, re.findall(rf"[?;]{name}=(\d+)", first))])
    joined = "&" if "?" in path else "?"
    return unescape(first + "".join(shown(site, f"{path}{joined}{name}={number}") for number in range(2, parts + 1)))


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("discourses", (Discourse, Problematisation)),
        ("discourses?show=effects", (DiscursiveEffect,)),
        ("confidence", (ThirdOrderConstruct,)),
        ("graph", (ThirdOrderConstruct, Study)),
        ("argument", (ThirdOrderConstruct,)),
    ],
)
def test_all_records_are_on_some_part(site: TestClient, large: Bundle, path: str, kinds: tuple[type, ...]) -> None:
    name, _, asked = path.partition("?")
    slug = f"{SLUG}/argument/main" if name == "argument" else SLUG
    text = whole(site, f"/{name}/{slug}" + (f"?{asked}" if asked else ""))
    records = [record for record in large.records if isinstance(record, kinds)]
    assert len(records) > 40
    left_out = [record.label for record in records if one_line(record.label) not in text]
    assert len(left_out) <= (1 if ThirdOrderConstruct in kinds else 0)  # the claim of the other argument


def test_an_argument_with_every_step_open_says_where_the_rest_is(site: TestClient, large: Bundle) -> None:
    claims = [record.id for record in large.records if isinstance(record, ThirdOrderConstruct)]
    opened = "&".join(f"open={SLUG}/{claim}" for claim in claims if not claim.endswith("other"))
    text = shown(site, f"/argument/{SLUG}/argument/main?{opened}")
    assert "In brief" in text
    assert "More is opened than this page has room for." in text


def test_a_step_is_opened_where_it_stands(site: TestClient) -> None:
    steps = site.get(f"/argument/{SLUG}/argument/main?format=json").json()["trace"]["children"]
    last = re.findall(r'id="(claim/[^"]+)"', shown(site, f"/argument/{SLUG}/argument/main?part=99"))[-1]
    assert len(steps) > 30
    text = shown(site, f"/argument/{SLUG}/argument/main?open={SLUG}/{last}")
    assert f'id="{last}"' in text
    assert "In brief" in text


def test_studies_past_a_page_come_in_parts(site: TestClient) -> None:
    text = whole(site, "/matrix/wide", "across")
    assert all(f"study {number}</span>" in text for number in range(300))


def test_other_pages_are_pages_too(site: TestClient, large: Bundle) -> None:
    for name in ("synthesis", "matrix", "flow", "emerge", "cite"):
        shown(site, f"/{name}/{SLUG}")
        shown(site, f"/{name}/wide")
    assert "200 more" not in shown(site, f"/doc/{SLUG}.html")
    # 300 studies in one relation: the first of them, and the way to the rest.
    assert "/queries/relations-of?about=wide" in shown(site, "/doc/wide.html")
    for kind in ("study", "translated", "second-order", "discourse", "actors", "category", "report", "source"):
        record = next((record for record in large.records if record.id.startswith(f"{kind}/")), None)
        if record is not None:
            shown(site, f"/doc/{SLUG}/{record.id}.html" if kind != "report" else f"/id/{SLUG}/{large.records[0].id}")
