"""The log on standard error: a line for each request, and whatever else the software has to say, as JSON or for people.

What people ask is theirs: neither the text of a query nor the value of a parameter is written, unless the service is set to.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from ineq_kg.operating import LogFormat
from ineq_kg_api.exchange import Exchange

_FACTS = "ineq_kg_facts"
_ROOTS = ("ineq_kg", "ineq_kg_api", "uvicorn.error", "granian")
_requests = logging.getLogger("ineq_kg.requests")


def facts_of(exchange: Exchange, *, queries: bool) -> dict[str, Any]:
    """Return what the log says of a request; with `queries` also what was asked."""
    route, query = exchange.route
    facts = {
        "id": exchange.id,
        "method": exchange.method,
        "route": route,
        "query": query,
        "status": exchange.status,
        "ms": round(exchange.seconds * 1000, 1),
        "bytes": exchange.size,
        "client": exchange.client,
        "dataset": exchange.version,
        "problem": exchange.problem,
    }
    if queries:
        facts["url"] = exchange.scope.get("path", "")
        facts["parameters"] = exchange.scope.get("query_string", b"").decode("latin-1")
        facts["asked"] = exchange.asked
    return {name: value for name, value in facts.items() if value != ""}


def log_request(exchange: Exchange, *, queries: bool) -> None:
    """Write the line of a request that is over."""
    if _requests.isEnabledFor(logging.INFO):
        # Made here: to look for who called, as `info` does, takes longer than the rest, and it is always this line.
        record = logging.LogRecord(_requests.name, logging.INFO, __file__, 0, "request", None, None)
        setattr(record, _FACTS, facts_of(exchange, queries=queries))
        _requests.handle(record)


def log_fault(exchange: Exchange, error: Exception, *, queries: bool) -> None:
    """Write down an error that nobody foresaw: where it came up; its message, which may quote a query, only with `queries`."""
    where = "".join(traceback.format_tb(error.__traceback__))
    told = f"{type(error).__name__}: {error}" if queries else type(error).__name__
    _requests.error("fault", extra={_FACTS: {"id": exchange.id, "error": told, "where": where}})


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON: `time` (UTC), `level`, `logger`, `message`, and its facts."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, _FACTS, {}),
        }
        if record.exc_info:
            said["where"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=True)


class Text(logging.Formatter):
    """Formats a record as a line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; that of a fault is followed by where it came up."""
        facts: dict[str, Any] = dict(getattr(record, _FACTS, {}))
        time = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        if "status" not in facts:
            where = facts.pop("where", "")
            more = " ".join(f"{name}={value}" for name, value in facts.items())
            said = " ".join(filter(None, (time, record.levelname.lower(), record.getMessage(), more)))
            if record.exc_info:
                where = self.formatException(record.exc_info)
            return _one_line(said) + (f"\n{where.rstrip()}" if where else "")
        first = (facts.pop(name, "") for name in ("status", "method", "route", "query"))
        took = f"{facts.pop('ms'):,.1f} ms {facts.pop('bytes'):,} B"
        rest = " ".join(f"{name}={value}" for name, value in facts.items())
        return _one_line(" ".join([time, *(str(part) for part in first if part), took, rest]))


def _one_line(text: str) -> str:
    """Return a text whose line ends and other controls, which a client may have sent, are shown and not obeyed."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def log_to_stderr(format_: LogFormat) -> None:
    """Send what the software says of itself to standard error. Done again, it takes the place of what was set before."""
    if format_ == "none":
        return
    text = format_ == "text" or (format_ == "auto" and sys.stderr.isatty())
    handler = logging.StreamHandler()
    handler.setFormatter(Text() if text else JsonLines())
    for name in _ROOTS:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.INFO if name.startswith("ineq_kg") else logging.WARNING)
