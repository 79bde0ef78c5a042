"""Work that can wait, beside a service that cannot."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

# As much less of the processor as whoever is asked for something now should not notice (nice(2)).
NICENESS = 15


def give_way() -> None:
    """Let this thread compute only when no other has to, where the system can tell threads apart (Linux)."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
