"""Who may change what: tokens with scopes, kept as salted digests in a file that nobody but its owner can read.

A token is 256 random bits, so it cannot be guessed from its digest however fast that is computed: one round of HMAC-SHA-256 is
right here. A slow hash is for passwords, which people choose and which can be tried out; here it would only slow down every
request. The salt keeps a digest from being looked up, or known again in another file. The file is read again whenever it has
changed, so that a token that is revoked is refused at once, in every process that serves.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Annotated, Protocol

import portalocker
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from ineq_kg.errors import DefinitionError, NotFound, ScopeMissing, TokenMissing, TokenUnknown

FILE = "tokens.json"
_PREFIX = "ikg_"  # so that scanners for leaked secrets can know one
_MEND = "Send it as Authorization: Bearer TOKEN. Whoever runs this service makes one: ineq-kg tokens create"


class Scope(StrEnum):
    """What a token is good for: `write` to change graphs, `admin` also to undo the changes of others."""

    WRITE = "write"
    ADMIN = "admin"


_IMPLIES = {Scope.ADMIN: {Scope.ADMIN, Scope.WRITE}, Scope.WRITE: {Scope.WRITE}}


class Token(BaseModel):
    """What is known of a token: not the token itself. `digest` is HMAC-SHA-256 of it, keyed with `salt`; both in hex."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    who: str
    scopes: tuple[Scope, ...]
    created: AwareDatetime
    expires: AwareDatetime
    salt: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    def is_of(self, secret: str) -> bool:
        """Say, in a time that tells nothing, whether this is what is known of `secret`."""
        return hmac.compare_digest(_digest(self.salt, secret), self.digest)

    def allows(self, scope: Scope) -> bool:
        """Say whether the token is good for this."""
        return any(scope in _IMPLIES[own] for own in self.scopes)

    @property
    def expired(self) -> bool:
        """Whether its time is over."""
        return datetime.now(UTC) >= self.expires


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    tokens: tuple[Token, ...] = ()


def _digest(salt: str, secret: str) -> str:
    return hmac.new(bytes.fromhex(salt), secret.encode(), hashlib.sha256).hexdigest()


def _made(who: str, scopes: Collection[Scope], lifetime: timedelta) -> tuple[Token, str]:
    secret = _PREFIX + secrets.token_urlsafe(32)
    salt = secrets.token_hex(16)
    now = datetime.now(UTC)
    token = Token(
        id=secrets.token_hex(4),
        who=who,
        scopes=tuple(sorted(set(scopes))),
        created=now,
        expires=now + lifetime,
        salt=salt,
        digest=_digest(salt, secret),
    )
    return token, secret


class Tokens:
    """The tokens of a service, in their file. Every method raises DefinitionError where that is wrong, or open to others."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._known: tuple[tuple[int, int, int], tuple[Token, ...]] | None = None

    def all(self) -> tuple[Token, ...]:
        """Return what is known of each token, in the order they were made."""
        with self._lock:
            try:
                found = self.path.stat()
            except (FileNotFoundError, NotADirectoryError):
                return ()
            except OSError as error:
                raise _unreadable(self.path) from error
            state = (found.st_ino, found.st_mtime_ns, found.st_size)
            if self._known is None or self._known[0] != state:
                self._known = (state, self._read(found))
            return self._known[1]

    def _read(self, found: os.stat_result) -> tuple[Token, ...]:
        if os.name != "nt" and stat.S_IMODE(found.st_mode) & 0o077:
            message = "this file of tokens can be read or written by others than its owner"
            raise DefinitionError(message, document=self.path, mend=f"chmod 600 {self.path}")
        try:
            return _File.model_validate_json(self.path.read_bytes()).tokens
        except (OSError, ValidationError) as error:
            raise _unreadable(self.path) from error

    def create(self, who: str, scopes: Collection[Scope], lifetime: timedelta) -> tuple[Token, str]:
        """Make a token. Returns what is known of it, and the token itself, which is kept nowhere."""
        token, secret = _made(who, scopes, lifetime)
        with self._changing() as tokens:
            tokens.append(token)
        return token, secret

    def revoke(self, identifier: str) -> Token:
        """Make a token good for nothing, and return what was known of it. Raises NotFound."""
        with self._changing() as tokens:
            token = self._named(identifier, tokens)
            tokens.remove(token)
        return token

    def rotate(self, identifier: str, grace: timedelta = timedelta()) -> tuple[Token, str]:
        """Make a token that takes the place of another, for as long as that was made for; that one is good for `grace` more.

        Raises NotFound.
        """
        with self._changing() as tokens:
            old = self._named(identifier, tokens)
            token, secret = _made(old.who, old.scopes, old.expires - old.created)
            tokens.remove(old)
            if grace > timedelta():
                tokens.append(old.model_copy(update={"expires": min(old.expires, token.created + grace)}))
            tokens.append(token)
        return token, secret

    def holder(self, secret: str) -> Token | None:
        """Return what is known of this token, or None. All are looked at, so that the time taken tells nothing."""
        matches = [token for token in self.all() if token.is_of(secret)]
        return next((token for token in matches if not token.expired), None)

    def _named(self, identifier: str, tokens: list[Token]) -> Token:
        for token in tokens:
            if token.id == identifier:
                return token
        known = ", ".join(token.id for token in tokens) or "none"
        raise NotFound(f"there is no token {identifier!r}", name=identifier, mend=f"Tokens: {known}.")

    @contextmanager
    def _changing(self) -> Iterator[list[Token]]:
        """Give the tokens as a list; what it holds at the end is kept. One process at a time."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("a") as lock:
            portalocker.lock(lock, portalocker.LOCK_EX)
            tokens = list(self.all())
            yield tokens
            self._write(_File(tokens=tuple(tokens)))

    def _write(self, file: _File) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(file.model_dump_json(indent=1).encode() + b"\n")
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self.path)


def _unreadable(path: Path) -> DefinitionError:
    mend = "Put back a copy of it; or remove it, and make every token anew."
    return DefinitionError("this file of tokens cannot be read", document=path, mend=mend)


class Gate(Protocol):
    """Decides who may do what. A service has exactly one, and none that lets everybody in is part of this software."""

    def admit(self, authorization: str | None, scope: Scope) -> str:
        """Return who it is that may; `authorization` is the header of that name. Raises AccessError."""


class TokenGate:
    """Lets in who sends a token as `Authorization: Bearer` (RFC 6750)."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens

    def admit(self, authorization: str | None, scope: Scope) -> str:
        """Return who the token was made for. Raises TokenMissing, TokenUnknown, ScopeMissing, DefinitionError."""
        scheme, _, secret = (authorization or "").strip().partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise TokenMissing("this needs a token", mend=_MEND)
        token = self.tokens.holder(secret.strip())
        if token is None:
            raise TokenUnknown("this token is not known here, or not any more", mend=_MEND)
        if not token.allows(scope):
            raise ScopeMissing(f"this token is not for that: it lacks the scope {scope}", scope=scope)
        return token.who
