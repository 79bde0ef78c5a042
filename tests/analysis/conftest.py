"""Fixtures: analyses answered on the founding synthesis, and on small syntheses that were made up for tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from answers import Answer, answering

from ineq_kg.app import App
from ineq_kg.triples.naming import slug_of
from places import FOUNDING, ROOT


@pytest.fixture(scope="session")
def on_founding(loaded: App) -> Answer:
    """Answers on the founding synthesis."""
    return answering(loaded)


@pytest.fixture(scope="session")
def on_constructed(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """Answers on the founding synthesis among small ones."""
    app = App.open(tmp_path_factory.mktemp("analyses") / "store")
    folders = [Path(__file__).parent / "syntheses", ROOT / "tests" / "competency", ROOT / "tests" / "syntheses"]
    app.load([FOUNDING, *(path for folder in folders for path in sorted(folder.glob("*.yaml")))])
    return answering(app)


@pytest.fixture(scope="session")
def labels(loaded: App) -> dict[int | str, str]:
    """Names in the founding synthesis: of the rows of its table by number, of studies by slug."""
    rows, _ = loaded.rows("constructs", {"synthesis": "mcmahon-2022", "order": "translated"})
    found: dict[int | str, str] = {int(str(row["place"])): str(row["label"]) for row in rows if row["place"]}
    studies, _ = loaded.rows("studies", {"synthesis": "mcmahon-2022"})
    return found | {slug_of(str(row["study"])): str(row["label"]) for row in studies}
