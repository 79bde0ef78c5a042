"""What every answer has in common: a number, the headers of security, a line in the log, a place in the metrics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ineq_kg_api.exchange import CLIENT_GONE, Exchange, exchange_of, note_problem
from ineq_kg_api.logs import log_fault, log_request
from ineq_kg_api.problems import problem
from ineq_kg_api.stopping import Stopping

RawHeaders = Sequence[tuple[bytes, bytes]]
_TELL = "Tell whoever runs this service, with the X-Request-ID of this answer."


def raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Return headers as ASGI has them."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def _number(scope: Scope) -> str | None:
    """Return the number that a request says it has."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            told: str = value.decode("latin-1")
            return told
    return None


class Faults:
    """ASGI middleware inside the framework: hands an error that nobody foresaw to the recorder.

    On its way out the framework would answer it first, and differently.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or note why not."""
        exchange = exchange_of(scope)
        try:
            await self.app(scope, receive, send)
        except Exception as error:
            if exchange is None:
                raise
            exchange.fault = error


class Recorder:
    """ASGI middleware, the outermost: sees each request first and its answer last.

    `headers` returns those that an answer at a path and with a status has where it has no such header of its own; `finished` is
    called with each exchange that is over.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        headers: Callable[[str, int], RawHeaders],
        finished: Callable[[Exchange], None],
        stopping: Stopping,
        log_queries: bool = False,
    ) -> None:
        self.app = app
        self._headers = headers
        self._finished = finished
        self._stopping = stopping
        self._log_queries = log_queries

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer a request, whatever happens inside; a fault that nobody foresaw is a problem with status 500."""
        return (self._record if scope["type"] == "http" else self.app)(scope, receive, send)

    async def _record(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, _number(scope))

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                exchange.answered(message["status"], headers)
                present = {name for name, _ in headers}  # in lower case, as ASGI has them
                common = self._headers(scope["path"], message["status"])
                headers += [pair for pair in common if pair[0] not in present]
                headers.append((b"x-request-id", exchange.id.encode()))
                message = {**message, "headers": headers}
            elif message["type"] == "http.response.body":
                exchange.size += len(message.get("body", b""))
            await send(message)

        async def sending(message: Message) -> None:
            if not exchange.over:
                await dressed(message)

        self._stopping.begun(exchange, dressed)
        try:
            await self.app(scope, receive, sending)
            if exchange.fault is not None:
                raise exchange.fault
        except Exception as error:
            log_fault(exchange, error, queries=self._log_queries)
            if exchange.status:
                raise  # the server cuts the connection: half an answer must not look whole
            note_problem(scope, type(error).__name__)
            await problem(500, "InternalError", "something went wrong here, and was written to the log", mend=_TELL)(
                scope, receive, sending
            )
        finally:
            self._stopping.ended(exchange)
            if not exchange.status:
                exchange.status = CLIENT_GONE
            log_request(exchange, queries=self._log_queries)
            self._finished(exchange)
