"""Faults sown into a sound synthesis: what is changed, which rule names it, in which line, and in what words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from ineq_kg.ingest.records import Loaded, read_synthesis
from ineq_kg.triples.mapper import write
from ineq_kg.vocabulary import PREFIXES

SOUND = Path(__file__).with_name("sound.yaml")
TEXT = SOUND.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Fault:
    """`old` becomes `new`; the finding stands in the first line from `after` on that begins with `at`, and says `says`.

    `more` are further changes that the fault needs.
    """

    old: str
    new: str
    after: str
    at: str
    says: str = ""
    more: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The synthesis with the fault."""
        text = TEXT
        for old, new in ((self.old, self.new), *self.more):
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
            text = text.replace(old, new)
        return text

    @property
    def line(self) -> int:
        """The line that the finding is to name."""
        lines = self.text.splitlines()
        start = next(number for number, line in enumerate(lines) if self.after in line)
        return next(number for number, line in enumerate(lines[start:], start + 1) if line.strip().startswith(self.at))


def sown(fault: Fault, folder: Path) -> Path:
    """Write the synthesis with the fault into a folder, and return the file."""
    path = folder / "sown.yaml"
    path.write_text(fault.text, encoding="utf-8")
    return path


def record(slug: str) -> dict[str, str]:
    """Where a finding stands that is about a record as a whole."""
    return {"after": f"- id: {slug}", "at": "- id:"}


ADDED_SPAN = """spans:
  - id: span/idle
    source: source/text
    quote: "idle"
    start: 1
    end: 5
    digest: sha256:{digest}
""".format(digest="a" * 64)
TRANSLATED = """translated_constructs:
  - id: translated/alone
    label: "Waiting alone"
    basis: StatedInText
    confidence: High
    evidence: [span/waiting]
"""
DISCOURSE = """discourses:
  - id: discourse/alone
    label: "Alone"
    basis: StatedInText
    confidence: High
    evidence: [span/waiting]
"""
CONSTRUCT = """second_order_constructs:
  - id: second-order/alone
    label: "Alone"
    study: study/ward
    basis: StatedInText
    confidence: High
    evidence: [span/waiting]
"""
STUDY = """studies:
  - id: study/gate
    label: "Gate"
    reported_in: [report/yard-2002]
"""
UNREAD = """translated_constructs:
  - id: translated/unread
    label: "Unread"
    table_row: 3
    basis: ReadFromTable
    confidence: High
    evidence: [span/table]
"""
UNREAD_CELL = """table_readings:
  - id: reading/unread
    label: "Row 3"
    reading_of: translation/unread
    reader: "first reader"
    raw_token: "?"
    alternatives: ["1"]
    confidence: Low
    note: "Worn."
"""
UNREAD_TRANSLATION = """reciprocal_translations:
  - id: translation/unread
    label: "Unread"
    yields: translated/unread
    basis: ReadFromTable
    confidence: High
    evidence: [span/table]
"""
STEPS = "    synthesises: [translated/work]\n"
LINKED = """        evidence: [span/waiting]
        note: "The source does not say so outright."
"""

FAULTS: dict[str, Fault] = {
    "claim-without-support": Fault(
        STEPS, "", **record("claim/work"), says="rests on at least one translated construct"
    ),
    "argument-without-steps": Fault(
        "lines_of_argument:\n",
        'lines_of_argument:\n  - {id: argument/other, label: "Other", synthesis: sound, basis: StatedInText,'
        " confidence: High, evidence: [span/waiting]}\n",
        "- {id: argument/other",
        "- {id",
        "at least one step",
    ),
    "row-without-study": Fault("translated_constructs:\n", UNREAD, "- id: translated/unread", "table_row", "row 3"),
    "row-unread": Fault(
        "translated_constructs:\n",
        UNREAD,
        "- id: translated/unread",
        "table_row",
        "row 3",
        more=(("reciprocal_translations:\n", UNREAD_TRANSLATION), ("table_readings:\n", UNREAD_CELL)),
    ),
    "row-double": Fault("table_row: 2", "table_row: 1", "- id: translated/idleness", "table_row", "Waiting is work"),
    "translated-by-nothing": Fault("translated_constructs:\n", TRANSLATED, **record("translated/alone")),
    "translated-unused": Fault("translated_constructs:\n", TRANSLATED, **record("translated/alone")),
    "position-gap": Fault(
        "argument/waiting\n    position: 2",
        "argument/waiting\n    position: 3",
        "- id: claim/unseen",
        "position",
        "step 3 follows no step 2",
    ),
    "position-double": Fault(
        "argument/waiting\n    position: 2",
        "argument/waiting\n    position: 1",
        "- id: claim/unseen",
        "position",
        "Porters work while they wait",
    ),
    "phase-double": Fault(
        'relevant"\n    number: 2', 'relevant"\n    number: 1', "- id: phase/relevance", "number", "Getting started"
    ),
    "study-number-double": Fault(
        "study/yard\n    number: 2", "study/yard\n    number: 1", "- id: numbering/two", "number", "1 is Ward"
    ),
    "item-double": Fault("EmergeItem02", "EmergeItem01", "- id: reporting/two", "item", "Rationale"),
    "quotation-of-another-copy": Fault(
        "end: 25\n    digest: sha256:aa",
        "end: 25\n    digest: sha256:ba",
        "- id: span/waiting",
        "digest",
        "the source is",
    ),
    "quotation-past-the-end": Fault(
        "length: 100", "length: 42", "- id: span/table", "end", "ends at 43, the source at 42"
    ),
    "quotation-unused": Fault("spans:\n", ADDED_SPAN, **record("span/idle"), says="“idle”"),
    "interpretation-without-evidence": Fault(
        LINKED, "", "- id: claim/unseen", "- to: translated/idleness", "its synthesises translated/idleness"
    ),
    "doubt-without-note": Fault(
        '        note: "The source does not say so outright."\n',
        "",
        "- to: translated/idleness",
        "confidence",
        "Medium",
    ),
    "study-supports-nothing": Fault(
        "includes: [study/ward, study/yard]",
        "includes: [study/gate, study/ward, study/yard]",
        **record("study/gate"),
        more=(("\nstudies:\n", "\n" + STUDY),),
    ),
    "study-not-included": Fault(
        "includes: [study/ward, study/yard]",
        "includes: [study/ward]",
        "- id: second-order/yard-waiting",
        "study",
        "its study: Yard",
    ),
    "construct-untranslated": Fault("second_order_constructs:\n", CONSTRUCT, **record("second-order/alone")),
    "translation-of-one-study": Fault(
        "      - second-order/yard-waiting\n", "", "- id: translation/work", "translates", "constructs of one study"
    ),
    "citation-of-another-study": Fault(
        "cited_in: [report/ward-2001]",
        "cited_in: [report/yard-2002]",
        "second-order/ward-waiting",
        "cited_in",
        "Yard 2002",
    ),
    "citation-not-in-table": Fault(
        "    studies: [study/ward, study/yard]\n    confidence: Medium",
        "    studies: [study/ward]\n    confidence: Medium",
        **record("second-order/yard-idleness"),
        says="row 2 is not read as having Yard",
    ),
    "doubtful-cell-without-alternatives": Fault(
        "    alternative_studies: [study/yard]\n", "", **record("reading/idleness-second"), says="raw token: 1 ?"
    ),
    "doubtful-cell-as-certain": Fault(
        "study: study/ward\n    basis: ReadFromTable\n    confidence: Medium",
        "study: study/ward\n    basis: ReadFromTable\n    confidence: High",
        "- id: second-order/ward-idleness",
        "confidence",
        "Row 2, first reading",
    ),
    "surer-than-its-readings": Fault(
        "    studies: [study/ward, study/yard]\n    confidence: Medium",
        '    studies: [study/ward, study/yard]\n    alternatives: ["3"]\n    confidence: Low',
        "- id: second-order/ward-idleness",
        "confidence",
        "every reading of its cell",
    ),
    "cell-not-read-so": Fault(
        "study: study/ward\n    basis: ReadFromTable\n    confidence: Medium",
        "study: study/yard\n    basis: ReadFromTable\n    confidence: Medium",
        "- id: second-order/ward-idleness",
        "study",
        "no reading of its cell has Yard",
        more=(
            (
                "    studies: [study/ward, study/yard]\n    confidence: Medium",
                "    studies: [study/ward]\n    confidence: Medium",
            ),
        ),
    ),
    "comparison-of-two-cells": Fault(
        "[reading/work-first, reading/work-second]",
        "[reading/work-first, reading/idleness-first]",
        "- id: comparison/work",
        "compares",
        "two readings of one cell",
    ),
    "comparison-against-its-readings": Fault(
        "agrees: false", "agrees: true", "- id: comparison/idleness", "agrees", "only one of them reads Yard"
    ),
    "link-to-itself": Fault(
        "opposes: [discourse/busyness]", "opposes: [discourse/rest]", **record("discourse/rest"), says="opposes"
    ),
    "unconnected": Fault("discourses:\n", DISCOURSE, **record("discourse/alone")),
    "included-studies-miscounted": Fault(
        "new_studies: 2", "new_studies: 3", **record("flow/all"), says="counted 3, included 2"
    ),
    "screening-does-not-add-up": Fault(
        "records_excluded: 15",
        "records_excluded: 16",
        **record("flow/all"),
        says="screened, excluded, sought: 20, 16, 5",
    ),
    "concern-without-explanation": Fault(
        '    coherence_explanation: "One study speaks of nights only."\n',
        "",
        **record("cerqual/work"),
        says="concerns about coherence",
    ),
}


def graph(loaded: Loaded, *, without: str = "", added: str = "") -> list[ox.Quad]:
    """Return the synthesis's graph, less the triples of which N-Triples has `without`, with Turtle added."""
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    prefixes += f"PREFIX s: <{PREFIXES['id']}sound/>\n"
    quads = [quad for quad in write(loaded.bundle) if not (without and without in str(quad.triple))]
    return [*quads, *ox.parse(prefixes + added, format=ox.RdfFormat.TURTLE)]


def sound() -> Loaded:
    """Return the sound synthesis."""
    return read_synthesis(SOUND)
