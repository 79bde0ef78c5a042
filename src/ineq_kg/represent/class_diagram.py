"""The main classes and how they are related, drawn as SVG from the ontology's own domains and ranges.

Only where a class stands is said here; every line and every word comes from the ontology.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

import rdflib
from rdflib import OWL, RDF, RDFS

from ineq_kg.vocabulary import IKG, IKG_NS

# Column and row of each class: an argument is read from the top (who was studied) to the bottom (what it says of whom).
PLACES: dict[str, tuple[int, int]] = {
    IKG.Report: (0, 0),
    IKG.Study: (1, 0),
    IKG.Synthesis: (3, 0),
    IKG.FirstOrderConstruct: (0, 1),
    IKG.SecondOrderConstruct: (1, 1),
    IKG.Cluster: (2, 1),
    IKG.Translation: (1, 2),
    IKG.SourceDocument: (2, 2),
    IKG.OrganisingCategory: (0, 3),
    IKG.TranslatedConstruct: (1, 3),
    IKG.SourceSpan: (2, 3),
    IKG.ThirdOrderConstruct: (1, 4),
    IKG.LineOfArgument: (3, 4),
    IKG.Problematisation: (1, 5),
    IKG.ActorGroup: (0, 6),
    IKG.Discourse: (2, 6),
    IKG.Phenomenon: (3, 6),
    IKG.DiscursiveEffect: (1, 7),
}
_COLUMN, _ROW, _WIDTH, _HEIGHT, _MARGIN = 276, 104, 182, 46, 26
_MANY = 2  # more classes than this at one end are framed together rather than joined one by one


@dataclass(frozen=True)
class Box:
    """A rectangle, by its centre and its half width and height."""

    x: float
    y: float
    dx: float
    dy: float

    def holds(self, other: Box) -> bool:
        """Say whether the other's centre is in this rectangle."""
        return abs(other.x - self.x) <= self.dx and abs(other.y - self.y) <= self.dy

    def towards(self, other: Box) -> tuple[float, float]:
        """Return where the line from this centre to the other's leaves the rectangle."""
        away_x, away_y = other.x - self.x, other.y - self.y
        steps = [limit / abs(away) for limit, away in ((self.dx, away_x), (self.dy, away_y)) if away]
        return self.x + min(steps) * away_x, self.y + min(steps) * away_y


@dataclass(frozen=True)
class Line:
    """What the ontology says relates two classes, or a class and a framed group of classes."""

    start: str
    ends: tuple[str, ...]
    words: tuple[str, ...]


def _classes(graph: rdflib.Graph, term: rdflib.term.Node, predicate: rdflib.URIRef) -> tuple[str, ...]:
    """Return the classes that a domain or range names, alone or as a union."""
    found: list[str] = []
    for value in graph.objects(term, predicate):
        union = graph.value(value, OWL.unionOf)
        members = graph.items(union) if union is not None else [value]
        found += [str(member) for member in members]
    return tuple(found)


def _label(graph: rdflib.Graph, iri: str) -> str:
    return str(graph.value(rdflib.URIRef(iri), RDFS.label) or iri.removeprefix(IKG_NS))


def _relations(graph: rdflib.Graph) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield start, ends and label for each property between classes that are drawn.

    Of two inverses one is enough; what a chain derives would be said twice; a class related to itself has no line to draw,
    nor have several that no frame can hold without others.
    """
    inverses = set(graph.objects(None, OWL.inverseOf))
    for term in sorted(graph.subjects(RDF.type, OWL.ObjectProperty), key=str):
        if term in inverses or (term, OWL.propertyChainAxiom, None) in graph:
            continue
        starts, ends = _classes(graph, term, RDFS.domain), _classes(graph, term, RDFS.range)
        if not ends or len(starts) > _MANY or not {*starts, *ends} <= PLACES.keys():
            continue
        groups = [ends] if len(ends) > _MANY else [(end,) for end in ends]
        for start in starts:
            for group in groups:
                if start not in group and _alone(group):
                    yield start, tuple(sorted(group)), _label(graph, str(term))


def lines_of(graph: rdflib.Graph) -> list[Line]:
    """Return the lines of the diagram; properties between the same classes share one."""
    words: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for start, ends, label in _relations(graph):
        words.setdefault((start, ends), []).append(label)
    return [Line(start, ends, tuple(labels)) for (start, ends), labels in sorted(words.items())]


def _box(iri: str) -> Box:
    column, row = PLACES[iri]
    return Box(_MARGIN + _WIDTH / 2 + column * _COLUMN, _MARGIN + _HEIGHT / 2 + row * _ROW, _WIDTH / 2, _HEIGHT / 2)


def _around(iris: tuple[str, ...]) -> Box:
    """Return the frame around several classes; of one class, its own box."""
    boxes = [_box(iri) for iri in iris]
    if len(boxes) == 1:
        return boxes[0]
    pad = 14
    left, right = min(b.x - b.dx for b in boxes) - pad, max(b.x + b.dx for b in boxes) + pad
    top, bottom = min(b.y - b.dy for b in boxes) - pad, max(b.y + b.dy for b in boxes) + pad
    return Box((left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2)


def _alone(iris: tuple[str, ...]) -> bool:
    """Say whether the frame around these classes would hold no other."""
    frame = _around(iris)
    return {iri for iri in PLACES if frame.holds(_box(iri))} == set(iris)


def _rectangle(box: Box, kind: str) -> str:
    return (
        f'<rect class="{kind}" x="{box.x - box.dx:g}" y="{box.y - box.dy:g}" '
        f'width="{2 * box.dx:g}" height="{2 * box.dy:g}" rx="6"/>'
    )


def _drawn(line: Line) -> str:
    start, end = _box(line.start), _around(line.ends)
    if len(line.ends) > 1:  # straight down or up to the frame, wherever the frame's middle is
        end = Box(start.x, end.y, end.dx, end.dy)
    (x1, y1), (x2, y2) = start.towards(end), end.towards(start)
    middle, height = (x1 + x2) / 2, (y1 + y2) / 2
    rows = "".join(
        f'<tspan x="{middle:g}" dy="{1.15 if number else 0.35 - 0.575 * (len(line.words) - 1):g}em">{escape(word)}</tspan>'
        for number, word in enumerate(line.words)
    )
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" marker-end="url(#arrow)"/>'
        f'<text class="relation" x="{middle:g}" y="{height:g}">{rows}</text>'
    )


def class_diagram(graph: rdflib.Graph) -> str:
    """Return the diagram as an SVG element, with a title, and a description that says every relation in words."""
    lines = lines_of(graph)
    names = {iri: _label(graph, iri) for iri in PLACES if (rdflib.URIRef(iri), RDF.type, OWL.Class) in graph}
    said = "; ".join(
        f"{names[line.start]}: {' and '.join(line.words)} {' or '.join(names[end] for end in line.ends)}"
        for line in lines
    )
    frames = {line.ends for line in lines if len(line.ends) > 1}
    boxes = "".join(
        f"<a href={quoteattr('#' + iri.removeprefix(IKG_NS))}>{_rectangle(_box(iri), 'class')}"
        f'<text class="name" x="{_box(iri).x:g}" y="{_box(iri).y:g}" dy="0.35em">{escape(name)}</text></a>'
        for iri, name in names.items()
    )
    width = 2 * _MARGIN + _WIDTH + _COLUMN * max(column for column, _ in PLACES.values())
    height = 2 * _MARGIN + _HEIGHT + _ROW * max(row for _, row in PLACES.values())
    return (
        f'<svg class="diagram" viewBox="0 0 {width} {height}" role="group" aria-labelledby="diagram-title diagram-desc">'
        f'<title id="diagram-title">The main classes and how they are related</title>'
        f'<desc id="diagram-desc">{escape(said)}.</desc>'
        '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0,1 L9,5 L0,9 z"/></marker></defs>'
        + "".join(_rectangle(_around(ends), "frame") for ends in sorted(frames))
        + "".join(_drawn(line) for line in lines)
        + boxes
        + "</svg>"
    )
