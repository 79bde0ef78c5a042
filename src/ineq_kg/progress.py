"""How a long piece of work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

# Told what is being done, how many parts of it are done, and of how many.
Progress = Callable[[str, int, int], None]


def quiet(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""
