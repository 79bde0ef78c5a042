"""What the kernel keeps a worker from, whatever text made the engine do: opening connections (Landlock, Linux 6.7 and later).

A second lock behind the first, which is that no text is run that names another host. It holds for the thread that sets it and
for those that thread starts later, and cannot be undone. Datagrams are not covered: a name may still be looked up.

https://docs.kernel.org/userspace-api/landlock.html, ABI version 4. The libraries for it are young, or leave the network out.
"""

from __future__ import annotations

import ctypes
import os
import sys

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_ABI_VERSION = 1
_KNOWS_THE_NETWORK = 4
_CONNECT_TCP = 1 << 1
_NET_PORT = 2
_NO_NEW_PRIVILEGES = 38


class _Ruleset(ctypes.Structure):
    _fields_ = (("handled_access_fs", ctypes.c_uint64), ("handled_access_net", ctypes.c_uint64))


class _NetPort(ctypes.Structure):
    _fields_ = (("allowed_access", ctypes.c_uint64), ("port", ctypes.c_uint64))


def can_forbid_connections() -> bool:
    """Say whether this system can keep a thread from opening connections."""
    if not sys.platform.startswith("linux"):
        return False
    version = ctypes.CDLL(None).syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ABI_VERSION)
    return int(version) >= _KNOWS_THE_NETWORK


def forbid_connections(but: int | None = None) -> bool:
    """Keep the calling thread from opening TCP connections to any port `but` one; say whether the system does that."""
    if not can_forbid_connections():
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    rules = _Ruleset(0, _CONNECT_TCP)
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(ctypes.sizeof(rules)), 0)
    if ruleset < 0:
        return False
    try:
        if but is not None:
            port = _NetPort(_CONNECT_TCP, but)
            if libc.syscall(_ADD_RULE, ruleset, _NET_PORT, ctypes.byref(port), 0):
                return False
        return not (libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
