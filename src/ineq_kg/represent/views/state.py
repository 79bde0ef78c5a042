"""A page's address: what it shows, of which version, and the way to every other state of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlencode

from ineq_kg.store.limits import DEFAULTS, Limits

# What a slug has in it beside letters and digits; a path keeps it readable.
_PATH_SAFE = "/:;().-_~%"


@dataclass(frozen=True)
class Place:
    """Where an answer is given: the server's address, if any, and the version of the dataset that it is true of.

    `committed` is when that version was; `pinned` says that it was asked for by name: the links of a page then stay on it.
    `limits` are what a query of one's own may take there, and `union` whether it asks all graphs where it names none.
    """

    version: str
    committed: datetime | None = None
    server: str = ""
    pinned: bool = False
    limits: Limits = DEFAULTS
    union: bool = True

    def address(self, path: str, given: Mapping[str, Sequence[str]] | None = None, *, at: bool = True) -> str:
        """Return an address that leads to the same answer whatever is committed later; without `at`, to the newest."""
        asked = {**(given or {}), **({"at": [self.version]} if at else {})}
        return f"{self.server.rstrip('/')}{quote(path, safe=_PATH_SAFE)}" + _asking(asked)


@dataclass(frozen=True)
class State:
    """One state of a page: its path, the slugs and values given beside it, and the place.

    `alternates` are the other formats it can be had in: label, media type, file extension.
    """

    path: str
    given: Mapping[str, tuple[str, ...]]
    place: Place
    alternates: tuple[tuple[str, str, str], ...] = field(default=())

    @property
    def permalink(self) -> str:
        """The address that always leads to this state, of this version of the dataset."""
        return self.place.address(self.path, self.given)

    def link(self, path: str | None = None, /, **changed: str | Sequence[str]) -> str:
        """Return a link to another state of this page, or to another page."""
        given = {name: value for name, value in (self.given if path is None else {}).items() if name not in changed}
        given |= {name: (one,) if isinstance(one, str) else tuple(one) for name, one in changed.items()}
        return quote(self.path if path is None else path, safe=_PATH_SAFE) + _asking(given)

    def with_value(self, name: str, value: str, **changed: str | Sequence[str]) -> str:
        """Return a link to this state with one value more, and what else is `changed`."""
        return self.link(**{name: tuple(dict.fromkeys([*self.given.get(name, ()), value]))}, **changed)

    def without_value(self, name: str, value: str, **changed: str | Sequence[str]) -> str:
        """Return a link to this state with one value less, and what else is `changed`."""
        return self.link(**{name: tuple(one for one in self.given.get(name, ()) if one != value)}, **changed)


def _asking(given: Mapping[str, Sequence[str]]) -> str:
    text = urlencode({name: several for name, several in given.items() if several}, doseq=True, safe="/:")
    return f"?{text}" if text else ""
