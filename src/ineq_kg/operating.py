"""How a service is run: what it writes down and tells of itself, and what it takes from whom. Values only, no web framework."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal

from ineq_kg.errors import InputError

LogFormat = Literal["auto", "json", "text", "none"]
Network = IPv4Network | IPv6Network
LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
KIB = 1024
# More than these, each with a store of its own in memory, serve only where somebody says so.
MOST_PROCESSES = 8
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(rf"([1-9][0-9]{{0,8}})\s*/\s*({'|'.join(_SECONDS)})")
_ORIGIN = re.compile(r"https?://[^/?#\s]+", re.IGNORECASE)


@dataclass(frozen=True)
class Rate:
    """So many `requests` in so many `seconds` (1, 60, 3600 or 86400)."""

    requests: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Return the rate that a text such as `120/minute` writes. Raises ValueError."""
        found = _RATE.fullmatch(text.strip().lower())
        if found is None:
            raise ValueError(f"{text!r} is no rate")
        return cls(int(found[1]), _SECONDS[found[2]])


def parts_of(text: str) -> list[str]:
    """Return the parts of a list written with commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def networks(text: str) -> tuple[Network, ...]:
    """Return the networks that a list such as `10.0.0.0/8, 192.0.2.7` writes. Raises ValueError."""
    return tuple(ip_network(part) for part in parts_of(text))


def origins(text: str) -> tuple[str, ...]:
    """Return the origins (RFC 6454: scheme, host and port) in a list of them, as browsers write them. Raises ValueError."""
    found = parts_of(text)
    for one in found:
        if not _ORIGIN.fullmatch(one):
            raise ValueError(f"{one!r} is no origin")
    return tuple(one.lower() for one in found)


def _processes() -> int:
    return min(MOST_PROCESSES, os.cpu_count() or 1)


@dataclass(frozen=True)
class Operating:
    """How a service is run.

    `log` is what its log on standard error looks like (`auto`: text on a terminal, else JSON), `log_queries` whether what
    people ask stands in it. `metrics_from` are the networks that may read /metrics; none: there are no metrics. `rate` is what
    one client may ask, counted by all processes together that have the same directory for `counts` (None: by each for itself).
    Only `trusted_proxies` are believed about whom they ask for. Pages of `write_origins` may send tokens. `shutdown` is for
    how many seconds a request that has begun may go on when the service was told to stop. So many `processes` serve, and keep
    so many bytes of finished `answers` (None: none).

    A request may have `url_bytes` in its URL and `header_bytes` of headers. A body may take `body_patience` seconds, and one
    more for every `body_rate` bytes that have come.
    Raises InputError for a time that is none.
    """

    log: LogFormat = "none"
    log_queries: bool = False
    metrics_from: Sequence[Network] | None = LOOPBACK
    rate: Rate | None = None
    counts: Path | None = None
    trusted_proxies: Sequence[Network] | None = ()
    write_origins: Sequence[str] | None = ()
    shutdown: float = 25.0
    processes: int = field(default_factory=_processes)
    answers: int | None = 256 * KIB * KIB
    url_bytes: int = 32 * KIB
    header_bytes: int = 32 * KIB
    body_patience: float = 20.0
    body_rate: int = 8 * KIB

    def __post_init__(self) -> None:
        if not 0 <= self.shutdown < float("inf"):
            raise InputError(f"shutdown: {self.shutdown:g} s is no time to wait for", mend="Give 0 or more.")


# For an application that is part of another program: it logs nothing by itself.
LIBRARY = Operating()
