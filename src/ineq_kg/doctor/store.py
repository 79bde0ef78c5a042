"""The store: its directory, its disk, its pointer and journal, each of its versions, and the clock."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil

from ineq_kg.doctor.finding import Area, Finding
from ineq_kg.errors import IneqKgError, StoreBusy, StoreError, VersionGone
from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.represent.ontology import version_of
from ineq_kg.represent.text import counted
from ineq_kg.resources import resource
from ineq_kg.store import seals
from ineq_kg.store.embedded import Dataset, EmbeddedStore
from ineq_kg.store.opening import open_store
from ineq_kg.store.remote.endpoint import Endpoint, Location
from ineq_kg.store.snapshots import Versions
from ineq_kg.store.verify import verify
from ineq_kg.vocabulary import ONTOLOGY, ONTOLOGY_GRAPH

_AREA = Area("store")
MIB = 1024 * 1024
# Less room than this is too little for any commit; below the size of the current version a big one may fail.
LEAST_ROOM = 32 * MIB
_REMOTE = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "afs")
_LOAD = "Load something: ineq-kg load PATH, or try ineq-kg demo."
_RESTORE = "ineq-kg snapshots list --verify, then ineq-kg snapshots restore VERSION; else restore a backup."


def store(location: Location, *, deep: bool = False) -> Iterator[Finding]:
    """Yield what is found of a store in a directory: `deep` reads every file and quad of all versions, else files of one."""
    if isinstance(location, Endpoint):
        yield _elsewhere(location)
    else:
        yield from _here(location, deep=deep)


def _elsewhere(endpoint: Endpoint) -> Finding:
    """Say whether a store on another machine answers."""
    try:
        version = open_store(endpoint).version
    except IneqKgError as error:
        return _AREA.error(error, "Look whether it runs, and whether INEQ_KG_STORE names it rightly.")
    if version is None:
        return _AREA.warning(f"{endpoint} answers, and nothing has been loaded into it", _LOAD)
    return _AREA.ok(f"{endpoint} answers, at version {version}")


def _here(directory: Path, *, deep: bool) -> Iterator[Finding]:
    if not directory.is_dir():
        if directory.exists():
            yield _AREA.fault(f"{directory} is not a directory", "Name another with --store or INEQ_KG_STORE.")
        else:
            yield _AREA.warning(f"there is no store at {directory} yet", _LOAD)
        return
    versions = Versions(directory)
    yield _access(directory)
    yield _writer(versions)
    yield from _disk(versions)
    try:
        current = versions.current()
    except StoreError as error:
        yield _AREA.error(error, _RESTORE)
        return
    if current is None:
        yield _AREA.warning(f"nothing has been loaded into {directory}", _LOAD)
        return
    yield from _pointer(versions, current)
    yield from _journal(versions, current)
    yield from _versions(EmbeddedStore(directory), current, deep=deep)
    yield _ontology(EmbeddedStore(directory))


def _access(directory: Path) -> Finding:
    places = [directory, directory / "versions"]
    closed = [place for place in places if place.is_dir() and not os.access(place, os.R_OK | os.W_OK | os.X_OK)]
    if closed:
        return _AREA.fault(
            f"{closed[0]} cannot be written to by {_who()}: not even readers can hold a version",
            f"Run as its owner, or: chown -R {_who()} {directory}",
        )
    return _AREA.ok(f"{directory} can be read and written")


def _who() -> str:
    with suppress(KeyError, OSError, ImportError):
        return psutil.Process().username()
    return "this user"


def _writer(versions: Versions) -> Finding:
    path = versions.lock
    if not path.exists():
        return _AREA.ok("nobody is writing")
    try:
        with versions.writing():
            return _AREA.ok("nobody is writing")
    except StoreBusy:
        holder = _holder(path)
        by = f": {holder}" if holder else ""
        return _AREA.note(
            f"somebody is writing now{by}", "Wait for it; it gives the lock up when it ends, however it ends."
        )
    except StoreError as error:
        return _AREA.error(error)


def _holder(path: Path) -> str:
    """Return the process that has a file open, as far as this user may see; empty where none is found."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and any(Path(file.path) == path.resolve() for file in process.open_files()):
                return f"process {process.pid}, {' '.join(process.cmdline())[:80]}"
    return ""


def _disk(versions: Versions) -> Iterator[Finding]:
    files = {(facts := path.stat()).st_ino: facts for path in versions.directory.rglob("*") if path.is_file()}
    size = sum(getattr(facts, "st_blocks", 0) * 512 or facts.st_size for facts in files.values())
    free = shutil.disk_usage(versions.directory).free
    said = f"the store takes {size / MIB:,.0f} MiB of the disk, and {free / MIB:,.0f} MiB are free"
    mend = "Free some space, or remove old versions: ineq-kg snapshots prune --keep 3"
    if free < LEAST_ROOM:
        yield _AREA.fault(f"{said}: too little for a commit", mend)
    elif free < size:
        yield _AREA.warning(f"{said}: a commit that changes most of it may not fit", mend)
    else:
        yield _AREA.ok(said)
    kind = _file_system(versions.directory)
    if kind.startswith(_REMOTE):
        yield _AREA.warning(
            f"the store is on a network file system ({kind}): locks and hard links may not hold there",
            "Keep it on a disk of this machine.",
        )


def _file_system(directory: Path) -> str:
    """Return the kind of file system that a directory is on, empty where the system does not say."""
    place = str(directory.resolve())
    with suppress(psutil.Error, OSError):
        mounted = [one for one in psutil.disk_partitions(all=True) if Path(place).is_relative_to(one.mountpoint)]
        return max(mounted, key=lambda one: len(one.mountpoint)).fstype if mounted else ""
    return ""


def _pointer(versions: Versions, current: str) -> Iterator[Finding]:
    if versions.pointed() is None:
        mend = f"ineq-kg snapshots restore {current}"
        yield _AREA.warning(f"the pointer is lost; by the journal the current version is {current}", mend)
    else:
        yield _AREA.ok(f"the current version is {current}")
    newer = [name for name in versions.names() if name > current]
    if newer:
        said = f"{counted(len(newer), 'version')} left of commits that did not finish ({', '.join(newer)})"
        yield _AREA.note(said, "The next commit clears them away; so does ineq-kg snapshots prune.")


def _journal(versions: Versions, current: str) -> Iterator[Finding]:
    entries = versions.journal.entries(current)
    if not entries:
        yield _AREA.warning(
            f"the journal has no line of {current}: who made it, when and why is not known",
            f"If {versions.journal.path.name} was lost, put back a copy of it from a backup.",
        )
        return
    first = entries[0]
    if first.parent is not None:
        yield _AREA.warning(
            f"the journal leads back to {first.version} and not to the first commit",
            f"Put back the lines before it of {versions.journal.path.name} from a backup.",
        )
    else:
        yield _AREA.ok(f"the journal has {counted(len(entries), 'commit')}, back to the first")
    yield _clock(entries[-1].at)


def _clock(last: datetime) -> Finding:
    ahead = (last - datetime.now(UTC)).total_seconds()
    if ahead > 1:
        return _AREA.warning(
            f"the last commit was made {ahead:,.0f} s from now, by this machine's clock",
            "Set the clock, by NTP for example. Until then commits are dated after the last one, each a second later.",
        )
    return _AREA.ok(f"the clock is after the last commit, {last:%Y-%m-%d %H:%M} UTC")


def _versions(kept: EmbeddedStore, current: str, *, deep: bool) -> Iterator[Finding]:
    names = kept.versions.committed()
    wrong = 0
    for name in names:
        for said in verify(kept, name) if deep else _opens(kept.directory, name):
            wrong += 1
            yield _AREA.fault(f"version {name}: {said}", _RESTORE)
    if not wrong:
        how = "is what was committed, and can be read to the end" if deep else "opens"
        yield _AREA.ok(f"each of {counted(len(names), 'version')} kept {how}")
    if not deep:
        yield from _files(kept.versions, current)
        yield _AREA.note("what is in the other files was not read", "ineq-kg doctor --verify reads all of it.")


def _files(versions: Versions, current: str) -> Iterator[Finding]:
    """Compare the files of the current version with what was committed, as a service does beside its answering."""
    path = versions.path(current)
    try:
        hold = versions.reading(current)
    except VersionGone as error:  # another was committed meanwhile, or it is not there and that was said
        yield _AREA.error(error, _RESTORE)
        return
    if not seals.read(path):
        said = f"whether the files of version {current} are what was committed is not known: their digests are missing"
        yield _AREA.warning(said, "Each commit writes them, so load again; or put them back from a copy of versions/.")
        return
    broken = seals.broken(path)
    del hold
    for said in broken:
        yield _AREA.fault(f"version {current}: {said}", _RESTORE)
    if not broken:
        yield _AREA.ok(f"each file of version {current} is what was committed")


def _opens(directory: Path, name: str) -> list[str]:
    try:
        len(EmbeddedStore(directory).pinned(name))
    except IneqKgError as error:
        return [error.message]
    return []


def _ontology(kept: EmbeddedStore) -> Finding:
    ours = version_of(read_ontology(resource("ontology")))
    try:
        rows = kept.snapshot().select(f"SELECT ?v {{ <{ONTOLOGY}> owl:versionInfo ?v }}", Dataset((ONTOLOGY_GRAPH,)))
    except StoreError as error:
        return _AREA.error(error, _RESTORE)
    theirs = [row[0].value for row in rows.rows if row[0]]
    if theirs == [ours]:
        return _AREA.ok(f"the ontology in the store is {ours}, as this software's")
    has = f"has the ontology {theirs[0]}" if theirs else "has no ontology"
    return _AREA.warning(
        f"the store {has}, and this software's is {ours}", "Load the syntheses again: ineq-kg load PATH"
    )
