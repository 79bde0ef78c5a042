"""Waiting for what is made in the background, by a few at a time: a thread that waits is one that answers nobody else."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from threading import BoundedSemaphore
from typing import TypeVar

T = TypeVar("T")
# Of the 40 threads that a serving process answers in.
MOST = 8


class Patience:
    """Lets so many wait at once; all others are told at once that it takes longer."""

    def __init__(self, most: int = MOST) -> None:
        self._seats = BoundedSemaphore(most)

    def wait(self, making: Future[T], seconds: float | None) -> T:
        """Return what is made; waits so many `seconds`, None for ever. Raises TimeoutError of `concurrent.futures`."""
        if seconds is None or making.done():
            return making.result()
        if not self._seats.acquire(blocking=False):
            raise FutureTimeout
        try:
            return making.result(seconds)
        finally:
            self._seats.release()
