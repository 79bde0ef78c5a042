"""What constructed records are made of: numbers as in the founding synthesis, placeholders for words.

How many records there are of each class, how many values a field holds, on what basis and how surely something is said, and how
many quotations it has: all are drawn from what the founding synthesis has, counts times a scale.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from ineq_kg.records import (
    AnyRecord,
    Basis,
    Confidence,
    Evidenced,
    Interpretive,
    Link,
    ReadingComparison,
    SourceSpan,
)
from ineq_kg.records.bundle import Bundle
from ineq_kg.records.fields import fields_of

# What `corpus` fills: the number of the synthesis, the number of the group that shares a report, and words.
NUMBER, GROUP, WORD = "999999", "888888", "zzqq{}{}{}{}"
SLUG = f"constructed-{NUMBER}"
WORDS = 96
TOKEN = re.compile(f"{NUMBER}|{GROUP}|zzqq[a-z]{{4}}")
DIGEST = "sha256:" + NUMBER.rjust(64, "0")


def placeholder(number: int) -> str:
    """Return the placeholder of one word: eight letters, as the words that take its place have."""
    return WORD.format(*(chr(ord("a") + number // 26**power % 26) for power in (3, 2, 1, 0)))


class Shape:
    """What the founding synthesis has, to draw from."""

    def __init__(self, founding: Bundle) -> None:
        self.counts = Counter(type(record) for record in founding.records)
        self.lengths: dict[tuple[type, str], list[int]] = defaultdict(list)
        self.surenesses: dict[type, list[tuple[Basis, Confidence]]] = defaultdict(list)
        self.links: list[Link] = []
        for record in founding.records:
            if isinstance(record, Interpretive):
                self.surenesses[type(record)].append((record.basis, record.confidence))
            for field in fields_of(type(record)):
                values = field.values(record)
                self.lengths[type(record), field.name].append(len(values))
                self.links += values if field.qualified else ()
        by_id = founding.by_id
        comparisons = (record.compares for record in founding.records if isinstance(record, ReadingComparison))
        self.cells = [tuple(by_id[slug].confidence for slug in compared) for compared in comparisons]
        cited = sum(sum(lengths) for (_, name), lengths in self.lengths.items() if name == "evidence")
        cited += sum(len(link.evidence) for link in self.links)
        self.fresh = self.counts[SourceSpan] / cited


class Draft:
    """Records as they are made. A method that makes records returns their slugs."""

    def __init__(self, shape: Shape, seed: str, scale: float) -> None:
        self.shape = shape
        self.scale = scale
        # A small synthesis has fewer records, and less is said of each.
        self.thin = min(1.0, scale ** (1 / 3))
        # Constructed data needs the same numbers every time, and none that nobody can guess.
        self.random = random.Random(seed)  # noqa: S311
        self.made: dict[str, AnyRecord] = {}
        self.spans: list[str] = []
        self.linked: set[str] = set()

    # --- what anything is made of ----------------------------------------------------------------------------------

    def count(self, cls: type[AnyRecord], least: int = 1) -> int:
        """Return how many records of a class to make: as many as the founding synthesis has, times the scale, give or take."""
        return max(least, round(self.shape.counts[cls] * self.scale * self.random.uniform(0.7, 1.3)))

    def words(self, number: int) -> str:
        """Return words of which the first placeholders are the most frequent, as words of a language are."""
        places = (int(WORDS ** self.random.random()) - 1 for _ in range(number))
        return " ".join(placeholder(place) for place in places)

    def quote(self) -> str:
        """Make a quotation."""
        slug = f"span/{len(self.spans) + 1}"
        words = self.words(self.random.randint(5, 14))
        start = 140 * len(self.spans)
        self.made[slug] = SourceSpan(
            id=slug,
            source="source/text",
            quote=words,
            prefix=self.words(3),
            suffix=self.words(3),
            start=start,
            end=start + len(words),
            digest=DIGEST,
        )
        self.spans.append(slug)
        return slug

    def evidence(self, number: int) -> list[str]:
        """Return quotations; some were quoted for something else before, as often as in the founding synthesis."""
        found = set()
        for _ in range(number):
            again = self.spans[-40:]
            found.add(
                self.quote()
                if not again or self.random.random() < self.shape.fresh * self.thin
                else self.random.choice(again)
            )
        return sorted(found)

    def length(self, cls: type, field: str, least: int = 0) -> int:
        """Return how many values to give a field: as many as in some record of the founding synthesis, fewer if small."""
        return max(least, round(self.thin * self.random.choice(self.shape.lengths.get((cls, field)) or [least])))

    def link(self, to: str) -> Link:
        """Return a link that is as sure as one of the founding synthesis, with evidence of its own."""
        like = self.random.choice(self.shape.links)
        self.linked.add(to)
        return Link(
            to=to,
            basis=like.basis,
            confidence=like.confidence,
            evidence=self.evidence(max(1, round(self.thin * len(like.evidence)))),
            note=f"Constructed doubt: {self.words(4)}" if like.note or like.confidence is not Confidence.HIGH else None,
        )

    def links(self, cls: type, field: str, targets: Sequence[str], least: int = 0) -> list[Link]:
        """Return links to as many of the targets as a record of the founding synthesis has in that field."""
        number = min(self.length(cls, field, least), len(targets))
        return [self.link(to) for to in self.random.sample(targets, number)]

    def make(self, cls: type[AnyRecord], name: object, **given: Any) -> str:
        """Make a record; what is not given of label, definition, evidence, basis, confidence and note is drawn."""
        slug = f"{cls.kind}/{name}"
        said = re.sub(r"(?<!^)(?=[A-Z])", " ", cls.__name__).lower()
        values: dict[str, Any] = {"label": f"Constructed {said}: {self.words(3)}"}
        if issubclass(cls, Evidenced):
            values["evidence"] = self.evidence(self.length(cls, "evidence", least=1))
            if self.length(cls, "definition"):
                values["definition"] = f"Constructed: {self.words(9)}"
        if issubclass(cls, Interpretive):
            certain = (Basis.STATED, Confidence.HIGH)
            values["basis"], values["confidence"] = self.random.choice(self.shape.surenesses[cls] or [certain])
        values |= given
        if values.get("confidence", Confidence.HIGH) is not Confidence.HIGH or self.length(cls, "note"):
            values.setdefault("note", f"Constructed note: {self.words(5)}")
        self.made[slug] = cls(id=slug, **values)
        if any(field.qualified and field.values(self.made[slug]) for field in fields_of(cls)):
            self.linked.add(slug)
        return slug

    def several(self, cls: type[AnyRecord], least: int = 1, **given: Any) -> list[str]:
        """Make as many records as `count` says."""
        return [self.make(cls, f"{number}", **given) for number in range(1, self.count(cls, least) + 1)]
