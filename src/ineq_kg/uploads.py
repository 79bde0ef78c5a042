"""Documents that were sent in: checked as at the command line, and loaded for who may, each lot in a process of its own.

A lot is a folder, which every process that serves can read::

    UPLOADS/5f0c2a91…/
      files/…            the documents, under the names they were sent by
      order.json         what is to be done with them
      state.json         how far it is, and what came of it; replaced whole each time
      cancel             somebody wants no more of it

What the documents hold is read by nobody but that process: a document that breaks it, or never ends, breaks nothing else.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from threading import Thread
from typing import Any, Literal

from ineq_kg.app import App
from ineq_kg.config import Settings
from ineq_kg.errors import DocumentsRejected, IneqKgError, InputError, NotFound, ParameterError, TooManyQueries
from ineq_kg.reason.offences import Checked
from ineq_kg.represent.findings import finding_data, summary
from ineq_kg.store.limits import Limits, confine

State = Literal["waiting", "running", "sound", "faulty", "loaded", "failed", "cancelled"]
# Lots that may be worked on at once, files in one, and how long a lot is kept, in seconds.
MOST_AT_ONCE = 2
MOST_FILES = 200
KEPT_FOR = 24 * 3600
# How long a lot may take, in seconds, and how often its process looks whether it is still wanted.
LONGEST = 600.0
_LOOK = 0.2
_ID = re.compile(r"[0-9a-f]{32}")
_ENDED = frozenset({"sound", "faulty", "loaded", "failed", "cancelled"})


@dataclass(frozen=True)
class Order:
    """What is to be done with a lot: only checked, or `load`ed as well, by whom and why."""

    load: bool = False
    who: str = ""
    why: str = ""


@dataclass(frozen=True)
class Lot:
    """How far a lot is. `doing` is part `done` of `total`; `findings` are as plain data (`represent.findings`).

    A lot is `sound` when it was checked and nothing keeps it from being loaded, `faulty` when something does. `run` counts how
    often it was begun.
    """

    id: str
    state: State = "waiting"
    doing: str = ""
    done: int = 0
    total: int = 0
    files: tuple[str, ...] = ()
    summaries: tuple[str, ...] = ()
    findings: tuple[dict[str, Any], ...] = ()
    error: str = ""
    version: str = ""
    run: int = 1

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.state in _ENDED

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def _file_name(sent: str) -> str:
    """Return the name of a document without the folders it came from. Raises ParameterError for one that we cannot read."""
    from ineq_kg.ingest.records import READERS

    name = PureWindowsPath(PurePosixPath(sent).name).name
    if not name or name.startswith((".", "~$")) or Path(name).suffix.lower() not in READERS or len(name) > 200:
        mend = f"Send files of records: {', '.join(READERS)}."
        raise ParameterError(f"{sent[:200]!r} is no file of records", parameter="files", value=sent[:200], mend=mend)
    return "".join(character if character.isprintable() else "_" for character in name)


def _write(path: Path, data: object) -> None:
    """Replace a file of JSON at once, so that no reader sees half of it."""
    beside = path.with_suffix(f".{secrets.token_hex(4)}")
    beside.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    beside.replace(path)


@dataclass(frozen=True)
class Uploads:
    """The lots in a folder; what is loaded goes to the store at `location`. A lot may take the memory that a query may."""

    folder: Path
    location: str
    limits: Limits = field(default_factory=Limits)

    def begin(self, documents: Sequence[tuple[str, bytes]], order: Order) -> str:
        """Begin to work on documents (names and contents), and return the id of the lot.

        Raises ParameterError for none, for too many, and for what is no file of records; TooManyQueries.
        """
        names = [_file_name(name) for name, _ in documents]
        if not names or len(names) > MOST_FILES:
            message = f"{len(names)} files were sent" if names else "no file was sent"
            raise ParameterError(message, parameter="files", mend=f"Send one synthesis: 1 to {MOST_FILES} files.")
        if double := next((name for name in names if names.count(name) > 1), None):
            raise ParameterError(f"two files are called {double}", parameter="files", value=double, mend="Rename one.")
        self.sweep()
        id_ = secrets.token_hex(16)
        files = self.folder / id_ / "files"
        files.mkdir(parents=True)
        for name, (_, body) in zip(names, documents, strict=True):
            (files / name).write_bytes(body)
        self._start(Lot(id_, files=tuple(sorted(names))), order)
        return id_

    def load(self, id_: str, order: Order) -> None:
        """Begin to load a lot that was found sound. Raises NotFound, InputError for any other, TooManyQueries."""
        lot = self.lot(id_)
        if lot.state != "sound":
            raise InputError(f"the lot is {lot.state}", mend="What was checked and found sound can be loaded.")
        again = Lot(lot.id, files=lot.files, run=lot.run + 1)
        self._start(again, replace(order, load=True))

    def _start(self, lot: Lot, order: Order) -> None:
        busy = self._busy()
        if busy >= MOST_AT_ONCE:
            if lot.state == "waiting" and not order.load:
                shutil.rmtree(self.folder / lot.id, ignore_errors=True)
            message = f"{busy} lots are being worked on"
            mend = "Send it again in a moment."
            raise TooManyQueries(message, limit="uploads", allowed=MOST_AT_ONCE, retry_after=5, mend=mend)
        folder = self.folder / lot.id
        _write(folder / "order.json", {**asdict(order), "memory": self.limits.memory})
        _write(folder / "state.json", lot.data())
        command = [sys.executable, "-m", "ineq_kg.uploads", str(folder.resolve()), self.location]
        # In a session of its own: what ends the service lets a load come to its end.
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
        Thread(target=self._watch, args=(process, folder, lot.run), daemon=True).start()

    @staticmethod
    def _watch(process: subprocess.Popen[bytes], folder: Path, run: int) -> None:
        """Say of a process that ended without a word that it failed; end one that does not end."""
        try:
            process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        lot = _read(folder)
        if lot is not None and lot.run == run and not lot.ended:
            told = "it took too long, or too much memory; nothing was loaded"
            _write(folder / "state.json", replace(lot, state="failed", error=told).data())

    def lot(self, id_: str) -> Lot:
        """Return how far a lot is. Raises NotFound for one that there is not, or not any more."""
        found = _read(self.folder / id_) if _ID.fullmatch(id_) else None
        if found is None:
            raise NotFound("there is no such lot", name=id_[:64], mend="Lots are kept for a day; send the files again.")
        return found

    def cancel(self, id_: str) -> None:
        """Ask that a lot be worked on no more; one that is being committed is committed. Raises NotFound."""
        self.lot(id_)
        (self.folder / id_ / "cancel").touch()

    def _busy(self) -> int:
        """Return how many lots are being worked on; one that nothing was heard of for long has lost its process."""
        folders = self.folder.iterdir() if self.folder.is_dir() else ()
        return sum(
            (lot := _read(one)) is not None
            and not lot.ended
            and time.time() - (one / "state.json").stat().st_mtime < LONGEST
            for one in folders
        )

    def sweep(self) -> None:
        """Remove the lots that are older than a day."""
        for folder in self.folder.iterdir() if self.folder.is_dir() else ():
            if _ID.fullmatch(folder.name) and time.time() - folder.stat().st_mtime > KEPT_FOR:
                shutil.rmtree(folder, ignore_errors=True)


def _read(folder: Path) -> Lot | None:
    try:
        data = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    lists = {name: tuple(data[name]) for name in ("files", "summaries", "findings")}
    return Lot(**{**data, **lists})


class _Work:
    """The work on one lot, in the process that does it."""

    def __init__(self, folder: Path, location: str) -> None:
        self.folder = folder
        self.location = location
        self.lot = _read(folder) or Lot(folder.name)
        order = json.loads((folder / "order.json").read_text(encoding="utf-8"))
        confine(Limits(memory=order.pop("memory")))
        self.order = Order(**order)

    def tell(self, **more: Any) -> None:
        self.lot = replace(self.lot, **more)
        _write(self.folder / "state.json", self.lot.data())

    def progress(self, what: str, done: int, total: int) -> None:
        self.tell(state="running", doing=self.by_name(what), done=done, total=total)

    def by_name(self, text: str) -> str:
        """Return text with the names of files as they were sent: where they are kept is nobody's business."""
        return text.replace(f"{self.folder}/files/", "").replace(f"{self.folder}/files", "the files")

    def watch(self) -> None:
        """End this process when somebody wants no more of it. A commit that was begun is whole or not there at all."""
        while not (self.folder / "cancel").exists():
            time.sleep(_LOOK)
        self.tell(state="cancelled", doing="")
        os._exit(0)

    def run(self) -> None:
        from ineq_kg.checking import unread  # what a lot is worked on with, the service that begins it has no use for

        (self.folder / "cancel").unlink(missing_ok=True)
        Thread(target=self.watch, daemon=True).start()
        try:
            self.work()
        except DocumentsRejected as rejected:
            self.found([unread(rejected)])
            self.tell(state="faulty", doing="")
        except IneqKgError as error:
            self.tell(state="failed", doing="", error=self.by_name(str(error)))

    def work(self) -> None:
        from ineq_kg.checking import check
        from ineq_kg.loading import read_all

        files = sorted((self.folder / "files").iterdir())
        path = files[0] if len(files) == 1 else self.folder / "files"
        loaded = read_all([path], self.progress)
        self.progress("checking", 0, len(loaded))
        checked = [check(one) for one in loaded]
        self.found(checked)
        if any(one.violations for one in checked):
            self.tell(state="faulty", doing="")
        elif not self.order.load:
            self.tell(state="sound", doing="")
        else:
            settings = Settings.read(os.environ, store=self.location)
            report = App.open(settings.store).load([path], self.progress, self.order.who, self.order.why)
            self.tell(state="loaded", doing="", version=report.version)

    def found(self, checked: Sequence[Checked]) -> None:
        found = (finding_data(finding) for one in checked for finding in one.findings)
        findings = tuple(
            {name: self.by_name(value) if isinstance(value, str) else value for name, value in finding.items()}
            for finding in found
        )
        self.tell(findings=findings, summaries=tuple(summary(one) for one in checked if one.synthesis))


if __name__ == "__main__":
    _Work(Path(sys.argv[1]), sys.argv[2]).run()
