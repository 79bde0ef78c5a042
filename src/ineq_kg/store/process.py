"""One worker process, seen from its parent."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections import deque
from functools import partial
from multiprocessing import Pipe
from subprocess import DEVNULL, PIPE, Popen
from threading import Thread
from typing import Protocol

import psutil

from ineq_kg.errors import EngineCrashed, IneqKgError, WorkerLost
from ineq_kg.store.job import Answer, Job, UpdateJob, WriteJob
from ineq_kg.store.limits import Limits

# How long a process may take to start, in seconds.
STARTING = 60.0
# So many lines, of so many bytes at most, are remembered of what a process said.
_LINES = 50
_LONGEST = 2000
# What an allocator says as it gives up: Rust's, and C++'s.
_NO_MEMORY = (b"memory allocation of", b"bad_alloc")
# What a process ends with whose stack is full.
_CRASHES = frozenset({-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT})
_log = logging.getLogger(__name__)


class AnyWorker(Protocol):
    """What answers one job at a time. Only the thread that made it may ask and close; any may kill."""

    @property
    def pid(self) -> int:
        """The number of the process that it is, or is in."""

    @property
    def alive(self) -> bool:
        """Whether it can take another job."""

    def memory(self) -> int:
        """Return how many bytes of memory it has now, of its own."""

    def is_spent(self) -> bool:
        """Say whether it can take no other job, or has too little left for one."""

    def prepare(self) -> None:
        """Wait until it can take a job. Raises WorkerLost where it cannot."""

    def answer(self, job: Job | UpdateJob | WriteJob) -> Answer:
        """Return the answer to a job. Raises what went wrong."""

    def kill(self) -> None:
        """End it, whatever it is at. Does not wait for the end."""

    def reap(self) -> None:
        """End it and wait until it is gone."""

    def close(self) -> None:
        """End it and give up what it takes."""


class WorkerProcess:
    """A process that answers one job at a time. Only the thread that made it may ask and close; any may kill."""

    def __init__(self, limits: Limits) -> None:
        """Start the process. Raises WorkerLost where none can be started."""
        self._limits = limits
        self._killed = False
        self._prepared = False
        self._connection, theirs = Pipe()
        # Started afresh, not forked: the parent has threads. `-P`: a module in the directory that happens to be the current
        # one must not stand in for ours. In a session of its own, Ctrl-C in a terminal is left to the parent.
        command = [sys.executable, "-P", "-m", "ineq_kg.store.worker", str(theirs.fileno())]
        try:
            with theirs:
                self._popen = Popen(  # noqa: S603 - our own module
                    command,
                    stdin=DEVNULL,
                    stdout=DEVNULL,
                    stderr=PIPE,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                    env={**os.environ, "RUST_BACKTRACE": "0"},
                )
        except OSError as error:
            self._connection.close()
            raise WorkerLost(f"no process could be started to answer in: {error}", mend="Ask again later.") from error
        self._process = psutil.Process(self._popen.pid)
        self._said: deque[bytes] = deque(maxlen=_LINES)
        self._listener = Thread(target=self._listen, daemon=True, name="ineq-kg-worker-says")
        self._listener.start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._popen.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._popen.poll() is None

    def memory(self) -> int:
        """Return how many bytes of memory the process has now; 0 where it has ended."""
        try:
            return int(self._process.memory_info().rss)
        except psutil.Error:
            return 0

    def is_spent(self) -> bool:
        """Say whether a process has ended, or keeps so much memory of earlier jobs that the next has too little."""
        ceiling = self._limits.memory
        return not self.alive or (ceiling is not None and self.memory() > ceiling / 2)

    def prepare(self) -> None:
        """Wait until the process can take a job. Raises WorkerLost where it cannot."""
        if self._prepared:
            return
        try:
            self._connection.send(self._limits)
            if not self._connection.poll(STARTING):
                self.kill()
            self._connection.recv()
        except (EOFError, OSError) as error:
            raise self._death() from error
        self._prepared = True

    def answer(self, job: Job | UpdateJob | WriteJob) -> Answer:
        """Return the answer to a job.

        Raises what the worker raised, QueryTooBig where it died for want of memory, EngineCrashed or WorkerLost where it died
        of anything else.
        """
        try:
            self._connection.send(job)
            outcome = self._connection.recv()
            if isinstance(outcome, IneqKgError):
                raise outcome
            return Answer(outcome, self._connection.recv_bytes())
        except (EOFError, OSError) as error:
            raise self._death() from error

    def _listen(self) -> None:
        """Log what the process says, as it says it: one that wrote into a pipe which nobody reads would wait for ever."""
        if self._popen.stderr:
            for line in iter(partial(self._popen.stderr.readline, _LONGEST), b""):
                self._said.append(line)
                _log.warning("worker %d: %s", self.pid, line.decode(errors="replace").rstrip())

    def _death(self) -> IneqKgError:
        self.reap()
        self._listener.join()
        code = self._popen.returncode
        said = b"".join(self._said)
        if any(words in said for words in _NO_MEMORY):
            return self._limits.too_big()
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        if not self._killed:
            _log.warning("worker %d died: %s", self.pid, how)
        message = f"the process that worked on this died ({how}); nothing of it is sent or kept"
        if code in _CRASHES:
            mend = "Text nested very deep does that: write it flatter."
            return EngineCrashed(message, limit="worker", mend=mend)
        return WorkerLost(message, limit="worker", mend="Ask again.")

    def kill(self) -> None:
        """End the process, whatever it is at (SIGKILL). Does not wait for the end."""
        self._killed = True
        self._popen.kill()

    def reap(self) -> None:
        """End the process and wait until it is gone."""
        self._popen.kill()
        self._popen.wait()

    def close(self) -> None:
        """End the process and give up what it takes of this one."""
        self.reap()
        self._listener.join()
        self._connection.close()
        if self._popen.stderr:
            self._popen.stderr.close()
