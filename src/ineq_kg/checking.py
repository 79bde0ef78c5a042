"""Everything that can be found wrong with a synthesis, told where its author wrote it: shapes, checks, contradictions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ineq_kg.errors import DocumentError, DocumentsRejected
from ineq_kg.ingest.records import Loaded, Placed
from ineq_kg.loading import MEND_CONTRADICTION, Prepared, derive, prepare
from ineq_kg.reason.checks import all_checks, offences
from ineq_kg.reason.offences import Checked, Finding, Offence, Rule, Severity
from ineq_kg.reason.shacl import shape_rules, validate
from ineq_kg.records import AnyRecord, SourceSpan
from ineq_kg.records.acknowledgement import Acknowledgement
from ineq_kg.records.base import Link
from ineq_kg.records.bundle import Bundle
from ineq_kg.records.fields import fields_of
from ineq_kg.triples.mapper import read, write
from ineq_kg.triples.naming import Naming, graph_of, slug_of
from ineq_kg.vocabulary import SKOS

_CONTRADICTION = "contradiction"
_CONTRADICTED = Rule(_CONTRADICTION, "What a synthesis says does not contradict the ontology.", Severity.VIOLATION, "")
_UNREAD = Rule("unreadable-record", "A record is written as its class asks.", Severity.VIOLATION, "")
_IDLE = Rule(
    "acknowledgement-without-warning",
    "An acknowledgement names a warning that there is.",
    Severity.WARNING,
    "Correct `rule` or `records`, or remove the acknowledgement.",
    "rule",
)
_LONGEST_LABEL = 90


@dataclass(frozen=True)
class _Spot:
    """Where a node is written: a record, and, for a link, the field it stands in and what it leads to."""

    record: AnyRecord
    field: str = ""
    to: str = ""


class _Author:
    """Says of any node of a synthesis's graph which record its author wrote it in, and on which line."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        naming = Naming.of(loaded.bundle)
        self.slugs = {naming.iri(record.id): record.id for record in loaded.bundle.records}
        self.spots: dict[str, _Spot] = {}
        for record in loaded.bundle.records:
            self.spots[naming.iri(record.id)] = _Spot(record)
            for field, link in _links(record):
                node = naming.relation(record.id, field.term, link.to)
                self.spots[node] = _Spot(record, field.name, link.to)

    def finding(self, offence: Offence) -> Finding:
        """Return the offence as a finding; a node that no record stands for keeps its IRI, and has no place."""
        spot = self.spots.get(offence.node)
        if spot is None:
            return Finding(offence.rule, slug_of(offence.node), slug_of(offence.node), offence.detail)
        found = Finding(offence.rule, spot.record.id, self._label(spot), offence.detail)
        return self._placed(found, spot, offence)

    def _label(self, spot: _Spot) -> str:
        record = spot.record
        label = " ".join((record.quote if isinstance(record, SourceSpan) else record.label).split())
        if len(label) > _LONGEST_LABEL:
            label = label[: _LONGEST_LABEL - 1] + "…"
        if isinstance(record, SourceSpan):
            return f"“{label}”"
        return f"{label}, its {spot.field} {spot.to}" if spot.field else label

    def _placed(self, finding: Finding, spot: _Spot, offence: Offence) -> Finding:
        """Return a finding with where it is written."""
        placed = self.loaded.places.get(spot.record.id)
        if placed is None:
            return finding
        path: tuple[str | int, ...] = ()
        if spot.field:
            path = _item(placed, (spot.field,), spot.to)
        if offence.rule.field:
            path = _item(placed, (*path, offence.rule.field), self.slugs.get(offence.value, offence.value))
        line, cell = placed.document.pointer((*placed.place, *path))
        return replace(finding, document=str(placed.document.path), line=line, place=cell)


def _links(record: AnyRecord) -> Iterator[tuple[Any, Link]]:
    for field in fields_of(type(record)):
        if field.qualified:
            for link in field.values(record):
                yield field, link


def _item(placed: Placed, path: tuple[str | int, ...], value: str) -> tuple[str | int, ...]:
    """Return `path` with the place of `value` in the list that stands there: as it was written, not as it is sorted."""
    data = placed.document.data
    for step in (*placed.place, *path):
        if isinstance(data, dict) and step not in data:
            return path
        data = data[step]
    for number, item in enumerate(data if isinstance(data, list) else ()):
        if value and value in (item, item.get("to") if isinstance(item, dict) else None):
            return (*path, number)
    return path


def _of_error(error: DocumentError, rule: Rule) -> Finding:
    said = replace(rule, mend=error.mend)
    return Finding(
        said, error.value, error.value or error.place, error.message, error.document, error.line, place=error.place
    )


def unread(rejected: DocumentsRejected) -> Checked:
    """Return what kept records from being read, as findings."""
    found = (_of_error(error, _UNREAD) for error in rejected.errors)
    return Checked("", 0, tuple(sorted(found, key=lambda finding: finding.order)))


def _prepared(loaded: Loaded) -> tuple[Prepared | None, list[Finding]]:
    """Return what would be committed, or, where the ontology is contradicted, how."""
    try:
        return prepare(loaded), []
    except DocumentsRejected as rejected:
        return None, [_of_error(error, _CONTRADICTED) for error in rejected.errors]


def _acknowledge(loaded: Loaded, author: _Author, found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings, those that are acknowledged with the reason; then acknowledgements that nothing answers to."""
    records = [record for record in loaded.bundle.records if isinstance(record, Acknowledgement)]
    reasons = {(record.rule, slug): record.reason for record in records for slug in record.records}
    idle = set(reasons)
    fatal = set()
    for finding in found:
        key = (finding.rule.name, finding.slug)
        if finding.fatal:
            fatal.add(finding.rule.name)
            yield finding
        else:
            idle.discard(key)
            yield replace(finding, acknowledged=reasons.get(key, ""))
    naming = Naming.of(loaded.bundle)
    for record in records:
        for slug in record.records:
            if (record.rule, slug) in idle:
                detail = _why_idle(record.rule, slug, fatal=record.rule in fatal)
                yield author.finding(Offence(_IDLE, naming.iri(record.id), detail))


def _why_idle(rule: str, slug: str, *, fatal: bool) -> str:
    if fatal:
        return f"{rule} is a violation, which is to be mended, not acknowledged"
    if rule not in {_CONTRADICTION, *(check.rule.name for check in all_checks()), *shape_rules()}:
        return f"there is no rule {rule}"
    return f"{rule} has nothing against {slug}"


def findings(loaded: Loaded, prepared: Prepared | None = None, *, shapes: bool = True) -> list[Finding]:
    """Return all that is found in one synthesis, the gravest first, warnings that are acknowledged last.

    `prepared` is what a load is about to commit; without it, it is made here, and contradictions are findings too. Without
    `shapes` the shapes are passed over: what was written by the mapper from records fits them, as a test shows.
    """
    found: list[Finding] = []
    if prepared is None:
        prepared, found = _prepared(loaded)
    if prepared is None:
        quads = asserted = list(write(loaded.bundle))
    else:
        asserted = prepared.graphs[graph_of(loaded.bundle.synthesis.id)]
        quads = [quad for graph in prepared.graphs.values() for quad in graph]
    return _told(loaded, quads, asserted if shapes else None, found)


def findings_in(loaded: Loaded, quads: Iterable[Any]) -> list[Finding]:
    """Return what is found in a graph that stands for `loaded` but was changed outside its records."""
    given = list(quads)
    return _told(loaded, given, given, [])


@dataclass(frozen=True)
class Judged:
    """A synthesis's graph that was changed outside its records: its graphs, ready to commit, and what is found in it."""

    prepared: Prepared
    findings: tuple[Finding, ...]


def judge(slug: str, quads: Iterable[Any]) -> Judged:
    """Derive what follows from the graph of the synthesis of this slug, and check it in every way that there is.

    A graph that cannot be read as records, or that holds more of a record than records can say, is in breach of a rule too.
    """
    asserted = list(quads)
    prepared, contradictions = derive(slug, asserted)
    broken = replace(_CONTRADICTED, mend=MEND_CONTRADICTION)
    unreadable = replace(
        _UNREAD, mend="Write the synthesis as its records would, or give the graph a name of your own."
    )
    checked = [Offence(broken, one.node, one.says) for one in contradictions]
    checked += offences(quad for graph in prepared.graphs.values() for quad in graph)
    checked += validate(asserted)
    try:
        loaded = Loaded(Path(), read_back(slug, asserted), {})
    except ValueError as error:
        checked.append(Offence(unreadable, graph_of(slug), str(error)))
        found = _by_label(asserted, checked)
    else:
        author = _Author(loaded)
        found = list(_acknowledge(loaded, author, map(author.finding, checked)))
    return Judged(prepared, tuple(sorted(found, key=lambda finding: finding.order)))


def read_back(slug: str, quads: Sequence[Any]) -> Bundle:
    """Return the records of the synthesis of this slug. Raises ValueError where they would not make these quads again.

    What a record says by default need not be there.
    """
    bundle = read(quads)
    if bundle.synthesis.id != slug:
        raise ValueError(f"the synthesis in the graph of {slug!r} is {bundle.synthesis.id!r}")
    nodes, said = {quad.subject for quad in quads}, {(quad.subject, quad.predicate) for quad in quads}
    other = sorted(
        str(quad.triple)
        for quad in set(write(bundle)) - set(quads)
        if quad.subject not in nodes or (quad.subject, quad.predicate) in said
    )
    if other:
        raise ValueError(f"read as records, it would say otherwise: {'; '.join(other[:3])}")
    return bundle


def _by_label(quads: Iterable[Any], offended: Iterable[Offence]) -> list[Finding]:
    """Return offences as findings where there are no records to tell them by: by the labels of their nodes."""
    labels = {quad.subject.value: quad.object.value for quad in quads if quad.predicate.value == SKOS.term("prefLabel")}
    return [
        Finding(one.rule, slug_of(one.node), labels.get(one.node, slug_of(one.node)), one.detail) for one in offended
    ]


def _told(loaded: Loaded, quads: Iterable[Any], shaped: Iterable[Any] | None, found: list[Finding]) -> list[Finding]:
    author = _Author(loaded)
    offended = [*offences(quads), *(() if shaped is None else validate(shaped))]
    found = [*found, *(author.finding(offence) for offence in offended)]
    return sorted(_acknowledge(loaded, author, found), key=lambda finding: finding.order)


def check(loaded: Loaded) -> Checked:
    """Check one synthesis against everything there is."""
    return Checked(loaded.bundle.synthesis.id, len(loaded.bundle.records), tuple(findings(loaded)))


def refuse(found: Iterable[Finding]) -> None:
    """Raise DocumentsRejected where there are violations among the findings, with each at its place."""
    errors = [
        DocumentError(
            f"{finding.rule.name}: {finding.label}: {finding.rule.says} {finding.detail}".strip(),
            document=finding.document or finding.slug,
            line=finding.line,
            value=finding.slug,
            mend=finding.rule.mend,
        )
        for finding in found
        if finding.fatal
    ]
    if errors:
        raise DocumentsRejected(errors)
