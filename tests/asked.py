"""How tests ask for a view: as data, or as the page that a browser gets."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient


def data(client: TestClient, address: str, **values: Any) -> dict[str, Any]:
    """Return what a view shows, as data."""
    answer = client.get(address, params=values or None, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def page(client: TestClient, address: str, **values: Any) -> str:
    """Return a page that a browser gets at once, and that is no longer than a page may be."""
    answer = client.get(address, params=values or None, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    assert len(answer.content) < 100_000
    for forbidden in ("<script", "<style", " style=", " onclick="):
        assert forbidden not in answer.text
    return answer.text
