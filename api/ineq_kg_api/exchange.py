"""One request and the answer to it, as the log and the metrics see it: kept in the ASGI scope while it is under way."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, ip_address, ip_network
from time import monotonic

from starlette.routing import BaseRoute, Mount
from starlette.types import Scope

from ineq_kg.store.snapshots import is_version

QUERIES = "/queries/"
UNKNOWN = "unknown"
# Nobody reads this status: the connection is closed. Logs know it by this number (nginx's "client closed request").
CLIENT_GONE = 499
_KEY = "ineq_kg.exchange"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
# No exchange lets more of a query into the log.
MOST_TEXT = 10_000


class Exchange:
    """What is known of one request. `status` is 0 until the answer begins, `size` counts bytes of its body as they are sent.

    `problem` names the error that was answered with, `asked` is the text of a SPARQL query or update, `changes` whether the
    request asks for a change, `fault` an error that nobody foresaw. `over` is set when the server has given up on the request:
    nothing more is sent.
    """

    __slots__ = (
        "asked",
        "begun",
        "changes",
        "fault",
        "id",
        "method",
        "over",
        "problem",
        "scope",
        "size",
        "status",
        "version",
    )

    def __init__(self, scope: Scope, request_id: str | None) -> None:
        self.scope = scope
        self.begun = monotonic()
        self.id = request_id if request_id and _REQUEST_ID.fullmatch(request_id) else secrets.token_hex(8)
        method = str(scope["method"])
        self.method = method if method in _METHODS else UNKNOWN
        self.status = 0
        self.size = 0
        self.problem = ""
        self.asked = ""
        self.version = ""
        self.changes = False
        self.fault: Exception | None = None
        self.over = False
        scope[_KEY] = self

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return monotonic() - self.begun

    @property
    def client(self) -> str:
        """The network the request is from (/24 in IPv4, /48 in IPv6): enough to see a crowd, and not a person."""
        client = self.scope.get("client")
        return _network(client[0]) if client else ""

    @property
    def route(self) -> tuple[str, str]:
        """The template of the route, and the name of the query that it asks, if any: never what stands in the URL itself."""
        path = getattr(self.scope.get("route"), "path", "") or self._fixed
        if path.startswith(QUERIES) and "{" not in path:
            return f"{QUERIES}{{name}}", path.removeprefix(QUERIES)
        return path, ""

    @property
    def _fixed(self) -> str:
        """The path of what is no route of the framework: a mounted folder, the pages of documentation."""
        path = self.scope["path"]
        routes: list[BaseRoute] = self.scope["app"].routes if "app" in self.scope else []
        for route in routes:
            known = getattr(route, "path", "")
            if known and (path == known or (isinstance(route, Mount) and path.startswith(f"{known}/"))):
                return str(known)
        return UNKNOWN

    def answered(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Note how the answer begins: its status, and the version of the dataset that its tag names."""
        self.status = status
        for name, value in headers:  # in lower case, as ASGI has them
            if name == b"etag":
                self.version = _version_in(value)
                return


@lru_cache(maxsize=256)  # answers are of the same version again and again
def _version_in(tag: bytes) -> str:
    """Return the version of the dataset that a tag names; empty where it names none."""
    version = tag.decode("latin-1").removeprefix("W/").strip('"').partition(".")[0]
    return version if is_version(version) else ""


@lru_cache(maxsize=4096)  # clients come again and again
def _network(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None) or address
    return str(ip_network((mapped, 24 if isinstance(mapped, IPv4Address) else 48), strict=False))


def note_problem(scope: Scope, name: str) -> None:
    """Note the error that a request is answered with, by the name of its class."""
    exchange = exchange_of(scope)
    if exchange is not None:
        exchange.problem = name


def note_asked(scope: Scope, text: str) -> None:
    """Note the text of a query or update, for a log that is to have it."""
    exchange = exchange_of(scope)
    if exchange is not None:
        exchange.asked = text[:MOST_TEXT]


def note_change(scope: Scope) -> None:
    """Note that a request asks for a change."""
    exchange = exchange_of(scope)
    if exchange is not None:
        exchange.changes = True


def exchange_of(scope: Scope) -> Exchange | None:
    """Return what is known of the request of this scope; None where nothing records it."""
    found: Exchange | None = scope.get(_KEY)
    return found
