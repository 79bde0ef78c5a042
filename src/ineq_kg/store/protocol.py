"""What the rest of the software needs of a store, wherever it is: in a directory of this machine, or on another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from ineq_kg.store.embedded import Dataset, Rows
from ineq_kg.store.journal import UNSIGNED, Entry, Note
from ineq_kg.store.limits import Limits
from ineq_kg.store.named import EVERY, About
from ineq_kg.store.remote.endpoint import Location


class Snapshot(Protocol):
    """One version of a dataset, to read from. `committed` is when it was committed, where that is known.

    `immutable`: whatever is asked at this version has this one answer for ever. Where it is not, others may change the data
    without a new version, and answers are told apart by what they say.
    """

    @property
    def version(self) -> str:
        """The name of the version."""

    @property
    def committed(self) -> datetime | None:
        """When it was committed."""

    @property
    def immutable(self) -> bool:
        """Whether what is asked of this version has one answer for ever."""

    def select(self, query: str, dataset: Dataset = ...) -> Rows:
        """Run a SELECT query and return all of its rows. Raises QueryError, StoreError."""

    def serialise(
        self, query: str, choose: Callable[[str], str], dataset: Dataset = ..., limits: Limits | None = None
    ) -> tuple[str, bytes]:
        """Run any query and return its media type, as chosen for the form of the answer, and its bytes."""

    def graph(self, graph: str | None, media_type: str) -> bytes:
        """Return one named graph, or the unnamed one, written in `media_type`."""

    def has(self, graph: str) -> bool:
        """Say whether there is a named graph of this name."""

    def quads(self, graph: str) -> list[Any]:
        """Return the quads of one named graph."""

    def graphs(self) -> list[str]:
        """Return the IRIs of all named graphs, sorted."""

    def __len__(self) -> int: ...


class Store(Protocol):
    """A dataset and its versions."""

    @property
    def location(self) -> Location:
        """Where it is; as text, what people call it by: a directory, or an address."""

    @property
    def version(self) -> str | None:
        """The name of the current version, or None before the first commit."""

    def snapshot(self) -> Snapshot:
        """Return the current version, open for reading. Raises StoreEmpty before the first commit."""

    def pinned(self, version: str) -> Snapshot:
        """Return the version of this name, open for reading. Raises VersionGone where it is not kept."""

    def entries(self) -> list[Entry]:
        """Return the commits that led to the current version, oldest first."""

    def kept(self) -> list[str]:
        """Return the names of the versions that can be asked, oldest first."""

    def watch(self) -> None:
        """Begin to look, beside the answering, whether what is answered from is what was committed."""

    def rest(self) -> None:
        """Look no more."""

    def files(self, version: str) -> str:
        """Return what is known of the files of a version, in a word."""

    def replace_graphs(self, graphs: Mapping[str, Iterable[Any]], note: Note = UNSIGNED) -> str:
        """Make each named graph hold exactly these quads, and return the new version's name."""

    def look(self, directory: Path) -> Snapshot:
        """Return a copy on its way to be committed, open for reading."""

    def base_of(self, directory: Path) -> Snapshot | None:
        """Return what such a copy was made of, None where it was made of nothing."""

    def commit(
        self,
        change: Callable[[Any], object],
        note: Note = UNSIGNED,
        base: str | None = None,
        *,
        patience: float = 0.0,
        first: Callable[[Path], bool] | None = None,
        about: About = EVERY,
    ) -> str:
        """Make what `change` does to a copy of a version the new one, and return its name.

        `about` says which graphs it may read or write: no others need be in the copy.
        """
