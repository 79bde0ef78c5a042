"""All named queries of one or several folders, checked when they are read."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from ineq_kg.errors import DefinitionError, DefinitionsRejected, InputError, NotFound
from ineq_kg.queries.checks import read_checked
from ineq_kg.queries.definition import NamedQuery, Question

AnyQuestion = TypeVar("AnyQuestion", bound=Question, covariant=True)


@dataclass(frozen=True)
class Catalogue(Generic[AnyQuestion]):
    """Questions by name: named queries, or anything else that has a name and a header."""

    queries: Mapping[str, AnyQuestion]

    @staticmethod
    def read(*folders: Path, taken: Collection[str] = ()) -> Catalogue[NamedQuery]:
        """Read every `.rq` file of the folders, or single files, in the order given.

        A name is given once, and none that is `taken` by something else: other code relies on what a question of ours
        answers, so that nothing can be put in its place.
        Raises DefinitionsRejected with the faults of all files, InputError for what is no folder or holds no query.
        """
        queries: dict[str, NamedQuery] = {}
        faults: list[DefinitionError] = []
        for path in [file for folder in folders for file in _files(folder)]:
            try:
                query = read_checked(path)
            except DefinitionsRejected as rejected:
                faults += rejected.errors
                continue
            except DefinitionError as error:
                faults.append(error)
                continue
            if query.name in queries or query.name in taken:
                there = f"in {queries[query.name].path}" if query.name in queries else "computed, not queried"
                message = f"there is a {query.name!r} already, {there}"
                faults.append(query.fault(message, mend="Give the file another name."))
            else:
                queries[query.name] = query
        if faults:
            raise DefinitionsRejected(faults)
        return Catalogue(queries)

    def __iter__(self) -> Iterator[AnyQuestion]:
        return iter(self.queries.values())

    def __len__(self) -> int:
        return len(self.queries)

    def __getitem__(self, name: str) -> AnyQuestion:
        """Return the query of this name. Raises NotFound with near names."""
        if name not in self.queries:
            near = difflib.get_close_matches(name, self.queries) or list(self.queries)
            raise NotFound(f"there is no query {name!r}", name=name, mend=f"There is: {', '.join(near)}.")
        return self.queries[name]


def _files(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder", mend="Name the folder that your .rq files are in.")
    files = sorted(folder.glob("*.rq"))
    if not files:
        raise InputError(f"{folder} holds no .rq file", mend="A query is a file such as claims-of-study.rq.")
    return files
