"""Errors of the engine and of the disk, become ours: the most specific first."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from ineq_kg.errors import StoreDamaged, StoreError, StoreFull

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FULL_WORDS = ("No space", "File too large", "quota")
# What RocksDB's reports of damage begin with; pyoxigraph raises them as RuntimeError.
_DAMAGE = "Corruption"
MEND = (
    "To see which versions are whole: ineq-kg snapshots list --verify. To go back to one of them: "
    "ineq-kg snapshots restore VERSION. If none is, restore a backup: ineq-kg restore FILE --store NEW_DIRECTORY"
)


@contextmanager
def translated(doing: str, version: str = "") -> Iterator[None]:
    """Turn what the engine raises within into StoreFull, StoreDamaged or StoreError; `version` is what is worked on."""
    try:
        yield
    except FileNotFoundError as error:
        if not version:
            raise _failed(doing, error) from error
        raise _damaged(version, error) from error
    except OSError as error:
        if error.errno in _FULL or any(word in str(error) for word in _FULL_WORDS):
            raise StoreFull(
                f"there is no room to go on {doing}: {error}",
                mend="Free some space, or name a directory on another disk with --store.",
            ) from error
        raise _failed(doing, error) from error
    except RuntimeError as error:
        if not is_damage(error):
            raise
        raise _damaged(version, error) from error


def is_damage(error: RuntimeError) -> bool:
    """Say whether what the engine raised is its report of damaged files."""
    return str(error).startswith(_DAMAGE)


def let_go(error: BaseException) -> None:
    """Free what the frames have in hand that an error came through: stores close when the last reference to them goes."""
    found: BaseException | None = error
    while found is not None:
        traceback.clear_frames(found.__traceback__)
        found = found.__cause__ or found.__context__


def _failed(doing: str, error: OSError) -> StoreError:
    return StoreError(f"the store failed while {doing}: {error}")


def _damaged(version: str, error: Exception) -> StoreDamaged:
    told = " ".join(str(error).split())
    return StoreDamaged(
        f"{f'version {version}' if version else 'the store'} is damaged: {told}", version=version, mend=MEND
    )
