"""What processes that serve together find out: by one of them, for all, and by another where that one dies."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from threading import Event, Timer

from ineq_kg.store.together import Together

FINDER = """
import sys, time
from pathlib import Path
from ineq_kg.store.together import Together

def find():
    print("looks", flush=True)
    time.sleep(float(sys.argv[2]))
    return ["found"]

print(Together(Path(sys.argv[1])).find("it", find), flush=True)
"""


def finder(folder: Path, seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", FINDER, str(folder), str(seconds)], stdout=subprocess.PIPE, text=True
    )


def test_one_of_several_processes_looks_and_all_know(tmp_path: Path) -> None:
    several = [finder(tmp_path, 0.5) for _ in range(3)]
    said = [one.communicate(timeout=60)[0].split("\n")[:-1] for one in several]
    assert sorted(said) == [["['found']"], ["['found']"], ["looks", "['found']"]]
    assert Together(tmp_path).find("it", lambda: None) == ["found"]


def test_what_a_process_that_was_killed_left_is_found_by_the_next(tmp_path: Path) -> None:
    with finder(tmp_path, 600) as first:
        assert first.stdout
        assert first.stdout.readline() == "looks\n"
        with finder(tmp_path, 0) as second:
            first.kill()
            assert second.communicate(timeout=60)[0] == "looks\n['found']\n"


def test_who_is_told_to_stop_waits_no_longer_and_nothing_is_remembered(tmp_path: Path) -> None:
    stop = Event()
    with finder(tmp_path, 600) as other:
        assert other.stdout
        assert other.stdout.readline() == "looks\n"
        Timer(0.2, stop.set).start()
        assert Together(tmp_path).find("it", lambda: "mine", stop) is None
        other.kill()
    assert Together(tmp_path).find("it", lambda: None) is None
    assert Together(tmp_path).find("it", lambda: "mine") == "mine"


def test_without_a_folder_each_looks_for_itself() -> None:
    found = iter("ab")
    assert [Together().find("it", lambda: next(found)) for _ in range(2)] == ["a", "b"]


def test_where_the_folder_is_taken_away_each_looks_for_itself(tmp_path: Path) -> None:
    together = Together(tmp_path / "found")
    assert together.find("it", lambda: "a") == "a"
    shutil.rmtree(tmp_path / "found")
    assert together.find("it", lambda: "b") == "b"
