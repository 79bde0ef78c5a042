"""A YAML file as plain data that remembers its lines.

Plain scalars stay strings: the record classes know what each field is, so `no` is a word and `2012` is a year only where a
year is asked for (YAML 1.1 guesses otherwise). Anchors and tags are refused: records are data, and are read by people.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ineq_kg.errors import DocumentError, DocumentTooLarge

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 24
_NULLS = {"", "~", "null", "Null", "NULL"}

Place = tuple[str | int, ...]


def nearest(place: Place, known: Container[Place]) -> Place:
    """Return `place`, or the nearest thing around it, that is known; else the place of everything."""
    while place and place not in known:
        place = place[:-1]
    return place


def place_name(place: Place) -> str:
    """Return how a place is told to people, who count from 1."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")


@dataclass(frozen=True)
class YamlDocument:
    """`data` is made of dicts, lists, strings and None; `lines` maps places in it to lines, counted from 1."""

    path: Path
    data: Any
    lines: dict[Place, int] = field(repr=False)

    def line(self, place: Place) -> int:
        """Return the line of `place`, or of the nearest thing around it that has one."""
        return self.lines.get(nearest(place, self.lines), 1)

    def pointer(self, place: Place) -> tuple[int | None, str]:
        """Return the line to look at, and what else to call the place, which is nothing."""
        return self.line(place), ""

    def error(self, message: str, place: Place = (), *, value: str = "", mend: str = "") -> DocumentError:
        """Return an error that points at `place`."""
        line, name = self.line(place), place_name(place)
        return DocumentError(message, document=self.path, line=line, place=name, value=value, mend=mend)


def read_text(path: Path) -> str:
    """Return the text of a file of at most 16 MiB. Raises DocumentError where it cannot be read or is not UTF-8."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise DocumentTooLarge(
                f"the file has {size:,} bytes; a file of records may have {MAX_BYTES:,}",
                document=path,
                mend="Split it by section: one synthesis may be a folder of many files.",
            )
        raw = path.read_bytes()
    except OSError as error:
        raise DocumentError(
            f"the file cannot be read ({error.strerror or error})",
            document=path,
            mend="Check the name and your permission to read it.",
        ) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DocumentError(
            f"byte {error.start} (0x{raw[error.start]:02X}) is not UTF-8",
            document=path,
            line=line,
            mend="Save the file as UTF-8.",
        ) from error
    if not text.strip():
        raise DocumentError("the file is empty", document=path, line=1, mend="Give it records, or remove it.")
    return text


def _line(event: Any) -> int:
    """Return the line an event starts on, counted from 1."""
    return int(event.start_mark.line) + 1


class _Builder:
    """Builds data from parser events, one pass, so that depth is bounded before anything recurses."""

    def __init__(self, path: Path, events: Iterator[yaml.Event]) -> None:
        self.document = YamlDocument(path, None, {})
        self.events = events

    def build(self, event: Any, place: Place) -> Any:
        self.document.lines.setdefault(place, _line(event))
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            message = "an anchor or alias (`&name`, `*name`) stands here"
            raise self.document.error(message, place, mend="Write the value out; records use no anchors.")
        if event.tag:
            message = f"the tag {event.tag!r} stands here"
            raise self.document.error(message, place, value=event.tag, mend="Records use no tags.")
        if len(place) > MAX_DEPTH:
            message = f"the file is nested more than {MAX_DEPTH} levels deep"
            raise self.document.error(message, place[:4], mend="Records are at most five levels deep.")
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(place)
        return None if not event.style and event.value in _NULLS else event.value

    def sequence(self, place: Place) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.build(event, (*place, len(items))))
        return items

    def mapping(self, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self.document.error("a key is not plain text", place, mend="Use names as keys.")
            key = event.value
            inner = (*place, key)
            self.document.lines[inner] = _line(event)
            if key in found:
                message = f"the key {key!r} stands twice"
                raise self.document.error(message, inner, value=key, mend="Keep one of them.")
            found[key] = self.build(next(self.events), inner)
        return found

    def whole(self) -> Any:
        data = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if data is not None:
                    line = _line(event)
                    message = "a second YAML document starts here"
                    mend = "Put it into a file of its own, or remove the `---`."
                    raise DocumentError(message, document=self.document.path, line=line, mend=mend)
                data = self.build(next(self.events), ())
        return data


def read_yaml(path: Path) -> YamlDocument:
    """Read one YAML file of at most 16 MiB. Raises DocumentError at the line that is wrong."""
    return parse_yaml(path, read_text(path))


def parse_yaml(path: Path, text: str) -> YamlDocument:
    """Return the YAML in `text`, which stands in the file `path`. Raises DocumentError at the line that is wrong."""
    builder = _Builder(path, yaml.parse(text, Loader=yaml.CSafeLoader))
    try:
        data = builder.whole()
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else None
        raise DocumentError(
            f"{error.reason} at character {error.position}",
            document=path,
            line=line,
            mend="Remove the control character or lone surrogate.",
        ) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DocumentError(
            f"this is not YAML: {error.problem or error.context}",
            document=path,
            line=None if mark is None else mark.line + 1,
            mend="Often a missing quotation mark, a tab, or a wrong indentation just above.",
        ) from error
    return YamlDocument(path, data, builder.document.lines)
