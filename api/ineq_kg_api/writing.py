"""What every change over HTTP has in common: who may, on what terms, one after another; and the update operation of SPARQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ineq_kg.access import Gate, Scope
from ineq_kg.app import App
from ineq_kg.changing import Changed, Terms
from ineq_kg.errors import ParameterError, StoreBusy
from ineq_kg.store.embedded import Dataset
from ineq_kg.store.journal import Note
from ineq_kg_api.bodies import read_body
from ineq_kg_api.exchange import note_asked, note_change

T = TypeVar("T")
Pairs = Sequence[tuple[str, str]]
UPDATE = "application/sparql-update"
# The longest body of a change, in bytes; the longest reason, in characters.
MAX_CHANGE = 64 * 1024 * 1024
MAX_WHY = 1000
# How long a change waits for those before it, in seconds, and how many may wait.
PATIENCE = 30.0
MOST_WAITING = 64


def query_pairs(request: Request) -> list[tuple[str, str]]:
    """Return the parameters in the request's URL, in order."""
    return parse_qsl(request.url.query, keep_blank_values=True)


def only(pairs: Pairs, name: str) -> str | None:
    """Return the one value of a parameter, or None. Raises ParameterError where it has several."""
    values = [value for key, value in pairs if key == name]
    if len(values) > 1:
        raise ParameterError(f"{name} is given {len(values)} times", parameter=name, mend="Give it once.")
    return values[0] if values else None


class Line:
    """Changes wait here for their turn, in the order they came: none takes a thread from those who read."""

    def __init__(self, patience: float = PATIENCE, most: int = MOST_WAITING) -> None:
        self.patience = patience
        self.most = most
        self._waiting = 0
        self._one = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ineq-kg-writer")

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, when its turn has come. Raises StoreBusy where that is too long, and what it raises."""
        if self._waiting >= self.most:
            raise StoreBusy(f"{self._waiting} changes are waiting already", mend="Send it again later.")
        self._waiting += 1
        try:
            turn = self._one.submit(work)
            done = asyncio.wrap_future(turn)
            await asyncio.wait({done}, timeout=self.patience)
            if not done.done() and turn.cancel():
                message = f"other changes took longer than {self.patience:g} s; nothing was done"
                raise StoreBusy(message, mend="Send it again later.")
            return await done
        finally:
            self._waiting -= 1


class Writer:
    """Makes changes for those who may."""

    def __init__(self, app: App, gate: Gate, line: Line | None = None) -> None:
        self.app = app
        self.gate = gate
        self.line = line or Line()

    def admit(self, request: Request, scope: Scope = Scope.WRITE) -> str:
        """Return who sends the request. Raises AccessError."""
        note_change(request.scope)
        return self.gate.admit(request.headers.get("authorization"), scope)

    def admit_token(self, token: str) -> str:
        """Return whose token a form brings. Raises AccessError."""
        return self.gate.admit(f"Bearer {token}", Scope.WRITE)

    def terms(self, request: Request, who: str, pairs: Pairs, why: str) -> Terms:
        """Return on what terms a change is asked for. Raises ParameterError."""
        validate = only(pairs, "validate")
        if validate not in {None, "strict", "warn"}:
            mend = "It is `strict`, which is the default, or `warn`."
            raise ParameterError(
                f"validate: {validate!r} is not known", parameter="validate", value=str(validate), mend=mend
            )
        given = only(pairs, "why") or why
        if len(given) > MAX_WHY:
            raise ParameterError(f"why: longer than {MAX_WHY:,} characters", parameter="why", mend="Say it shorter.")
        return Terms(
            Note(who, given),
            _expected(request),
            _present(request),
            lenient=validate == "warn",
            patience=self.line.patience,
        )

    async def make(self, change: Callable[[], Changed], location: str = "") -> Response:
        """Make a change when its turn has come, and answer with what it did, and with where what is new is to be found."""
        made = await self.line.run(change)
        headers = {"ETag": f'"{made.version}"', "Cache-Control": "no-store"}
        if made.created and location:
            headers["Location"] = location
        return JSONResponse(made.data(), status_code=201 if made.created else 200, headers=headers)

    async def update_directly(self, request: Request) -> Response:
        """Run the update that is the body of a request (SPARQL 1.1 Protocol, 2.2.2). Raises AccessError before it is read."""
        who = self.admit(request)
        body = await read_body(request, MAX_CHANGE)
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ParameterError("the update is not UTF-8", parameter="update", mend="Send UTF-8.") from error
        return await self._update(request, who, text, query_pairs(request))

    async def update_by_form(self, request: Request, pairs: Pairs) -> Response:
        """Run the update that a form holds (SPARQL 1.1 Protocol, 2.2.1)."""
        if request.method != "POST":
            raise ParameterError("an update is not asked for by GET", parameter="update", mend="Use POST.")
        who = self.admit(request)
        text = only(pairs, "update")
        if text is None or any(key == "query" for key, _ in pairs):
            raise ParameterError("both query and update are given", parameter="update", mend="Give one of them.")
        return await self._update(request, who, text, pairs)

    async def _update(self, request: Request, who: str, text: str, pairs: Pairs) -> Response:
        note_asked(request.scope, text)
        terms = self.terms(request, who, pairs, "SPARQL update")
        default, named = (
            tuple(value for key, value in pairs if key == name) for name in ("using-graph-uri", "using-named-graph-uri")
        )
        dataset = Dataset(default, named, base=address(request))
        return await self.make(lambda: self.app.changes.update(text, dataset, terms))


def address(request: Request) -> str:
    """Return the URL of a request as it was sent, without its query."""
    raw = request.scope.get("raw_path") or request.url.path.encode()
    return str(request.url.replace(path=raw.decode("ascii"), query=""))


def _expected(request: Request) -> frozenset[str] | None:
    """Return the versions one of which If-Match asks for (RFC 9110, 13.1.1), or None where it asks for none.

    The tags of all our answers begin with the version that they are true of. Tags that are weak never match.
    """
    header = request.headers.get("if-match")
    if header is None or header.strip() == "*":
        return None
    tags = [tag.strip() for tag in header.split(",")]
    return frozenset(tag.strip('"').partition(".")[0] for tag in tags if tag.startswith('"'))


def _present(request: Request) -> bool | None:
    """Return whether the graph that a request is about has to be there: `*` in If-Match, or in If-None-Match."""
    if request.headers.get("if-match", "").strip() == "*":
        return True
    return False if request.headers.get("if-none-match", "").strip() == "*" else None


def refuse_unknown(pairs: Pairs, known: set[str]) -> None:
    """Raise ParameterError for a parameter that means nothing here: a slip must not become a change of another graph."""
    for name, value in pairs:
        if name not in known:
            mend = f"Known here: {', '.join(sorted(known))}."
            raise ParameterError(f"{name} is no parameter of this", parameter=name, value=value, mend=mend)
