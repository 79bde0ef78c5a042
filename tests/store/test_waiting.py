"""The line before the workers: nobody takes all of it, and everybody's turn comes."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from ineq_kg.errors import TooManyQueries
from ineq_kg.store.limits import Limits
from ineq_kg.store.waiting import Line

CLIENTS = st.sampled_from("abcd")
STEPS = st.lists(st.tuples(st.sampled_from(["join", "next", "done", "leave"]), CLIENTS), max_size=200)
SIZES = st.builds(
    Limits,
    workers=st.integers(1, 4),
    waiting=st.integers(0, 8),
    client_running=st.none() | st.integers(1, 3),
    client_waiting=st.integers(0, 4),
)


@given(SIZES, STEPS)
def test_no_client_has_more_than_its_share_and_none_is_passed_over(
    limits: Limits, steps: list[tuple[str, str]]
) -> None:
    line: Line[tuple[str, int]] = Line(limits)
    waiting: list[tuple[str, int]] = []
    running: list[tuple[str, int]] = []
    turns: dict[tuple[str, int], set[str]] = {}
    for number, (step, client) in enumerate(steps):
        of_client = [item for item in waiting if item[0] == client]
        if step == "join":
            with suppress(TooManyQueries):
                line.join(client, (client, number))
                waiting.append((client, number))
                turns[client, number] = set()
        elif step == "next" and len(running) < limits.workers:
            item = line.next()
            if item is None:
                assert all(sum(one[0] == other[0] for one in running) == limits.running_of_one for other in waiting)
                continue
            assert item == next(one for one in waiting if one[0] == item[0])  # a client's own queries keep their order
            waiting.remove(item)
            running.append(item)
            heads = {one[0]: one for one in reversed(waiting)}
            for head in heads.values():
                if sum(one[0] == head[0] for one in running) < limits.running_of_one:
                    assert (
                        item[0] not in turns[head]
                    )  # nobody goes twice while another who may go waits for a first turn
                    turns[head].add(item[0])
        elif step == "done" and any(one[0] == client for one in running):
            running.remove(next(one for one in running if one[0] == client))
            line.done(client)
        elif step == "leave" and of_client:
            assert line.leave(client, of_client[-1])
            assert not line.leave(client, of_client[-1])
            waiting.remove(of_client[-1])
        assert len(line) == len(waiting)
        assert sorted(line) == sorted(waiting)
        assert len(waiting) + len(running) <= limits.workers + limits.waiting
        for one in "abcd":
            assert sum(item[0] == one for item in running) <= limits.running_of_one
            assert sum(item[0] == one for item in waiting) <= limits.running_of_one + limits.client_waiting
