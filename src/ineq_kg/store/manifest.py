"""What a backup says of itself: the first thing in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, NonNegativeInt, StringConstraints, ValidationError

from ineq_kg import __version__
from ineq_kg.errors import BackupError
from ineq_kg.store.snapshots import VERSION

FORMAT = 1
MANIFEST = "manifest.json"
JOURNAL = "journal.jsonl"
STORE = "store/"
MEND = "Nothing was restored. Take another copy of the backup, or an older one."
_KIND = "ineq-kg backup"
_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\z")]
# The journal, or a name that the engine gives its files: none leads out of a folder, or means something else elsewhere.
_Name = Annotated[str, StringConstraints(pattern=rf"^({JOURNAL}|{STORE}[A-Za-z0-9][A-Za-z0-9_-]*(\.[a-z]+)?)\z")]


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Member(_Fact):
    """A file in a backup: its length in bytes and its SHA-256, in hexadecimal."""

    bytes: NonNegativeInt
    sha256: _Sha256


class Manifest(_Fact):
    """A dataset version, when it was committed, how many quads it has, and every file of the backup by its name there.

    `content` is the digest of what it says, where it was asked for; `software` is the version of what wrote the backup.
    """

    version: Annotated[str, StringConstraints(pattern=rf"^{VERSION}\z")]
    committed: AwareDatetime | None
    quads: NonNegativeInt
    content: _Sha256 | None = None
    files: Mapping[_Name, Member]
    software: str = __version__

    @property
    def timestamp(self) -> int:
        """When the version was committed, in seconds since 1970."""
        return 0 if self.committed is None else int(self.committed.timestamp())

    def text(self) -> bytes:
        """Return the manifest as JSON; its `sha256` is that of the same JSON without it and without white space."""
        facts = {"kind": _KIND, "format": FORMAT, **self.model_dump(mode="json")}
        return json.dumps({**facts, "sha256": _digest(facts)}, indent=1).encode() + b"\n"

    @classmethod
    def parse(cls, text: bytes) -> Manifest:
        """Return the manifest that `text` is. Raises BackupError for anything else, and where anything in it was changed."""
        try:
            facts = json.loads(text)
            kind, format_, said = (facts.pop(name) for name in ("kind", "format", "sha256"))
            whole = _digest({"kind": kind, "format": format_, **facts})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise BackupError(f"{MANIFEST} is not the manifest of a backup: {error}", mend=MEND) from error
        if kind != _KIND:
            raise BackupError(f"{MANIFEST} is not of an {_KIND}", mend=MEND)
        if said != whole:
            raise BackupError(f"{MANIFEST} is not what was written: its SHA-256 is another", mend=MEND)
        if format_ != FORMAT:
            raise BackupError(
                f"the backup is in format {str(format_)[:20]}, and this software reads format {FORMAT}",
                mend=f"Restore it with the software that wrote it: ineq-kg {str(facts.get('software'))[:20]}.",
            )
        return cls._checked(facts)

    @classmethod
    def _checked(cls, facts: dict[str, Any]) -> Manifest:
        try:
            manifest = cls.model_validate_json(json.dumps(facts))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])[:80]
            raise BackupError(f"{MANIFEST} says what no backup holds: {place}: {first['msg']}", mend=MEND) from error
        if JOURNAL not in manifest.files:
            raise BackupError(f"{MANIFEST} says what no backup holds: no {JOURNAL}", mend=MEND)
        return manifest


def _digest(facts: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(facts, separators=(",", ":")).encode()).hexdigest()
