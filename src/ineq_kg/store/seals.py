"""What the files of a version were when it was committed: a digest of each, so that damage on the disk can be found.

One text file beside each version, in the form that `sha256sum --check` and `shasum -a 256 --check` read, to be run in the
folder of the versions. A file that a version shares with the one it was made from, by a hard link, is not read again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

SUFFIX = ".sha256"
# RocksDB's lock, which is empty, and its diary: neither holds data, and the diary names places of this machine.
_PASSED_OVER = ("LOCK", "LOG")


def path_of(version: Path) -> Path:
    """Return where the seal of the version in this directory is."""
    return version.with_name(version.name + SUFFIX)


def files(version: Path) -> list[Path]:
    """Return the files that hold a version's data, sorted by name."""
    return sorted(path for path in version.iterdir() if path.is_file() and not path.name.startswith(_PASSED_OVER))


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def compute(version: Path, base: Path | None = None) -> dict[str, str]:
    """Return the digest of each file of a version, by name; those it shares with `base` are taken from its seal."""
    known = {} if base is None else read(base)

    def of(path: Path) -> str:
        if base is not None and path.name in known and path.samefile(base / path.name):
            return known[path.name]
        return digest(path)

    return {path.name: of(path) for path in files(version)}


def write(version: Path, digests: Mapping[str, str]) -> None:
    """Write the seal of a version, durably."""
    lines = (f"{digest}  {version.name}/{name}\n" for name, digest in digests.items())
    with path_of(version).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())


def read(version: Path) -> dict[str, str]:
    """Return what the seal of a version says: a digest by file name. Empty where there is none, or nothing to be read in it."""
    try:
        lines = path_of(version).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    pairs = (line.split("  ", 1) for line in lines if "  " in line)
    return {name.rpartition("/")[2]: digest for digest, name in pairs}


def broken(version: Path, digest_of: Callable[[Path], str] = digest) -> list[str]:
    """Return what is wrong with the files of a version, a sentence each; reads all of them. Knows nothing without a seal."""
    sealed = read(version)
    if not sealed:
        return []
    present = {path.name for path in files(version)}
    found = [f"{name} is missing" for name in sorted(set(sealed) - present)]
    for name in sorted(set(sealed) & present):
        try:
            same = digest_of(version / name) == sealed[name]
        except OSError as error:
            found.append(f"{name} cannot be read: {error.strerror or error}")
        else:
            if not same:
                found.append(f"{name} is not what was committed: its SHA-256 is another")
    return found + [f"{name} was not there when it was committed" for name in sorted(present - set(sealed))]
