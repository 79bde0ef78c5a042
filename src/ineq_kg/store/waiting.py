"""Who waits for a worker, and who is next: a client's turn comes round however many queries another client has."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from typing import Generic, TypeVar

from ineq_kg.errors import TooManyQueries
from ineq_kg.store.limits import Limits

T = TypeVar("T")


class Line(Generic[T]):
    """Items that wait, in the order of each client; the clients take turns (round robin). To be used under a lock."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._waiting: OrderedDict[str, deque[T]] = OrderedDict()
        self._running: Counter[str] = Counter()

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def __iter__(self) -> Iterator[T]:
        return (item for items in self._waiting.values() for item in items)

    def join(self, client: str, item: T) -> None:
        """Put an item at the end of its client's. Raises TooManyQueries where the client, or all of them, have enough."""
        limits = self._limits
        running = self._running.total()
        seconds = 1 + len(self) // limits.workers
        if running + len(self) >= limits.workers + limits.waiting:
            message = (
                f"{running} queries are running and {len(self)} are waiting, which is as many as this service takes"
            )
            raise TooManyQueries(
                message, limit="queue", allowed=limits.waiting, retry_after=seconds, mend=f"Come again in {seconds} s."
            )
        here = self._running[client] + len(self._waiting.get(client, ()))
        allowed = limits.running_of_one + limits.client_waiting
        if here >= allowed:
            message = f"{here} queries of yours are running or waiting, which is as many as one client may have"
            raise TooManyQueries(
                message,
                limit="client",
                allowed=allowed,
                retry_after=seconds,
                mend="Wait for the answers you asked for.",
            )
        self._waiting.setdefault(client, deque()).append(item)

    def next(self) -> T | None:
        """Return the next item, which runs from now on; None where no client that waits may run one more."""
        for client, items in self._waiting.items():
            if self._running[client] < self._limits.running_of_one:
                item = items.popleft()
                self._running[client] += 1
                self._waiting.move_to_end(client)
                if not items:
                    del self._waiting[client]
                return item
        return None

    def done(self, client: str) -> None:
        """Note that an item of this client runs no more."""
        self._running[client] -= 1
        if not self._running[client]:
            del self._running[client]

    def leave(self, client: str, item: T) -> bool:
        """Take an item out of the line; say whether it was waiting there."""
        items = self._waiting.get(client, deque())
        if item not in items:
            return False
        items.remove(item)
        if not items:
            del self._waiting[client]
        return True
