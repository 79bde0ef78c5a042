"""Servers that the suites are run against, and the reports of what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from endpoint import Endpoint

from editing import token_for
from ineq_kg.app import App
from serving import served


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """A server on a store of its own, where what is asked is the unnamed graph if nothing else is said."""
    app = App.open(tmp_path_factory.mktemp("conformance") / "store", union=False)
    with served(app) as address:
        found = Endpoint(address, token_for(app))
        found.load([], {})
        yield found
