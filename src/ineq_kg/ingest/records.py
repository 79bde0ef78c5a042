"""Files to bundles (YAML, Excel, Word): records checked each on its own, then together. All faults are told in one pass."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ineq_kg.errors import DocumentError, DocumentsRejected
from ineq_kg.ingest.tables import TableDocument
from ineq_kg.ingest.yaml_document import Place, YamlDocument, read_yaml
from ineq_kg.records import SECTIONS, AnyRecord, Report, Synthesis, is_kind
from ineq_kg.records.base import Link, Model
from ineq_kg.records.bundle import Bundle
from ineq_kg.records.fields import references

MOST_ERRORS = 50
RecordDocument = YamlDocument | TableDocument


def _read_workbook(path: Path) -> RecordDocument:
    from ineq_kg.ingest.workbook import read_workbook  # slow to import, and most records are YAML

    return read_workbook(path)


def _read_word(path: Path) -> RecordDocument:
    from ineq_kg.ingest.word import read_word  # likewise

    return read_word(path)


READERS: dict[str, Callable[[Path], RecordDocument]] = {
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".xlsx": _read_workbook,
    ".docx": _read_word,
}


def _stands_for(item: Any, value: Any) -> bool:
    """Say whether something in a file's list was read as `value`."""
    target = value.to if isinstance(value, Link) else value
    return item == target or (isinstance(item, dict) and item.get("to") == target)


@dataclass(frozen=True)
class Placed:
    """A record and where it was written."""

    record: AnyRecord
    document: RecordDocument
    place: Place

    def written(self, path: Place) -> Place:
        """Return where a place in the record was written: records keep their lists sorted, authors need not."""
        value: Any = self.record
        data: Any = self.document.data
        for step in self.place:
            data = data[step]
        found: list[str | int] = [*self.place]
        for step in path:
            if isinstance(step, int):
                value = value[step]
                items = data if isinstance(data, list) else [data]
                step = next((at for at, item in enumerate(items) if _stands_for(item, value)), 0)
                data = items[step]
            else:
                value = getattr(value, step)
                data = data.get(step) if isinstance(data, dict) else data
            found.append(step)
        return tuple(found)


@dataclass(frozen=True)
class Loaded:
    """A bundle, the path it was read from, and the place of every record in it, by slug."""

    path: Path
    bundle: Bundle
    places: dict[str, Placed]


def _near(name: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(names), n=3, cutoff=0.6)
    return f"Did you mean {' or '.join(close)}?" if close else ""


def _inner_fields(cls: type[Model], loc: tuple[str | int, ...]) -> list[str]:
    return [*(Link if len(loc) > 1 else cls).model_fields]


def _explain(cls: type[Model], detail: Mapping[str, Any]) -> tuple[str, str]:
    """Say what is wrong and how to mend it, for one of pydantic's errors."""
    kind, loc, value = detail["type"], detail["loc"], detail["input"]
    name = str(loc[-1]) if loc else ""
    if kind == "extra_forbidden":
        fields = _inner_fields(cls, loc)
        return f"{name!r} is not a field here", _near(name, fields) or f"The fields are: {', '.join(fields)}."
    if kind == "missing":
        return f"{name!r} is missing", f"Add {name}: to this {cls.__name__}."
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    shown = "nothing" if value is None else repr(value)
    if kind == "enum":
        return f"{shown} is none of the values possible", f"Write one of {message}."
    if kind == "string_pattern_mismatch":
        return f"{shown} is not written as it should be", f"It must match {detail['ctx']['pattern']}."
    if kind in {"model_type", "dict_type", "string_type"} or kind.endswith(("_parsing", "_type")):
        return f"{shown} is of the wrong type", f"It should be {message}."
    return f"{shown}: {message}", "Change the value."


def _shorten(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "..."


class _Reader:
    def __init__(self) -> None:
        self.errors: list[DocumentError] = []
        self.placed: list[Placed] = []
        # Records that could not be read: what refers to them is not to blame.
        self.unread: set[str] = set()

    def document(self, path: Path) -> None:
        try:
            document = _reader(path)(path)
        except DocumentError as error:
            self.errors.append(error)
            return
        if isinstance(document, TableDocument):
            self.errors += document.faults
        sections = ", ".join(SECTIONS)
        if not isinstance(document.data, dict):
            self.errors.append(document.error("the file holds no sections", mend=f"Start with one of: {sections}."))
            return
        for section, items in document.data.items():
            if section not in SECTIONS:
                mend = _near(section, SECTIONS) or f"The sections are: {sections}."
                self.errors.append(
                    document.error(f"{section!r} is not a section", (section,), value=section, mend=mend)
                )
            elif not isinstance(items, list):
                mend = "Put a dash before each record."
                self.errors.append(document.error("a section holds a list of records", (section,), mend=mend))
            else:
                for index, item in enumerate(items):
                    self.record(document, SECTIONS[section], item, (section, index))

    def record(self, document: RecordDocument, cls: type[AnyRecord], item: Any, place: Place) -> None:
        if not isinstance(item, dict):
            self.errors.append(document.error(f"a {cls.__name__} is a mapping of fields", place, value=_shorten(item)))
            return
        try:
            record = cls.model_validate({name: value for name, value in item.items() if value is not None})
        except ValidationError as error:
            self.unread.add(str(item.get("id")))
            for detail in error.errors():
                message, mend = _explain(cls, detail)
                where = (*place, *detail["loc"])
                value = _shorten(detail["input"])
                self.errors.append(document.error(_shorten_message(message), where, value=value, mend=mend))
            return
        expected = cls.kind
        first, slash, _ = record.id.partition("/")
        if (expected and (first != expected or not slash)) or (not expected and slash):
            form = f"{expected}/name" if expected else "a name without a slash"
            self.errors.append(
                document.error(
                    f"{record.id!r} is not the id of a {cls.__name__}",
                    (*place, "id"),
                    value=record.id,
                    mend=f"Write it as {form}.",
                )
            )
            return
        self.placed.append(Placed(record, document, place))

    def together(self) -> None:
        """Check what only shows when all records are known: doubles, dangling references, one synthesis."""
        by_id: dict[str, Placed] = {}
        shared: dict[str, str] = {}
        for placed in self.placed:
            slug = placed.record.id
            if slug in by_id:
                first = by_id[slug]
                where = f"{first.document.path}:{first.document.line(first.place)}"
                self.at(placed, ("id",), f"the id {slug!r} is taken by {where}", slug, "Give one of them another id.")
                continue
            by_id[slug] = placed
            if isinstance(placed.record, Report):
                identity = placed.record.doi or placed.record.pmid
                if identity and shared.setdefault(identity, slug) != slug:
                    self.at(placed, (), f"{identity} is also {shared[identity]}", identity, "One article, one report.")
        for placed in by_id.values():
            for reference in references(placed.record):
                target = by_id.get(reference.slug)
                wanted = " or ".join(reference.kinds)
                if target is None and reference.slug in self.unread:
                    continue
                if target is None:
                    names = (slug for slug, other in by_id.items() if is_kind(type(other.record), reference.kinds))
                    mend = _near(reference.slug, names) or f"Add it, or name an existing {wanted}."
                    message = f"{reference.slug!r} names no record"
                    self.at(placed, reference.path, message, reference.slug, mend)
                elif not is_kind(type(target.record), reference.kinds):
                    found = type(target.record).__name__
                    message = f"{reference.slug!r} is a {found}, where a {wanted} is asked for"
                    self.at(placed, reference.path, message, reference.slug, f"Name a {wanted}.")

    def at(self, placed: Placed, path: Place, message: str, value: str, mend: str) -> None:
        self.errors.append(placed.document.error(message, placed.written(path), value=value, mend=mend))

    def finish(self, path: Path) -> Loaded:
        syntheses = [placed for placed in self.placed if isinstance(placed.record, Synthesis)]
        if not self.errors and len(syntheses) != 1:
            self.errors.append(
                DocumentError(
                    f"there are {len(syntheses)} records under `synthesis:`, where one is needed",
                    document=path,
                    mend="Give each synthesis a folder (or a file) of its own, with one `synthesis:` record.",
                )
            )
        if self.errors:
            order = sorted(self.errors, key=lambda error: (error.document, error.line or 0))
            raise DocumentsRejected(order[:MOST_ERRORS])
        places = {placed.record.id: placed for placed in self.placed}
        return Loaded(path, Bundle.of(placed.record for placed in self.placed), places)


def _shorten_message(message: str) -> str:
    return message if len(message) <= 300 else message[:297] + "..."


def _reader(path: Path) -> Callable[[Path], RecordDocument]:
    """Return what reads a file of this name; one that is named otherwise is taken for YAML."""
    return READERS.get(path.suffix.lower(), read_yaml)


def _files(folder: Path) -> list[Path]:
    """Return the files of records in a folder; `~$...` is what Excel and Word leave while they have a file open."""
    found = (path for path in folder.iterdir() if path.suffix.lower() in READERS and not path.name.startswith("~$"))
    return sorted(path for path in found if path.is_file())


def find_syntheses(path: Path) -> list[Path]:
    """Return the folders or files under `path` that each hold one synthesis, in the order of their names."""
    if not path.exists():
        raise DocumentError("there is no such file or folder", document=path, mend="Check the name.")
    if path.is_file() or _files(path):
        return [path]
    folders = sorted(folder for folder in path.iterdir() if folder.is_dir() and _files(folder))
    if not folders:
        known = ", ".join(READERS)
        raise DocumentError(
            f"no file of records ({known}) is in this folder", document=path, mend="Name a folder of records."
        )
    return folders


def read_synthesis(path: Path) -> Loaded:
    """Read one synthesis: a file, or a folder of them.

    Raises DocumentsRejected with up to 50 DocumentErrors, each with file, line or cell, value and mend.
    """
    reader = _Reader()
    for file in [path] if path.is_file() else _files(path):
        reader.document(file)
    reader.together()
    return reader.finish(path)
