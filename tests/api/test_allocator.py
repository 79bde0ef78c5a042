"""`ineq-kg serve` starts under a faster memory allocator, where the system has one and nobody said otherwise."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from ineq_kg.allocator import KNOWN, VARIABLE, choose, loads
from ineq_kg.app import App
from running import service, until


def others(process: psutil.Process) -> list[str]:
    """Return the allocators that we know of which a process has in its memory."""
    libraries = {Path(region.path).name for region in process.memory_maps()}
    return [known for known in KNOWN if any(name.startswith(known.partition(".")[0]) for name in libraries)]


@pytest.mark.parametrize("wanted", ["auto", "none"])
def test_every_process_serves_under_the_allocator_that_is_wanted(wanted: str, loaded: App) -> None:
    expected = [known for known in KNOWN if loads(known)][:1] if wanted == "auto" else []
    with service(Path(str(loaded.store.location)), "--processes", "1", "--workers", "1", **{VARIABLE: wanted}) as site:
        until(lambda: len(site.workers()) == 1)
        for process in (psutil.Process(site.process.pid), *site.serving(), *site.workers()):
            assert others(process) == expected


def test_what_is_preloaded_already_stays() -> None:
    assert choose({"LD_PRELOAD": "another.so"}) is None


def test_a_library_that_is_not_there_is_not_preloaded() -> None:
    assert choose({VARIABLE: "libnowhere.so.9"}) is None
