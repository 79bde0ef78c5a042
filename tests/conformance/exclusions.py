"""The tests of the W3C's suites that this service does not pass, each with the reason.

Each is run, and has to fail: one that passes again breaks the build until it is taken off the list.
"""

from __future__ import annotations

EXCLUDED: dict[str, str] = {}
