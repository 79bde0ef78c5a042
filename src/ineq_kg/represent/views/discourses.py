"""The discourse map: what shapes, aligns with, constrains and opposes what, and on whom it bears."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from ineq_kg.analysis.definition import SYNTHESIS, Ask, Given
from ineq_kg.queries.definition import Form, Parameter
from ineq_kg.represent.layered import Arrow, Box, layered
from ineq_kg.represent.parts import PART, part_of
from ineq_kg.represent.views.definition import Model, View
from ineq_kg.represent.views.particulars import Named, synthesis_named
from ineq_kg.represent.views.record import Link, Record, records_of
from ineq_kg.vocabulary import IKG

_KINDS = {
    IKG.DominantDiscourse: "dominant",
    IKG.OrganisationalDiscourse: "organisational",
    IKG.CounterDiscourse: "counter",
    IKG.Discourse: "other",
}
_BETWEEN = ("shapedBy", "reinforcedBy", "alignsWith", "opposes", "contrastsWith")
_DOES = ("produces", "leadsTo")
# Drawn from what shapes to what is shaped, against the direction of the property.
_BACKWARDS = {"shapedBy": "shapes", "reinforcedBy": "reinforces"}
# An effect of an effect of an effect: further ones share the last layer.
_DEEPEST = 3
# Bytes of a diagram beside a part of the records; half a page.
MOST_DRAWN = 42_000


class Discourses(Model):
    """What a synthesis records of discourses. With each record are the links from it and those to it.

    A page shows one side of it, `show`, and where that is long a `part` of its records; the data are always whole.
    """

    synthesis: Named
    show: str
    part: int = 1
    discourses: tuple[Record, ...] = ()
    problematisations: tuple[Record, ...] = ()
    effects: tuple[Record, ...] = ()
    positions: tuple[Record, ...] = ()
    actors: tuple[Record, ...] = ()
    phenomena: tuple[Record, ...] = ()

    def map(self, shown: Collection[str] = ()) -> str:
        """Return the diagram of discourses and problematisations, as SVG.

        With `shown`, the slugs of the records that a part of the page tells of: of these, and what they are joined to.
        """
        boxes = [
            *(_box(one, "organisational", 0, 0) for one in self._of("OrganisationalDiscourse")),
            *(_box(one, "other", 0, 1) for one in self._of("Discourse")),
            *(_box(one, "dominant", 1) for one in self._of("DominantDiscourse")),
            *(_box(one, "problematisation", 2, 0) for one in self.problematisations),
            *(_box(one, "counter", 2, 1) for one in self._of("CounterDiscourse")),
        ]
        heads = (
            "Organisational and other discourses",
            "Dominant discourses",
            "Problematisations and counters",
        )
        arrows = _arrows([*self.discourses, *self.problematisations], _BETWEEN)
        return _diagram("map", "Discourses and problematisations", boxes, arrows, heads, shown)

    def effects_map(self, shown: Collection[str] = ()) -> str:
        """Return the diagram of what discourses and problematisations do, as SVG; of those `shown`, as for `map`."""
        producers = [one for one in (*self.discourses, *self.problematisations) if one.by("produces", towards=False)]
        depth = _depths(self.effects)
        boxes = [
            *(
                _box(one, _KINDS.get(getattr(IKG, one.kind), "problematisation"), 0, elsewhere=True)
                for one in producers
            ),
            *(_box(one, "effect", 1 + depth[one.slug]) for one in self.effects),
        ]
        heads = ("What produces them", "Effects", *["Effects of effects"] * max(depth.values(), default=0))
        arrows = _arrows([*producers, *self.effects], _DOES)
        return _diagram("effects", "What discourses do", boxes, arrows, heads, shown)

    def _of(self, kind: str) -> list[Record]:
        return [one for one in self.discourses if one.kind == kind]


def _diagram(
    name: str, title: str, boxes: Iterable[Box], arrows: Iterable[Arrow], heads: Sequence[str], shown: Collection[str]
) -> str:
    """Return a diagram: the whole, or of those shown with what they are joined to, or of these alone where it is large."""
    boxes, arrows = list(boxes), list(arrows)
    if not shown:
        return layered(name, title, boxes, arrows, heads)
    touching = [arrow for arrow in arrows if {arrow.start, arrow.end} & set(shown)]
    near = {*shown, *(end for arrow in touching for end in (arrow.start, arrow.end))}
    several = [
        # What is told in another part of the page is led to where it is told for itself.
        box if box.key in shown else replace(box, href=f"/id/{box.key}")
        for box in boxes
        if box.key in near
    ]
    drawn = layered(name, title, several, touching, heads)
    if len(drawn) <= MOST_DRAWN:
        return drawn
    among = [arrow for arrow in touching if {arrow.start, arrow.end} <= set(shown)]
    return layered(name, title, [box for box in several if box.key in shown], among, heads)


def _box(record: Record, kind: str, layer: int, group: int = 0, *, elsewhere: bool = False) -> Box:
    href = f"{'?show=discourses' if elsewhere else ''}#{anchor(record.slug)}"
    return Box(record.slug, record.label, kind, href, layer, group)


def anchor(slug: str) -> str:
    """Return the place of a record on the page."""
    return slug.partition("/")[2].replace("/", "-")


def _arrows(records: Sequence[Record], relations: Sequence[str]) -> Iterator[Arrow]:
    told: set[frozenset[str]] = set()
    for record in records:
        for link in record.by(*relations, towards=False):
            ends = frozenset([record.slug, link.other.slug])
            if link.relation == "contrastsWith" and ends in told:
                continue  # it holds both ways, and is recorded from both
            told.add(ends)
            yield _arrow(record, link)


def _arrow(record: Record, link: Link) -> Arrow:
    backwards = _BACKWARDS.get(link.relation)
    verb = backwards or link.reads
    first, second = (link.other, record) if backwards else (record, link.other)
    sure = f" ({', '.join(filter(None, [link.basis_words, link.confidence and f'confidence: {link.confidence.lower()}']))})"
    kind = f"{link.relation} {link.confidence.lower()}".strip()
    return Arrow(first.slug, second.slug, kind, f"{first.label} {verb} {second.label}{sure if len(sure) > 3 else ''}")


def _depths(effects: Iterable[Record]) -> dict[str, int]:
    """Return how many effects stand before each one, at most; a circle counts its own effects once."""
    before = {one.slug: {link.other.slug for link in one.by("leadsTo", towards=True)} for one in effects}
    depth = dict.fromkeys(before, 0)
    for _ in range(_DEEPEST):
        depth = {
            slug: min(max((depth[first] + 1 for first in firsts if first in depth), default=0), _DEEPEST)
            for slug, firsts in before.items()
        }
    return depth


def _read(ask: Ask, given: Given) -> Discourses:
    synthesis = synthesis_named(ask, given["synthesis"][0])
    others = (IKG.Problematisation, IKG.DiscursiveEffect, IKG.SubjectPosition, IKG.ActorGroup, IKG.Phenomenon)
    found = list(records_of(ask, synthesis.slug, *_KINDS, *others).values())
    order = [kind.rpartition("#")[2] for kind in _KINDS]

    def of(kind: str) -> tuple[Record, ...]:
        return tuple(one for one in found if one.kind == kind)

    return Discourses(
        synthesis=synthesis,
        show=given["show"][0],
        part=part_of(given),
        discourses=tuple(sorted((one for one in found if one.kind in order), key=lambda one: order.index(one.kind))),
        problematisations=of("Problematisation"),
        effects=of("DiscursiveEffect"),
        positions=of("SubjectPosition"),
        actors=of("ActorGroup"),
        phenomena=of("Phenomenon"),
    )


DISCOURSES = View(
    name="discourses",
    form=Form(
        summary="The discourse map",
        question="Which discourses shape how the problem is represented, what do they do, to whom, and what opposes them?",
        parameters={
            "synthesis": SYNTHESIS,
            "show": Parameter(
                type="enum",
                description="What the page shows: discourses and problematisations, what they do, or who is spoken of",
                values=("discourses", "effects", "actors"),
                default="discourses",
            ),
            "part": PART,
        },
    ),
    template="discourses.html",
    model=Discourses,
    read=_read,
    path="synthesis",
)
