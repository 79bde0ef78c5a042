"""Requests counted by several processes together: as one process that counts in its memory would."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from ineq_kg_api.counts import SharedCounts

COUNTING = """
import sys
from pathlib import Path
from ineq_kg_api.counts import SharedCounts
counts = SharedCounts(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
print(sum(counts.acquire_sliding_window_entry("one", 1000, 86400) for _ in range(800)))
"""


@pytest.mark.parametrize("seed", range(3))
def test_it_counts_as_the_memory_of_one_process_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    now = 1_700_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    item = RateLimitItemPerSecond(5, 60)
    shared = SharedCounts(tmp_path)
    memory, disk = (SlidingWindowCounterRateLimiter(one) for one in (MemoryStorage(), shared))
    admitted = 0
    for _ in range(500):
        now += chance.choice([0.0, 1.0, 7.5, 31.0, 60.0, 200.0])
        client = chance.choice("ab")
        said = memory.hit(item, client)
        assert disk.hit(item, client) == said
        assert disk.get_window_stats(item, client) == memory.get_window_stats(item, client)
        admitted += said
    assert 0 < admitted < 500
    disk.storage.clear_sliding_window(item.key_for("a"), 60)
    assert disk.get_window_stats(item, "a").remaining == 5
    shared.close()


def test_a_clock_that_is_set_back_bars_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_700_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    counts = SharedCounts(tmp_path)
    assert [counts.acquire_sliding_window_entry("one", 2, 60) for _ in range(3)] == [True, True, False]
    now -= 86400
    assert [counts.acquire_sliding_window_entry("one", 2, 60) for _ in range(3)] == [True, True, False]
    counts.close()


def test_where_there_is_no_room_new_clients_are_let_in_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = 1_700_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    counts = SharedCounts(tmp_path, room=256 * 1024)

    def ask(client: str) -> list[bool]:
        return [counts.acquire_sliding_window_entry(client, 2, 60) for _ in range(3)]

    for _ in range(5):  # full again and again
        assert ask("first") == [True, True, False]
        before, number = len(caplog.records), 0
        while len(caplog.records) == before:
            ask(f"client-{number:060}")
            number += 1
        assert number > 1000
        assert ask("new") == [True, True, True]
        assert ask("first") == [False, False, False]
        assert [record.message.partition(":")[0] for record in caplog.records[before:]] == [
            "there are too many clients to count"
        ]
        now += 180
    counts.close()


def test_processes_that_count_at_once_lose_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", COUNTING, str(tmp_path / "counts")]
    both = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    told = [int(one.communicate(timeout=60)[0]) for one in both]
    assert sum(told) == 1000
    assert min(told) > 0
