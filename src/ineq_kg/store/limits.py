"""What one query, and one client, may take of this machine; and how a process keeps to its share of memory."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ineq_kg.errors import InputError, QueryTimeout, QueryTooBig, ResultTooLarge
from ineq_kg.store.allowed import NOWHERE, Allowed

MIB = 1024 * 1024
# A worker's own data is about 90 MiB (stacks of the engine's threads for the most part) before its first query.
LEAST_MEMORY = 192 * MIB
DEFAULT_BYTES = 64 * MIB
_NARROWER = "Ask for less at once: name the graph, bind a variable with VALUES, drop an ORDER BY of everything."
_A_PART = "Add LIMIT to ask for a part of it, and OFFSET for the next one; or name fewer columns."


def _workers() -> int:
    return min(8, max(2, os.cpu_count() or 1))


@dataclass(frozen=True)
class Limits:
    """What ad hoc queries may take, and whom they may ask. None: no limit.

    A query: `seconds` from its start in a worker, `memory` in bytes of the worker's data, `result_bytes` and `result_rows`
    (rows or triples) of its answer. All of them: so many `workers`, so many queries `waiting` for one, for `patience` seconds
    at most. One client: `client_running` workers at once (None: all but one) and `client_waiting` queries waiting.
    `services` are the places outside that SERVICE, and LOAD in an update, may name.
    Raises InputError for limits that nothing could keep to.
    """

    seconds: float | None = 30.0
    memory: int | None = 1024 * MIB
    result_bytes: int | None = DEFAULT_BYTES
    result_rows: int | None = 1_000_000
    workers: int = field(default_factory=_workers)
    waiting: int = 64
    patience: float | None = 30.0
    client_running: int | None = None
    client_waiting: int = 16
    services: Allowed = NOWHERE

    def __post_init__(self) -> None:
        least = {
            "seconds": 0.0,
            "memory": LEAST_MEMORY,
            "result_bytes": 1,
            "result_rows": 1,
            "workers": 1,
            "waiting": 0,
            "patience": 0.0,
            "client_running": 1,
            "client_waiting": 0,
        }
        for name, lowest in least.items():
            value = getattr(self, name)
            if value is not None and not value >= lowest:
                raise InputError(f"{name}: {value:,} is too little", mend=f"Give {lowest:,} or more.")

    @property
    def running_of_one(self) -> int:
        """How many workers one client may hold at once."""
        return self.client_running or max(1, self.workers - 1)

    def too_slow(self, seconds: float) -> QueryTimeout:
        """Return the error of a query that ran past its deadline."""
        return QueryTimeout(
            f"the query was stopped: it ran for longer than {seconds:g} s",
            limit="seconds",
            allowed=seconds,
            mend=_NARROWER,
        )

    def too_big(self) -> QueryTooBig:
        """Return the error of a query that wanted more memory than a worker has."""
        than = "there is" if self.memory is None else f"the {self.memory / MIB:,.0f} MiB that a query may have"
        message = f"the query was stopped: it needs more memory than {than}"
        return QueryTooBig(message, limit="memory", allowed=self.memory, mend=_NARROWER)

    def check_bytes(self, count: int) -> None:
        """Raise ResultTooLarge where an answer of so many bytes is too long."""
        allowed = self.result_bytes
        if allowed is not None and count > allowed:
            message = f"the answer is longer than the {allowed:,} bytes that one may have; nothing of it is sent"
            raise ResultTooLarge(message, limit="bytes", allowed=allowed, mend=_A_PART)

    def check_rows(self, count: int) -> None:
        """Raise ResultTooLarge where an answer of so many rows or triples is too long."""
        allowed = self.result_rows
        if allowed is not None and count > allowed:
            message = f"the answer has more than the {allowed:,} rows that one may have; nothing of it is sent"
            raise ResultTooLarge(message, limit="rows", allowed=allowed, mend=_A_PART)


DEFAULTS = Limits()
UNLIMITED = Limits(
    seconds=None, memory=None, result_bytes=None, result_rows=None, workers=1, patience=None, client_running=1
)


def confine(limits: Limits) -> None:
    """Hold the calling process to `limits.memory`, leave no core dump, and offer it first where memory runs out.

    The ceiling is RLIMIT_DATA, which counts what a process writes and not what it maps of files: an allocation past it fails
    at once, however sudden. RLIMIT_AS would count 350 MiB and more that the engine reserves and never touches. Systems that
    do not enforce it (it is Linux that does, from 4.7 on) leave the ceiling to whoever watches the process.
    """
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    try:
        import resource  # not on every system
    except ImportError:
        return
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limits.memory is not None:
        with suppress(OSError, ValueError):
            _, hard = resource.getrlimit(resource.RLIMIT_DATA)
            resource.setrlimit(resource.RLIMIT_DATA, (limits.memory, hard))
