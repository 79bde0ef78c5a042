"""Fixtures: a service with the founding synthesis among small ones that were made up for tests."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from ineq_kg.app import App
from ineq_kg_api import create_app
from places import FOUNDING, ROOT


@pytest.fixture(scope="session")
def several(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """Read only: a service with several syntheses, two of which share reports and one of which has every count of its flow."""
    app = App.open(tmp_path_factory.mktemp("several") / "store")
    folders = [ROOT / "tests" / "analysis" / "syntheses", ROOT / "tests" / "syntheses"]
    app.load([FOUNDING, *(path for folder in folders for path in sorted(folder.glob("*.yaml")))])
    return TestClient(create_app(app), follow_redirects=False)
