"""Every error that ineq-kg raises on purpose.

The tree::

    IneqKgError
    ├── InputError              what someone gave us cannot be used
    │   ├── DocumentError       a record file: carries the file, the place in it, the value and the mend
    │   │   ├── DocumentTooLarge
    │   │   └── DocumentsRejected   several DocumentErrors, found in one pass
    │   ├── ParameterError      a query parameter: carries its name and the value
    │   └── QueryError          SPARQL text that cannot be run
    │       └── QueryRefused    SPARQL text that could be run and must not be
    ├── NotFound                a slug, IRI or query name that nothing answers to
    │   └── VersionGone         a version of the dataset that is not kept
    ├── NotAcceptable           no representation in any of the formats asked for
    ├── StoreError              the triple store
    │   ├── StoreBusy           another process holds it
    │   ├── StoreFull           no room left on the disk
    │   └── StoreEmpty          nothing has been loaded yet
    ├── ExtraMissing            something was asked for that an optional extra brings
    │   └── ReasonerMissing     a reasoner was asked for and cannot run here
    └── DefinitionError         a file of our own (query, ontology, template) is wrong

Errors carry facts and never HTTP codes; the API and the command line own one map each.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class IneqKgError(Exception):
    """The root: `except IneqKgError` catches everything that this package raises on purpose."""

    mend: str = ""

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend or self.mend


class InputError(IneqKgError):
    """What someone gave us cannot be used."""


class DocumentError(InputError):
    """A record file is wrong at one place; `line` counts from 1, and is None where no line is to blame."""

    def __init__(
        self,
        message: str,
        *,
        document: Path | str,
        line: int | None = None,
        place: str = "",
        value: str = "",
        mend: str = "",
    ) -> None:
        super().__init__(message, mend=mend)
        self.document = str(document)
        self.line = line
        self.place = place
        self.value = value

    def __str__(self) -> str:
        where = self.document if self.line is None else f"{self.document}:{self.line}"
        parts = [where, self.place, self.message]
        text = ": ".join(part for part in parts if part)
        return f"{text}. {self.mend}" if self.mend else text


class DocumentTooLarge(DocumentError):
    """A record file is larger than a file of records can sensibly be."""


class DocumentsRejected(InputError):
    """Several places are wrong; `errors` lists them in the order of files and lines."""

    def __init__(self, errors: Sequence[DocumentError]) -> None:
        self.errors = tuple(errors)
        count = len(self.errors)
        super().__init__(f"{count} thing{'s' if count != 1 else ''} to mend; nothing was loaded")

    def __str__(self) -> str:
        return "\n".join([*(str(error) for error in self.errors), self.message])


class ParameterError(InputError):
    """A parameter of a query is missing, unknown or of the wrong kind."""

    def __init__(self, message: str, *, parameter: str, value: str = "", mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.parameter = parameter
        self.value = value


class QueryError(InputError):
    """SPARQL text that cannot be run; the message is the parser's own."""


class QueryRefused(QueryError):
    """SPARQL text that would reach outside the store, or write where only reading is allowed."""


class NotFound(IneqKgError):
    """Nothing answers to that slug, IRI or query name; `mend` lists near names."""

    def __init__(self, message: str, *, name: str, mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.name = name


class VersionGone(NotFound):
    """That version of the dataset is not kept: it was removed since, or never was; `mend` lists those that are."""


class NotAcceptable(IneqKgError):
    """No representation exists in any of the formats asked for."""


class StoreError(IneqKgError):
    """The triple store could not do what it was asked; it stands as it was before."""


class StoreBusy(StoreError):
    """Another process is writing to the store directory."""


class StoreFull(StoreError):
    """There is no room left where the store lives; nothing of the commit was kept."""


class StoreEmpty(StoreError):
    """Nothing has been loaded into this store yet."""


class ExtraMissing(IneqKgError):
    """Something was asked for that needs an optional extra of this package, which is not installed."""


class ReasonerMissing(ExtraMissing):
    """A description-logic reasoner was asked for, and what it runs on is not on this machine."""


class DefinitionError(IneqKgError):
    """A query, ontology or template file of the installation is wrong; names file and line."""

    def __init__(self, message: str, *, document: Path | str, line: int | None = None) -> None:
        self.document = str(document)
        self.line = line
        where = self.document if line is None else f"{self.document}:{line}"
        super().__init__(f"{where}: {message}")
