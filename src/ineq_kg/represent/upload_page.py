"""The pages on which documents are sent in, and on which it is told what came of them."""

from __future__ import annotations

from typing import Any, Protocol

from ineq_kg.represent.templating import render

# How often a page of something that is not done looks again, in seconds.
_AGAIN = 1


class Told(Protocol):
    """What is told of a lot of documents."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it by itself."""

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""


def upload_page() -> str:
    """Return the page with the form."""
    from ineq_kg.ingest.records import READERS

    return render("upload.html", endings=tuple(READERS))


def lot_page(lot: Told) -> str:
    """Return the page of what was sent; it loads itself again until nothing more will happen."""
    return render("lot.html", lot=lot.data(), again=None if lot.ended else _AGAIN)
