"""The log on standard error: a line for each request, and whatever else the software has to say, as JSON or for people.

What people ask is theirs: neither the text of a query nor the value of a parameter is written, unless the service is set to.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import lru_cache
from time import time
from typing import Any, NamedTuple, TextIO

from ineq_kg.operating import LogFormat
from ineq_kg_api.exchange import Exchange

_FACTS = "ineq_kg_facts"
_ROOTS = ("ineq_kg", "ineq_kg_api", "uvicorn.error", "granian")
_requests = logging.getLogger("ineq_kg.requests")
_root = logging.getLogger(_ROOTS[0])
Facts = dict[str, Any]


class Line(NamedTuple):
    """What the log says of one request: what is of this one alone, what many have in common, and what was asked, where told."""

    id: str
    ms: float
    bytes: int
    common: tuple[tuple[str, str | int], ...]
    asked: tuple[tuple[str, str], ...] = ()

    def facts(self) -> Facts:
        """Return all of it but the empty."""
        facts = {"id": self.id, "ms": self.ms, "bytes": self.bytes, **dict(self.common), **dict(self.asked)}
        return {name: value for name, value in facts.items() if value != ""}


def line_of(exchange: Exchange, *, queries: bool) -> Line:
    """Return what the log says of a request; with `queries` also what was asked."""
    route, query = exchange.route
    common = (
        ("method", exchange.method),
        ("route", route),
        ("query", query),
        ("status", exchange.status),
        ("client", exchange.client),
        ("dataset", exchange.version),
        ("problem", exchange.problem),
    )
    ms = round(exchange.seconds * 1000, 1)
    if not queries:
        return Line(exchange.id, ms, exchange.size, common)
    asked = (
        ("url", exchange.scope.get("path", "")),
        ("parameters", exchange.scope.get("query_string", b"").decode("latin-1")),
        ("asked", exchange.asked),
    )
    return Line(exchange.id, ms, exchange.size, common, asked)


def log_request(exchange: Exchange, *, queries: bool) -> None:
    """Write the line of a request that is over."""
    if _requests.isEnabledFor(logging.INFO):
        line = line_of(exchange, queries=queries)
        for handler in _root.handlers:
            if isinstance(handler, Lines):
                handler.write_request(line)


def log_fault(exchange: Exchange, error: Exception, *, queries: bool) -> None:
    """Write down an error that nobody foresaw: where it came up; its message, which may quote a query, only with `queries`."""
    where = "".join(traceback.format_tb(error.__traceback__))
    told = f"{type(error).__name__}: {error}" if queries else type(error).__name__
    _requests.error("fault", extra={_FACTS: {"id": exchange.id, "error": told, "where": where}})


class Formatter(logging.Formatter):
    """Formats what is said in the log; a request also without a record of it."""

    def format_request(self, created: float, line: Line) -> str:
        """Return the line of a request, without its end."""
        raise NotImplementedError


class Lines(logging.StreamHandler[TextIO]):
    """Writes lines to standard error.

    A request's has a way of its own: there is one for each, always alike, and to make a record of it and pass that through
    the loggers took longer than to write it.
    """

    def __init__(self, formatter: Formatter) -> None:
        super().__init__()
        self._requests = formatter
        self.setFormatter(formatter)

    def write_request(self, line: Line) -> None:
        """Write the line of a request."""
        written = self._requests.format_request(time(), line) + self.terminator
        with self.lock or nullcontext():
            try:
                self.stream.write(written)
                self.stream.flush()
            except (OSError, ValueError):  # nobody reads it any more: no reason not to answer
                return


_ENCODE = json.JSONEncoder().encode


def _at(created: float) -> str:
    second, part = divmod(created, 1)
    return f"{_second(int(second))}.{int(part * 1000):03}+00:00"


@lru_cache(maxsize=4)  # many lines are of one second
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _member(fact: tuple[str, str | int]) -> str:
    """Return a fact as a member of a JSON object that has others before it; nothing for one that is empty."""
    name, value = fact
    return "" if value == "" else f', "{name}": {_ENCODE(value)}'


@lru_cache(maxsize=1024)  # many requests have all of these alike
def _members(facts: tuple[tuple[str, str | int], ...]) -> str:
    return "".join(map(_member, facts))


class JsonLines(Formatter):
    """Formats a record as one line of JSON: `time` (UTC), `level`, `logger`, `message`, and its facts."""

    _BEGINNING = f'"level": "info", "logger": "{_requests.name}", "message": "request", '

    def format_request(self, created: float, line: Line) -> str:
        """Return the line of a request."""
        beginning = (
            f'{{"time": "{_at(created)}", {self._BEGINNING}"id": "{line.id}", "ms": {line.ms}, "bytes": {line.bytes}'
        )
        asked = "".join(map(_member, line.asked)) if line.asked else ""
        return f"{beginning}{_members(line.common)}{asked}}}"

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said = {
            "time": _at(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, _FACTS, {}),
        }
        if record.exc_info:
            said["where"] = self.formatException(record.exc_info)
        return json.dumps(said)


class Text(Formatter):
    """Formats a record as a line for people."""

    def format_request(self, created: float, line: Line) -> str:
        """Return the line of a request."""
        facts = line.facts()
        first = (facts.pop(name, "") for name in ("status", "method", "route", "query"))
        took = f"{facts.pop('ms'):,.1f} ms {facts.pop('bytes'):,} B"
        rest = " ".join(f"{name}={value}" for name, value in facts.items())
        return _one_line(" ".join([_clock(created), *(str(part) for part in first if part), took, rest]))

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; that of a fault is followed by where it came up."""
        facts: Facts = dict(getattr(record, _FACTS, {}))
        where = facts.pop("where", "")
        more = " ".join(f"{name}={value}" for name, value in facts.items())
        said = " ".join(filter(None, (_clock(record.created), record.levelname.lower(), record.getMessage(), more)))
        if record.exc_info:
            where = self.formatException(record.exc_info)
        return _one_line(said) + (f"\n{where.rstrip()}" if where else "")


def _clock(created: float) -> str:
    return datetime.fromtimestamp(created, UTC).strftime("%H:%M:%S")


def _one_line(text: str) -> str:
    """Return a text whose line ends and other controls, which a client may have sent, are shown and not obeyed."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def log_to_stderr(format_: LogFormat) -> None:
    """Send what the software says of itself to standard error. Done again, it takes the place of what was set before."""
    if format_ == "none":
        return
    # No format of ours says them, and to find them out takes a good part of what writing a line takes.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    text = format_ == "text" or (format_ == "auto" and sys.stderr.isatty())
    handler = Lines(Text() if text else JsonLines())
    for name in _ROOTS:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.INFO if name.startswith("ineq_kg") else logging.WARNING)
