"""Words as the index knows them, how close two must be to pass for one, and passages in which they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import tantivy
from rapidfuzz.distance import OSA

_WORD = re.compile(r"\w+")
# Of a longer text, so many characters around the words that were asked for are shown.
PASSAGE = 280


def analyser() -> tantivy.TextAnalyzer:
    """Return what makes text into terms: words in lower case, without accents, cut to their English stems."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    steps = ("remove_long", "lowercase", "ascii_fold")
    for step in steps:
        made = getattr(tantivy.Filter, step)
        builder = builder.filter(made(60) if step == "remove_long" else made())
    return builder.filter(tantivy.Filter.stemmer("english")).build()


def slips(term: str) -> int:
    """Return how many letters of a term may be wrong, left out, added or swapped with the next: none in short ones."""
    return 0 if len(term) < 4 else 1 if len(term) < 8 else 2


def passes_for(term: str, wanted: str) -> bool:
    """Say whether a term of a text is found by one that is looked for: by slips, or as its beginning."""
    if len(wanted) > 2 and term.startswith(wanted):
        return True
    return OSA.distance(term, wanted, score_cutoff=slips(wanted)) <= slips(wanted)


@dataclass(frozen=True)
class Passage:
    """A part of a text, and where in it, in characters, the words stand that were looked for."""

    text: str
    found: tuple[tuple[int, int], ...]


def _found(text: str, wanted: Iterable[str], analyse: tantivy.TextAnalyzer) -> list[tuple[int, int]]:
    looked_for = list(wanted)
    return [
        match.span()
        for match in _WORD.finditer(text)
        if any(passes_for(term, one) for term in analyse.analyze(match.group()) for one in looked_for)
    ]


def passage(text: str, wanted: Sequence[str], analyse: tantivy.TextAnalyzer) -> Passage:
    """Return the part of a text in which most of the words stand, whole words at both ends."""
    places = _found(text, wanted, analyse)
    if len(text) <= PASSAGE or not places:
        end = len(text) if len(text) <= PASSAGE else text.rfind(" ", 0, PASSAGE) % PASSAGE or PASSAGE
        return Passage(
            text[:end] + ("…" if end < len(text) else ""), tuple(place for place in places if place[1] <= end)
        )
    begin = max(
        (start for start, _ in places), key=lambda start: sum(start <= s < start + PASSAGE - 60 for s, _ in places)
    )
    first = max(0, begin - 60)
    first = text.find(" ", first) + 1 if first else 0
    last = min(len(text), first + PASSAGE)
    last = text.rfind(" ", first, last) if last < len(text) else last
    before, after = "…" if first else "", "…" if last < len(text) else ""
    shift = len(before) - first
    inside = tuple((s + shift, e + shift) for s, e in places if first <= s and e <= last)
    return Passage(before + text[first:last] + after, inside)
