"""Threads for questions that are soon answered: over all processes of a service, as many at once as there are processors.

The engine keeps a processor busy for as long as a question takes, so that more at once would only get in each other's way. But
connections are not spread evenly over processes: one that has more to do than another also uses what that leaves idle.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import IO, Any, NamedTuple, TypeVar

import portalocker

from ineq_kg_api.shared import shared_bytes

T = TypeVar("T")
# Where nothing was begun for so many seconds, what is under way is not so quick, and others need not wait for it.
LONG = 0.025


class Busy:
    """How many questions each process of a service is at: a byte for each in a file that all of them map.

    A process has the byte whose lock it holds. One that dies leaves its lock, and with it the byte, to the next that starts.
    """

    def __init__(self, directory: Path | None = None, processes: int = 1) -> None:
        self._at = memoryview(bytearray(1))
        self._own = 0
        self._lock: IO[str] | None = None
        if directory is not None and processes > 1:
            self._share(directory, processes)

    def _share(self, directory: Path, processes: int) -> None:
        directory.mkdir(exist_ok=True)
        for own in range(processes):
            lock = (directory / f"{own}.lock").open("a")
            try:
                portalocker.lock(lock, portalocker.LOCK_EX | portalocker.LOCK_NB)
            except portalocker.LockException:
                lock.close()
                continue
            self._lock = lock  # held until it is closed, or this process ends
            break
        else:
            return  # more processes than were meant to be: this one counts for itself
        self._at, self._own = shared_bytes(directory / "at", processes), own
        self.tell(0)

    def close(self) -> None:
        """Leave the byte to another."""
        if self._lock is not None:
            self._lock.close()

    def tell(self, number: int) -> None:
        """Tell the others how many questions this process is at."""
        self._at[self._own] = min(number, 255)

    def total(self) -> int:
        """Return how many questions all of them are at."""
        return sum(self._at)


class _Work(NamedTuple):
    """What is to be done, and who waits for it."""

    do: Callable[[], Any]
    answer: asyncio.Future[Any]


class QuickThreads:
    """The threads of one process, and the shortest way to them and back.

    asyncio's own way, by a future of each of its two kinds and what joins them, takes three times as long.
    """

    def __init__(self, busy: Busy | None = None) -> None:
        self._busy = busy or Busy()
        self._most = os.cpu_count() or 1
        self._waiting: deque[_Work] = deque()
        self._begun = 0.0
        self._looking = False
        self._stopped = False
        # What each thread that has nothing to do waits for. The last that ended something has the next: its memory is warm.
        self._idle: list[SimpleQueue[_Work | None]] = [SimpleQueue() for _ in range(self._most)]
        # Guards all of these: threads that end something and the loop that brings something look what is next.
        self._lock = Lock()
        for number, given in enumerate(self._idle):
            Thread(target=self._serve, args=(given,), daemon=True, name=f"ineq-kg-quick-{number}").start()

    async def run(self, do: Callable[[], T]) -> T:
        """Return what `do` returns; raises what it raises."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._waiting.append(_Work(do, future))
        if not self._begin_some() and not self._looking:
            self._looking = True
            loop.call_later(LONG, self._look_again, loop)
        answer: T = await future
        return answer

    def _look_again(self, loop: asyncio.AbstractEventLoop) -> None:
        self._looking = not self._begin_some()
        if self._looking:
            loop.call_later(LONG, self._look_again, loop)

    def stop(self) -> None:
        """Let the threads end when what is under way is done."""
        with self._lock:
            self._stopped = True
            for given in self._idle:
                given.put(None)

    def _begin_some(self) -> bool:
        """Give what waits to threads, as far as there are processors for it; say whether nothing waits any more."""
        with self._lock:
            while self._waiting:
                if not self._idle or (self._under_way and self._all_busy() and monotonic() - self._begun < LONG):
                    return False
                given = self._idle.pop()
                given.put(self._next())
        return True

    @property
    def _under_way(self) -> int:
        return self._most - len(self._idle)

    def _all_busy(self) -> bool:
        return self._busy.total() >= self._most

    def _next(self) -> _Work:
        self._begun = monotonic()
        self._busy.tell(self._under_way)
        return self._waiting.popleft()

    def _after(self, given: SimpleQueue[_Work | None]) -> _Work | None:
        """Return what a thread that is done does next, if there is anything, and a processor for it; else it is idle."""
        with self._lock:
            if self._waiting and (self._under_way == 1 or self._busy.total() <= self._most):
                return self._next()
            self._idle.append(given)
            self._busy.tell(self._under_way)
            if self._stopped:
                given.put(None)
            return None

    def _serve(self, given: SimpleQueue[_Work | None]) -> None:
        while (work := given.get()) is not None:
            while work is not None:
                _do(work)
                work = self._after(given)
            self._begin_some()


def _do(work: _Work) -> None:
    settle: Callable[[asyncio.Future[Any], Any], None]
    try:
        settle, result = _fulfil, work.do()
    except BaseException as error:  # noqa: BLE001 - whoever waits for it is told
        settle, result = _fail, error
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        work.answer.get_loop().call_soon_threadsafe(settle, work.answer, result)


def _fulfil(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: Any) -> None:
    if not future.done():
        future.set_exception(error)
