"""Every error that ineq-kg raises on purpose.

The tree::

    IneqKgError
    ├── InputError              what someone gave us cannot be used
    │   ├── DocumentError       a record file: carries the file, the place in it, the value and the mend
    │   │   ├── DocumentTooLarge
    │   │   └── DocumentsRejected   several DocumentErrors, found in one pass
    │   ├── ParameterError      a query parameter: carries its name and the value
    │   ├── QueryError          SPARQL text that cannot be run
    │   │   └── QueryRefused    SPARQL text that could be run and must not be
    │   ├── ChangeRefused       a change that would leave a synthesis in breach of its rules: carries what was found
    │   └── GraphReserved       a change to a graph that this software writes by itself
    ├── NotFound                a slug, IRI or query name that nothing answers to
    │   └── VersionGone         a version of the dataset that is not kept
    ├── NotAcceptable           no representation in any of the formats asked for
    ├── VersionMoved            the dataset is at another version than the caller built on
    ├── AccessError             who asks may not
    │   ├── TokenMissing        no token was given, where one is needed
    │   ├── TokenUnknown        the token given is none of ours, or is revoked or expired
    │   └── ScopeMissing        the token is good, and not for this
    ├── StoreError              the triple store
    │   ├── StoreBusy           another process holds it
    │   ├── StoreFull           no room left on the disk
    │   ├── StoreDamaged        files of a version are gone, or are not what was committed: carries the version
    │   ├── BackupError         a backup that cannot be made, or cannot be restored
    │   ├── RemoteError         a store on another machine did not do what it was asked: names its address
    │   ├── NotOnRemote         something that only a store in a directory can do, asked of one on another machine
    │   ├── StoreEmpty          nothing has been loaded yet
    │   ├── IndexNotReady       the text index of a version is still being made
    │   └── FiguresNotReady     what a version holds is still being counted
    ├── QueryStopped            a query met a limit of this service, or was withdrawn: carries the limit
    │   ├── QueryTimeout        it ran too long
    │   ├── QueryTooBig         it needs too much memory
    │   ├── ResultTooLarge      its answer has too many bytes or rows
    │   ├── TooManyQueries      others are in front of it: carries when to come again
    │   ├── QueryCancelled      whoever asked withdrew it
    │   └── WorkerLost          the process that worked on it died
    │       └── EngineCrashed   ... of what it was given to read
    ├── EndpointFailed          another host that a query asks did not answer as it must
    ├── ExtraMissing            something was asked for that an optional extra brings
    │   └── ReasonerMissing     a reasoner was asked for and cannot run here
    └── DefinitionError         a file that defines something (query, ontology, template) is wrong
        └── DefinitionsRejected     several DefinitionErrors, found in one pass

Errors carry facts and never HTTP codes; the API and the command line own one map each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


class IneqKgError(Exception):
    """The root: `except IneqKgError` catches everything that this package raises on purpose."""

    mend: str = ""

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend or self.mend

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors come over from worker processes; they are rebuilt from their facts, which constructors take by name.
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(cls: type[IneqKgError], arguments: tuple[Any, ...], facts: dict[str, Any]) -> IneqKgError:
    error = cls.__new__(cls, *arguments)
    error.__dict__.update(facts)
    return error


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


class ChangeRefused(InputError):
    """A change that would leave a synthesis in breach of its rules; `findings` has the facts of each violation, by name."""

    def __init__(self, message: str, *, findings: Sequence[Mapping[str, Any]], mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.findings = tuple(findings)


class GraphReserved(InputError):
    """A change to a graph that is not written from outside: what is inferred, the ontology, names kept for later."""

    def __init__(self, message: str, *, graph: str, mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.graph = graph


class NotFound(IneqKgError):
    """Nothing answers to that slug, IRI or query name; `mend` lists near names."""

    def __init__(self, message: str, *, name: str, mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.name = name


class VersionGone(NotFound):
    """That version of the dataset is not kept: it was removed since, or never was; `mend` lists those that are."""


class NotAcceptable(IneqKgError):
    """No representation exists in any of the formats asked for."""


class VersionMoved(IneqKgError):
    """The dataset is at another version (`version`, None where there is none yet) than the caller built on."""

    def __init__(self, message: str, *, version: str | None, mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.version = version


class AccessError(IneqKgError):
    """Whoever asks may not do what was asked."""


class TokenMissing(AccessError):
    """No token was given, where one is needed."""


class TokenUnknown(AccessError):
    """The token given is none of this service's, or it is revoked or has expired: which, nobody is told."""


class ScopeMissing(AccessError):
    """The token is good, and was not made for this; `scope` is what it lacks."""

    def __init__(self, message: str, *, scope: str, mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.scope = scope


class StoreError(IneqKgError):
    """The triple store could not do what it was asked; it stands as it was before."""


class StoreBusy(StoreError):
    """Another process is writing to the store directory."""


class StoreFull(StoreError):
    """There is no room left where the store lives; nothing of the commit was kept."""


class StoreDamaged(StoreError):
    """Files of `version` are missing, or hold something else than was committed."""

    def __init__(self, message: str, *, version: str, mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.version = version


class BackupError(StoreError):
    """A backup cannot be made, or is not one, or is not whole; nothing was restored from it."""


class RemoteError(StoreError):
    """A store on another machine cannot be reached, refuses, or answers what is no answer; the message names its address."""


class NotOnRemote(StoreError):
    """Something was asked of a store on another machine that only a store in a directory can do."""


class StoreEmpty(StoreError):
    """Nothing has been loaded into this store yet."""


class IndexNotReady(StoreError):
    """The index that a search needs is still being made, for the version that is asked."""

    def __init__(self, version: str) -> None:
        super().__init__(f"the index of version {version} is being made", mend="Search again in a moment.")
        self.version = version


class FiguresNotReady(StoreError):
    """What a description of the dataset says is still being counted, for the version that is asked."""

    def __init__(self, version: str) -> None:
        super().__init__(f"what version {version} holds is being counted", mend="Ask again in a moment.")
        self.version = version


class QueryStopped(IneqKgError):
    """A query got no answer, and no part of one. `limit` is what it met, `allowed` how much of it a query may have."""

    def __init__(self, message: str, *, limit: str = "", allowed: float | None = None, mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.limit = limit
        self.allowed = allowed


class QueryTimeout(QueryStopped):
    """A query ran for longer than it may; `allowed` is in seconds."""


class QueryTooBig(QueryStopped):
    """A query needs more memory than it may have; `allowed` is in bytes."""


class ResultTooLarge(QueryStopped):
    """The answer to a query is longer than it may be; `allowed` is in bytes or rows, as `limit` says."""


class TooManyQueries(QueryStopped):
    """Other queries are in front of this one, or of this client; it is worth asking again `retry_after` seconds later."""

    def __init__(
        self, message: str, *, limit: str, allowed: float | None = None, retry_after: int = 1, mend: str = ""
    ) -> None:
        super().__init__(message, limit=limit, allowed=allowed, mend=mend)
        self.retry_after = retry_after


class QueryCancelled(QueryStopped):
    """Whoever asked a query withdrew it, or is there no more."""


class WorkerLost(QueryStopped):
    """The process that worked on a query or a change died, by a fault of its own or killed from outside."""


class EngineCrashed(WorkerLost):
    """The engine crashed on a query or a change: asked again, it would again."""


class EndpointFailed(IneqKgError):
    """Another host, which a query or an update asks, could not be asked, or gave no answer; nothing of ours is sent then."""


class ExtraMissing(IneqKgError):
    """Something was asked for that needs an optional extra of this package, which is not installed."""


class ReasonerMissing(ExtraMissing):
    """A description-logic reasoner was asked for, and what it runs on is not on this machine."""


class DefinitionError(IneqKgError):
    """A query, ontology or template file is wrong, ours or a user's; names file and line."""

    def __init__(self, message: str, *, document: Path | str, line: int | None = None, mend: str = "") -> None:
        self.document = str(document)
        self.line = line
        where = self.document if line is None else f"{self.document}:{line}"
        super().__init__(f"{where}: {message}", mend=mend)


class DefinitionsRejected(DefinitionError):
    """Several places are wrong; `errors` lists them in the order of files and lines."""

    def __init__(self, errors: Sequence[DefinitionError]) -> None:
        self.errors = tuple(errors)
        count = f"{len(self.errors)} thing{'s' if len(self.errors) != 1 else ''} to mend"
        super().__init__(count, document=self.errors[0].document, line=self.errors[0].line)
        told = (f"{error}. {error.mend}" if error.mend else str(error) for error in self.errors)
        self.message = "\n".join([*told, count])

    def __str__(self) -> str:
        return self.message
