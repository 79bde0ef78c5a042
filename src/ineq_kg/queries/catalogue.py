"""All named queries of a folder, checked when they are read."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ineq_kg.errors import NotFound
from ineq_kg.queries.binding import body_start
from ineq_kg.queries.definition import NamedQuery, read_definition


@dataclass(frozen=True)
class Catalogue:
    """Named queries by name."""

    queries: dict[str, NamedQuery]

    @classmethod
    def read(cls, folder: Path) -> Catalogue:
        """Read every `.rq` file of `folder`. Raises DefinitionError at the first that is wrong."""
        queries = {path.stem: read_definition(path) for path in sorted(folder.glob("*.rq"))}
        for query in queries.values():
            body_start(query)  # where values will go: found now, not at the first question
        return cls(queries)

    def __iter__(self) -> Iterator[NamedQuery]:
        return iter(self.queries.values())

    def __getitem__(self, name: str) -> NamedQuery:
        """Return the query of this name. Raises NotFound with near names."""
        if name not in self.queries:
            near = difflib.get_close_matches(name, self.queries) or list(self.queries)
            raise NotFound(f"there is no query {name!r}", name=name, mend=f"There is: {', '.join(near)}.")
        return self.queries[name]
