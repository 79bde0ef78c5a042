"""A service on this host that clients which others wrote may ask, and change."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from editing import token_for
from ineq_kg.app import App
from serving import served


@dataclass(frozen=True)
class Offered:
    """Where the service is, and the token of whoever may write to it."""

    endpoint: str
    token: str

    @property
    def authorisation(self) -> dict[str, str]:
        """The header that says who asks."""
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture(scope="module")
def service(loaded: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offered]:
    """A service on a copy of the founding synthesis."""
    directory: Path = tmp_path_factory.mktemp("clients") / "store"
    shutil.copytree(loaded.store.directory, directory)
    app = App.open(directory)
    with served(app) as address:
        yield Offered(f"{address}/sparql", token_for(app))
