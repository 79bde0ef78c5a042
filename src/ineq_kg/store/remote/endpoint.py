"""Where a store on another machine is, and how it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from ineq_kg.errors import InputError
from ineq_kg.store.limits import MIB

Union = Literal["listed", "server"]
SCHEMES = ("basic", "digest", "bearer")
_MEND_AUTH = "Write `basic USER:PASSWORD`, `digest USER:PASSWORD` or `bearer TOKEN`."


@dataclass(frozen=True)
class Endpoint:
    """The addresses of a SPARQL 1.1 server, and how it is asked.

    `query` is where queries go, `update` where updates go, `graphs` where its Graph Store Protocol is; None: where servers of
    its kind have them. `auth` is `basic USER:PASSWORD`, `digest USER:PASSWORD` or `bearer TOKEN`. `dialect` names the kind of
    server where it is not to be told by its answers. `union` says who puts all graphs together where a query names none:
    `listed`, those that were loaded are named to the server; `server`, whatever it has as its union. `exclusive`: nobody but
    this software changes what it holds. `timeout`, in seconds, and `largest`, in bytes, are of one answer.
    Raises InputError for what cannot be an address, and for an address that holds a password: addresses are printed and logged.
    """

    query: str
    update: str | None = None
    graphs: str | None = None
    auth: str | None = field(default=None, repr=False)
    dialect: str | None = None
    union: Union = "listed"
    exclusive: bool = False
    timeout: float = 60.0
    largest: int = 256 * MIB

    def __post_init__(self) -> None:
        for address in filter(None, (self.query, self.update, self.graphs)):
            _check(address)
        if self.auth is not None:
            scheme, _, secret = self.auth.partition(" ")
            if scheme.lower() not in SCHEMES or not secret.strip():
                raise InputError("how to sign in to the store cannot be read", mend=_MEND_AUTH)
            if scheme.lower() != "bearer" and ":" not in secret:
                raise InputError("what signs in to the store has no password", mend=_MEND_AUTH)

    def __str__(self) -> str:
        return self.query


def _check(address: str) -> None:
    mend = "For example https://rdf.example.org/sparql"
    try:
        parts = urlsplit(address)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
        named = parts.username is not None or parts.password is not None
    except ValueError as error:
        raise InputError("the store's address is no address of a server", mend=mend) from error
    if named:
        raise InputError(
            "no user and no password belong in the store's address, which is printed and logged",
            mend="Put `basic USER:PASSWORD` into INEQ_KG_STORE_AUTH.",
        )
    if not sound or parts.fragment or not address.isprintable() or " " in address:
        raise InputError(f"{address!r} is no address of a server", mend=mend)


# Where a store is: a directory of this machine, or a server.
Location = Path | Endpoint


def is_address(text: str) -> bool:
    """Say whether what names a store is the address of a server, rather than a directory."""
    return text.lower().startswith(("http://", "https://"))
