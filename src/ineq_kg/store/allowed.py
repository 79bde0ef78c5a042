"""The list of places outside that queries and updates may ask; without one they may ask nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from ineq_kg.errors import InputError, QueryRefused

_MAPPED = re.compile(
    r"(?P<iri>\S+?)=(?:(?P<url>https?://\S+)|(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<v4>[0-9.]+))(?::(?P<port>[0-9]{1,5}))?)"
)
_EXAMPLE = (
    "For example https://query.wikidata.org/sparql, http://one.example/sparql=http://127.0.0.1:3030/ds, or "
    "https://two.example/sparql=10.0.0.5."
)


@dataclass(frozen=True)
class Place:
    """What is asked: its IRI, as whoever asks knows it, its URL, and where not to look its host up the address and port."""

    iri: str
    url: str
    address: str | None = None
    port: int | None = None

    @property
    def written(self) -> str | None:
        """The address that the list itself writes, be it a private one; None where it must be looked up, and be public."""
        host = urlsplit(self.url).hostname or ""
        return self.address or (host if _is_address(host) else None)


@dataclass(frozen=True)
class Entry:
    """One entry: an endpoint's IRI, or a folder's (with `/` at its end) for all that is below it; and where that is."""

    iri: str
    place: Place

    @classmethod
    def read(cls, text: str) -> Entry:
        """Return the entry that `text` writes: `IRI`, `IRI=URL` or `IRI=ADDRESS`. Raises InputError."""
        mapped = _MAPPED.fullmatch(text)
        iri, place = text, Place(text, text)
        if mapped and mapped["url"]:
            iri, place = mapped["iri"], Place(mapped["iri"], mapped["url"])
        elif mapped and _is_address(mapped["v4"] or mapped["v6"]):
            iri = mapped["iri"]
            place = Place(iri, iri, mapped["v4"] or mapped["v6"], int(mapped["port"]) if mapped["port"] else None)
        # What only names a place whose URL is written beside it may be of any scheme.
        for wrong in (_fault(iri, name=bool(mapped and mapped["url"])), _fault(place.url)):
            if wrong:
                raise InputError(f"services: {text!r} cannot be one: {wrong}", mend=_EXAMPLE)
        if iri.endswith("/") and not place.url.endswith("/"):
            raise InputError(f"services: {text!r} maps a folder to what is none", mend="Map it to what ends in / too.")
        return cls(iri, place)

    def place_of(self, iri: str) -> Place | None:
        """Return where an IRI is, None where this entry does not say."""
        if iri == self.iri:
            return self.place
        if self.iri.endswith("/") and iri.startswith(self.iri) and not _fault(iri):
            return Place(iri, self.place.url + iri.removeprefix(self.iri), self.place.address, self.place.port)
        return None


@dataclass(frozen=True)
class Allowed:
    """The whole list. An IRI is on it as it is written there, to the letter."""

    entries: tuple[Entry, ...] = ()

    @classmethod
    def read(cls, texts: Iterable[str]) -> Allowed:
        """Return the list of these entries. Raises InputError for one that cannot be read."""
        return cls(tuple(map(Entry.read, texts)))

    def __bool__(self) -> bool:
        return bool(self.entries)

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The IRIs that are on the list by themselves."""
        return tuple(dict.fromkeys(entry.iri for entry in self.entries if not entry.iri.endswith("/")))

    def place_of(self, iri: str) -> Place:
        """Return where an IRI is. Raises QueryRefused where it is not on the list."""
        for entry in self.entries:
            place = entry.place_of(iri)
            if place is not None:
                return place
        raise QueryRefused(
            f"<{iri[:200]}> is not on the list of places that this service asks",
            mend=f"Whoever runs it may add it (INEQ_KG_SERVICES). On the list: {', '.join(e.iri for e in self.entries)}.",
        )


NOWHERE = Allowed()


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _fault(url: str, *, name: bool = False) -> str:
    """Return what is wrong with the address of a place, or with what is only a `name` for it, empty where nothing is."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        return str(error)
    if not re.fullmatch(r"[!-~]+", url):
        return "it must be in ASCII, without spaces (write a host's name as xn--..., other characters as %XX)"
    if not parts.scheme if name else parts.scheme not in {"http", "https"} or not parts.hostname:
        return "it must begin with http:// or https:// and a host"
    if parts.username is not None or parts.password is not None:
        return "it must hold no name or password"
    if parts.fragment or set(url) & set('\\<>"{}|^`'):
        return "it is no address of a document"
    if {unquote(part) for part in re.split(r"/|%2[Ff]", parts.path)} & {".", ".."}:
        return "it must not lead up by way of .. or ."
    return ""
