"""Fixtures: real stores on disk, the founding synthesis, the web application, a command line that runs in this process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, settings

from crowd import add_crowd
from ineq_kg import cli
from ineq_kg.app import App
from ineq_kg.commands import terminal
from ineq_kg.ingest.records import Loaded, read_synthesis
from ineq_kg_api import create_app
from places import FOUNDING, SHARED, Finished
from serving import served

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
settings.load_profile("default")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI nothing may be skipped: a skip there means that a check did not run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("CI") and skipped and exitstatus == 0:
        reporter.write_line(f"{len(skipped)} tests were skipped, and in CI none may be", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def source_text() -> Path:
    """The founding paper's text as it was read."""
    folder = SHARED / "seed"
    texts = sorted(folder.glob("*.txt")) if folder.is_dir() else []
    if not texts:
        pytest.skip("the founding paper's text is not beside this checkout (../shared/seed)")
    return texts[0]


@pytest.fixture(scope="session")
def founding() -> Loaded:
    """The founding synthesis's records."""
    return read_synthesis(FOUNDING)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> App:
    """An app on a store that holds the founding synthesis. Read only by convention: tests that write make their own."""
    app = App.open(tmp_path_factory.mktemp("founding") / "store")
    app.load([FOUNDING])
    return app


@pytest.fixture(scope="session")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a store with the founding synthesis and enough more for a query to run away with. Read only."""
    app = App.open(tmp_path_factory.mktemp("crowded") / "store")
    app.load([FOUNDING])
    add_crowd(app.store)
    return app.store.directory


@pytest.fixture(scope="session")
def client(loaded: App) -> TestClient:
    """The web application on the founding synthesis."""
    return TestClient(create_app(loaded), follow_redirects=False)


@pytest.fixture(scope="session")
def live(loaded: App) -> Iterator[str]:
    """A real server on this host; the address it listens on."""
    with served(loaded) as address:
        yield address


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Run a command in this process, as `main` would, on a store of its own unless one is named."""
    monkeypatch.setenv("INEQ_KG_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(terminal.out, "width", 1000)

    def command(*arguments: object) -> Finished:
        monkeypatch.setattr(sys, "argv", ["ineq-kg", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capfdbinary.readouterr()
        return Finished(code, out.decode(), err.decode())

    return command
