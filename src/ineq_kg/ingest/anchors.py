"""Finding recorded quotations again in somebody's own copy of a text.

Copies of one article differ in where lines break, how words are hyphenated, which quotation marks and dashes a converter
chose, and in ligatures. So both text and quote are reduced to their letters, digits and remaining punctuation (Unicode NFKC,
without white space, hyphens and quotation marks), with a map back to code points. Where the reduced quote occurs more than
once, prefix and suffix decide, then nearness to the recorded start (Web Annotation Data Model, 4.2.4 and 4.2.5).
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import takewhile
from pathlib import Path

from ineq_kg.errors import DocumentError
from ineq_kg.records import SourceSpan

CONTEXT = 32
_QUOTES = set("'\"`´‘’‚‛“”„‟′″«»‹›")


def _kept(character: str) -> bool:
    category = unicodedata.category(character)
    return not (category[0] in "ZC" or category == "Pd" or character in _QUOTES)


def _reduce(text: str) -> tuple[str, list[int]]:
    """Return the characters that every copy shares, and for each the code point in `text` that it comes from."""
    kept: list[str] = []
    origin: list[int] = []
    for at, character in enumerate(text):
        # Spacing accents (NFKC turns ´ into space + combining accent) are quotation marks in these texts.
        if not _kept(character):
            continue
        for piece in unicodedata.normalize("NFKC", character):
            if _kept(piece):
                kept.append(piece)
                origin.append(at)
    return "".join(kept), origin


class Outcome(Enum):
    """What became of one span."""

    EXACT = "at the recorded place"
    MOVED = "found elsewhere"
    ABSENT = "not found"


@dataclass(frozen=True)
class Found:
    """One span sought: what became of it, and where it now is (code points, end exclusive), if anywhere."""

    span: SourceSpan
    outcome: Outcome
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class SourceText:
    """A copy of a source text. Positions count Unicode code points of its UTF-8 decoding."""

    text: str
    digest: str

    @classmethod
    def read(cls, path: Path) -> SourceText:
        """Read a UTF-8 text file, byte for byte. Raises DocumentError if it cannot be read as such."""
        try:
            raw = path.read_bytes()
            return cls(raw.decode("utf-8"), f"sha256:{hashlib.sha256(raw).hexdigest()}")
        except OSError as error:
            message = f"the source text cannot be read ({error.strerror or error})"
            raise DocumentError(message, document=path, mend="Check the name.") from error
        except UnicodeDecodeError as error:
            message = f"byte {error.start} is not UTF-8"
            raise DocumentError(message, document=path, mend="Save the text as plain UTF-8.") from error

    @cached_property
    def _reduced(self) -> tuple[str, list[int]]:
        return _reduce(self.text)

    def occurrences(self, quote: str) -> list[tuple[int, int]]:
        """Return start and end of every place where `quote` stands, however it is broken or hyphenated there."""
        reduced, origin = self._reduced
        wanted, _ = _reduce(quote)
        if not wanted:
            return []
        places = []
        at = reduced.find(wanted)
        while at >= 0:
            places.append((origin[at], origin[at + len(wanted) - 1] + 1))
            at = reduced.find(wanted, at + 1)
        return places

    def find(self, span: SourceSpan) -> Found:
        """Find one span again."""
        if self.text[span.start : span.end] == span.quote:
            return Found(span, Outcome.EXACT, span.start, span.end)
        places = self.occurrences(span.quote)
        if not places:
            return Found(span, Outcome.ABSENT)

        def fitness(place: tuple[int, int]) -> tuple[int, int]:
            before, _ = _reduce(self.text[max(0, place[0] - 2 * CONTEXT) : place[0]])
            after, _ = _reduce(self.text[place[1] : place[1] + 2 * CONTEXT])
            prefix, suffix = _reduce(span.prefix)[0], _reduce(span.suffix)[0]
            agreement = _agreeing(reversed(before), reversed(prefix)) + _agreeing(after, suffix)
            return agreement, -abs(place[0] - span.start)

        start, end = max(places, key=fitness)
        return Found(span, Outcome.MOVED, start, end)

    def selector(self, start: int, end: int) -> dict[str, str | int]:
        """Return the fields of a SourceSpan for `text[start:end]`."""
        return {
            "quote": self.text[start:end],
            "prefix": self.text[max(0, start - CONTEXT) : start],
            "suffix": self.text[end : end + CONTEXT],
            "start": start,
            "end": end,
            "digest": self.digest,
        }


def _agreeing(found: Iterable[str], wanted: Iterable[str]) -> int:
    """Count how many characters agree before the first that does not."""
    pairs = zip(found, wanted, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def verify(text: SourceText, spans: Iterable[SourceSpan]) -> Iterator[Found]:
    """Yield what becomes of each span in this copy, in the order given."""
    for span in spans:
        yield text.find(span)
