"""Where a store on another machine is, and how to speak to it: one address, with what a client must know after its `#`.

What stands after `#` never leaves this machine, so it is where the options go::

    https://rdf.example.org/sparql#update=https://rdf.example.org/sparql-auth&dialect=virtuoso&timeout=30
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pydantic import TypeAdapter, ValidationError

from ineq_kg.errors import InputError
from ineq_kg.store.remote.dialects import BY_NAME

MIB = 1024 * 1024
LISTED, SERVER = "listed", "server"
_ENVIRONMENT = {"update": "INEQ_KG_STORE_UPDATE", "gsp": "INEQ_KG_STORE_GSP", "auth": "INEQ_KG_STORE_AUTH"}
_MEND = "For example https://rdf.example.org/sparql#update=https://rdf.example.org/update"


@dataclass(frozen=True)
class Endpoint:
    """The addresses of a SPARQL 1.1 server, and how it is asked.

    `query` is where queries go; `update` where updates go, if not where servers of its kind have it; `gsp` its Graph Store
    Protocol, for reading whole graphs. `auth` is `USER:PASSWORD` (basic or digest, as the server challenges) or `bearer TOKEN`.
    `dialect` names the kind of server where it does not say so itself. `union` says who puts all graphs together where a
    query names none: `listed`, the graphs that were committed are sent along; `server`, whatever the server has as its union.
    `timeout` is in seconds and `largest` in bytes, of one answer.
    """

    query: str
    update: str | None = None
    gsp: str | None = None
    auth: str | None = field(default=None, repr=False)
    dialect: str | None = None
    union: str = LISTED
    timeout: float = 60.0
    largest: int = 256 * MIB

    def __post_init__(self) -> None:
        for address in filter(None, (self.query, self.update, self.gsp)):
            _check(address)
        if self.dialect is not None and self.dialect not in BY_NAME:
            raise InputError(f"no server is known as {self.dialect!r}", mend=f"Write one of: {', '.join(BY_NAME)}.")
        if self.union not in {LISTED, SERVER}:
            raise InputError(f"union cannot be {self.union!r}", mend=f"It is {LISTED} or {SERVER}.")
        if not self.timeout > 0 or self.largest < 1:
            raise InputError("timeout and largest are more than nothing", mend="For example timeout=30&largest=67108864")

    def __str__(self) -> str:
        return self.query

    @classmethod
    def parse(cls, text: str, environment: Mapping[str, str]) -> Endpoint:
        """Return the endpoint that an address writes; INEQ_KG_STORE_UPDATE, _GSP and _AUTH say what it leaves out.

        Raises InputError, also where the address holds a password: addresses are printed and logged.
        """
        address, _, options = text.partition("#")
        given: dict[str, Any] = {name: environment[key] for name, key in _ENVIRONMENT.items() if environment.get(key)}
        known = {one.name: one.type for one in fields(cls) if one.name not in {"query", "auth"}}
        for name, value in parse_qsl(options, keep_blank_values=True):
            if name not in known:
                mend = "Set INEQ_KG_STORE_AUTH." if name == "auth" else f"Known: {', '.join(known)}."
                raise InputError(f"{name} is no option of a store's address", mend=mend)
            given[name] = _number(name, value, float if name == "timeout" else int) if name in _NUMBERS else value
        return cls(address, **given)


_NUMBERS = frozenset({"timeout", "largest"})


def _number(name: str, text: str, kind: type[float] | type[int]) -> float | int:
    try:
        return TypeAdapter[float | int](kind).validate_python(text)
    except ValidationError as error:
        raise InputError(f"{name}: {text!r} is no number", mend="For example timeout=30") from error


def _check(address: str) -> None:
    try:
        parts = urlsplit(address)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        parts, sound = None, False
    if not sound or parts is None:
        raise InputError(f"{address!r} is no address of a server", mend=_MEND)
    if parts.username is not None or parts.password is not None:
        raise InputError(
            "an address is printed and logged: no password belongs in it", mend="Put USER:PASSWORD into INEQ_KG_STORE_AUTH."
        )


def is_address(text: str) -> bool:
    """Say whether what a user typed for a store is the address of a server, rather than a directory."""
    return text.lower().startswith(("http://", "https://"))
