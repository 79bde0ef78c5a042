"""A faster memory allocator for whoever serves, where the system has one.

The engine allocates often and little. With the C library's own allocator (glibc's) a trace takes a quarter to a third more
processor time than with any of these, which Linux distributions have as packages of their own. An allocator has to be there
before the program is, so the program is started again under it (LD_PRELOAD); its workers inherit it.

Imports nothing but Python's own modules: what was imported before the new start was imported for nothing.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping, MutableMapping, Sequence

VARIABLE = "INEQ_KG_ALLOCATOR"
# In the order of what they took for the same traces.
KNOWN = ("libtcmalloc_minimal.so.4", "libmimalloc.so.2", "libjemalloc.so.2")
_PRELOAD = "LD_PRELOAD"


def loads(name: str) -> bool:
    """Say whether the system has a library of this name, or at this path."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def wanted(environment: Mapping[str, str] = os.environ) -> str:
    """Return what INEQ_KG_ALLOCATOR says: `auto` unless it is set."""
    return environment.get(VARIABLE) or "auto"


def choose(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the allocator to start under, or None: there is none, it is not wanted, or one is preloaded already.

    INEQ_KG_ALLOCATOR names one, as a library or a path; `none` leaves the C library's own.
    """
    named = wanted(environment)
    if named == "none" or sys.platform != "linux" or _PRELOAD in environment:
        return None
    return next((name for name in (KNOWN if named == "auto" else (named,)) if loads(name)), None)


def preloaded(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return which allocator this program runs under, if it is another than the C library's."""
    return environment.get(_PRELOAD) or None


def start_again(name: str, command: Sequence[str], environment: MutableMapping[str, str] = os.environ) -> None:
    """Start a command in the place of this program, under the allocator. Does not return."""
    environment[_PRELOAD] = name
    os.execve(command[0], list(command), dict(environment))  # noqa: S606
