"""Quick questions get threads for as many processors as there are, over all processes, and wait for nobody who takes long."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Coroutine, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, get_ident
from typing import Any

import pytest

from ineq_kg_api.quick import LONG, Busy, QuickThreads
from running import SOON

PROCESSORS = 3


@pytest.fixture(autouse=True)
def processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: PROCESSORS)


class Held:
    """Work that goes on until it is let go, and counts how many are at it."""

    def __init__(self) -> None:
        self.let_go = Event()
        self.at_once = 0
        self.most = 0
        self._lock = Lock()

    def __call__(self) -> int:
        with self._lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        assert self.let_go.wait(SOON)
        with self._lock:
            self.at_once -= 1
        return get_ident()


def apart(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: where tests of pages were before, this one's has an event loop already."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, coroutine).result(SOON)


@contextmanager
def places(directory: Path, number: int) -> Iterator[list[Busy]]:
    """As many processes as are asked for, of two that were meant to be."""
    made = [Busy(directory, 2) for _ in range(number)]
    try:
        yield made
    finally:
        for one in made:
            one.close()


async def begun(held: Held, number: int) -> None:
    async with asyncio.timeout(SOON):
        while held.at_once < number:
            await asyncio.sleep(0.001)


def test_as_many_at_once_as_there_are_processors_and_all_are_done() -> None:
    async def all_of_them() -> None:
        threads, held = QuickThreads(), Held()
        asked = [asyncio.create_task(threads.run(held)) for _ in range(20)]
        await begun(held, PROCESSORS)
        await asyncio.sleep(3 * LONG)
        held.let_go.set()
        assert len(set(await asyncio.gather(*asked))) == PROCESSORS
        assert held.most == PROCESSORS
        threads.stop()

    apart(all_of_them())


def test_one_after_another_is_done_by_the_same_thread() -> None:
    async def all_of_them() -> None:
        threads = QuickThreads()
        first = await threads.run(get_ident)
        await asyncio.sleep(0.05)  # until the thread is idle again
        assert await threads.run(get_ident) == first

    apart(all_of_them())


def test_what_work_raises_is_raised_where_it_is_waited_for() -> None:
    async def all_of_them() -> None:
        threads = QuickThreads()
        with pytest.raises(ZeroDivisionError):
            await threads.run(lambda: 1 / 0)
        waiting = asyncio.create_task(threads.run(held := Held()))
        await begun(held, 1)
        waiting.cancel()
        held.let_go.set()
        assert await threads.run(lambda: "goes on") == "goes on"

    apart(all_of_them())


def test_where_other_processes_have_all_processors_one_thread_goes_on(tmp_path: Path) -> None:
    async def all_of_them(mine: Busy, other: Busy) -> None:
        threads, held = QuickThreads(mine), Held()
        other.tell(PROCESSORS)
        asked = [asyncio.create_task(threads.run(held)) for _ in range(2)]
        await begun(held, 1)
        assert mine.total() == other.total() == PROCESSORS + 1
        assert held.most == 1
        # What takes long is waited for by nobody, whoever has the processors.
        await begun(held, 2)
        held.let_go.set()
        await asyncio.gather(*asked)
        other.tell(0)
        while mine.total():
            await asyncio.sleep(0.001)

    with places(tmp_path, 2) as two:
        apart(all_of_them(*two))


def test_what_is_quick_waits_where_other_processes_have_all_processors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ineq_kg_api.quick.LONG", SOON)

    async def all_of_them(mine: Busy, other: Busy) -> None:
        other.tell(PROCESSORS)
        threads, held = QuickThreads(mine), Held()
        asked = [asyncio.create_task(threads.run(held)) for _ in range(6)]
        await begun(held, 1)
        await asyncio.sleep(0.1)
        held.let_go.set()
        assert len(set(await asyncio.gather(*asked))) == 1
        assert held.most == 1

    with places(tmp_path, 2) as two:
        apart(all_of_them(*two))


def _tell(directory: Path, number: int) -> int:
    busy = Busy(directory, 2)
    busy.tell(number)
    return busy.total()  # and ends without more ado


def test_a_process_that_ends_leaves_its_place(tmp_path: Path) -> None:
    with places(tmp_path, 1) as (mine,):
        mine.tell(1)
        for number in range(3):
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as another:
                assert another.submit(_tell, tmp_path, number).result(SOON) == 1 + number
        assert mine.total() == 1 + 2  # until another takes the place, which begins with none
        with places(tmp_path, 1):
            assert mine.total() == 1


def test_more_processes_than_there_are_places_for_count_for_themselves(tmp_path: Path) -> None:
    with places(tmp_path, 3) as three:
        for one in three:
            one.tell(1)
        assert [one.total() for one in three] == [2, 2, 1]
