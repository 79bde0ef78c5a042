"""Layered diagrams as SVG: boxes in columns, arrows between them, each box a link.

Method: that of Sugiyama, Tagawa and Toda (1981, IEEE Trans. SMC 11:109-125) in its simplest form. The layer of each box is
given; an arrow that passes over a layer goes through a place kept free for it there; within a layer, boxes are put at the mean
height of those they are joined to, a few times over, from left to right and back. Arrows within one layer bow out to its right.
"""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ineq_kg.represent.text import drawn_lines, drawn_text

_WIDTH, _GAP, _LINE, _PAD, _BETWEEN = 212, 120, 16, 9, 14
_WRAP, _LINES = 30, 5
_HEAD = 34
_SWEEPS = 8


@dataclass(frozen=True)
class Box:
    """A box: its name, what it is (a class of the style sheet), where its link goes, its layer, and its group within that.

    Boxes of one group stay together; groups stand in the order of their numbers.
    """

    key: str
    label: str
    kind: str
    href: str
    layer: int
    group: int = 0


@dataclass(frozen=True)
class Arrow:
    """An arrow from one box to another: what it is (a class of the style sheet), and in a sentence what it says."""

    start: str
    end: str
    kind: str
    says: str


@dataclass
class _Place:
    layer: int
    group: int
    height: float
    y: float = 0.0
    near: list[str] = field(default_factory=list)


class _Layout:
    """Where boxes, and the places kept free for arrows that pass a layer, stand."""

    def __init__(self, boxes: Sequence[Box], arrows: Sequence[Arrow]) -> None:
        self.lines = {box.key: drawn_lines(box.label, _WRAP, _LINES) or [box.key] for box in boxes}
        self.places = {
            box.key: _Place(box.layer, box.group, len(self.lines[box.key]) * _LINE + 2 * _PAD) for box in boxes
        }
        self.routes = [self._route(number, arrow) for number, arrow in enumerate(arrows)]
        self.layers: dict[int, list[str]] = defaultdict(list)
        for key, place in self.places.items():
            self.layers[place.layer].append(key)
        self._order()

    def _route(self, number: int, arrow: Arrow) -> list[str]:
        """Return what the arrow goes through, from its start to its end; keep places for it."""
        first, last = self.places[arrow.start], self.places[arrow.end]
        step = 1 if last.layer > first.layer else -1
        passed = [f"{number}:{layer}" for layer in range(first.layer + step, last.layer, step)]
        for name, layer in zip(passed, range(first.layer + step, last.layer, step), strict=True):
            self.places[name] = _Place(layer, -1, 4)
        route = [arrow.start, *passed, arrow.end]
        if first.layer != last.layer:
            for one, next_ in pairwise(route):
                self.places[one].near.append(next_)
                self.places[next_].near.append(one)
        return route

    def _order(self) -> None:
        """Put the boxes of each layer at the mean height of their neighbours, time and again, and then apart."""
        for layer in self.layers.values():
            self._stack(layer)
        for sweep in range(_SWEEPS):
            for number in sorted(self.layers, reverse=bool(sweep % 2)):
                layer = self.layers[number]
                means = {key: self._mean(key) for key in layer}
                groups = {self.places[key].group for key in layer if self.places[key].group >= 0}
                if len(groups) > 1:
                    layer.sort(key=lambda key: (self._group(key), means[key]))
                else:
                    layer.sort(key=lambda key: means[key])
                self._stack(layer)

    def _group(self, key: str) -> int:
        return max(self.places[key].group, 0)

    def _mean(self, key: str) -> float:
        place = self.places[key]
        if not place.near:
            return place.y
        return sum(self.places[other].y for other in place.near) / len(place.near)

    def _stack(self, layer: list[str]) -> None:
        """Stand the boxes of a layer one below the other, around the middle line."""
        whole = sum(self.places[key].height + _BETWEEN for key in layer)
        top = -whole / 2
        for key in layer:
            place = self.places[key]
            place.y = top + place.height / 2
            top += place.height + _BETWEEN

    def x(self, key: str) -> float:
        """Return the left edge of a box."""
        return self.places[key].layer * (_WIDTH + _GAP) + 10.0

    @property
    def size(self) -> tuple[float, float, float]:
        """Width, height, and how far the middle line is from the top."""
        width = (max(self.layers) + 1) * (_WIDTH + _GAP) - _GAP + 90.0
        half = max(sum(self.places[key].height + _BETWEEN for key in layer) for layer in self.layers.values()) / 2
        return width, 2 * half + _HEAD + 20, half + _HEAD


def _path(layout: _Layout, route: list[str], middle: float) -> str:
    """Return the curve of an arrow through all its places."""
    start, end = layout.places[route[0]], layout.places[route[-1]]
    if start.layer == end.layer:
        right, up, down = layout.x(route[0]) + _WIDTH, start.y + middle, end.y + middle
        bow = min(20 + abs(down - up) / 5, 84)
        return (
            f"M{right:.0f},{up:.0f} C{right + bow:.0f},{up:.0f} {right + bow:.0f},{down:.0f} {right + 3:.0f},{down:.0f}"
        )
    forwards = end.layer > start.layer
    x, y = layout.x(route[0]) + (_WIDTH if forwards else 0), start.y + middle
    parts = [f"M{x:.0f},{y:.0f}"]
    for name in route[1:]:
        place = layout.places[name]
        enter = layout.x(name) + (0 if forwards else _WIDTH)
        to = place.y + middle
        if name == route[-1]:
            enter += -3 if forwards else 3
        half = (x + enter) / 2
        parts.append(f"C{half:.0f},{y:.0f} {half:.0f},{to:.0f} {enter:.0f},{to:.0f}")
        x, y = enter, to
        if name != route[-1]:
            x += _WIDTH if forwards else -_WIDTH
            parts.append(f"L{x:.0f},{y:.0f}")
    return " ".join(parts)


def _drawn(box: Box, layout: _Layout, middle: float) -> str:
    place, lines = layout.places[box.key], layout.lines[box.key]
    x, top = layout.x(box.key), place.y + middle - place.height / 2
    text = "".join(
        f'<tspan x="{x + 10:.0f}" dy="{_LINE if number else 0}">{drawn_text(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    return (
        f'<a href="{html.escape(box.href)}"><rect class="{box.kind}" x="{x:.0f}" y="{top:.0f}" width="{_WIDTH}" '
        f'height="{place.height:.0f}" rx="5"/><text x="{x + 10:.0f}" y="{top + _PAD + 12:.0f}">{text}</text></a>'
    )


def layered(name: str, title: str, boxes: Sequence[Box], arrows: Iterable[Arrow], heads: Sequence[str]) -> str:
    """Return the diagram as an SVG element with a title, and a description that says each arrow in a sentence.

    `heads` stand over the layers. Arrows to or from what has no box are left out. Every text is escaped; `kind` and `name` are
    put into attributes as they are, and must be ours.
    """
    known = {box.key for box in boxes}
    joined = [arrow for arrow in arrows if arrow.start in known and arrow.end in known and arrow.start != arrow.end]
    layout = _Layout(boxes, joined)
    width, height, middle = layout.size
    lines = "".join(
        f'<path class="{arrow.kind}" d="{_path(layout, route, middle)}" marker-end="url(#{name}-arrow)">'
        f"<title>{drawn_text(arrow.says)}</title></path>"
        for arrow, route in zip(joined, layout.routes, strict=True)
    )
    columns = "".join(
        f'<text class="head" x="{number * (_WIDTH + _GAP) + 10}" y="20">{drawn_text(head)}</text>'
        for number, head in enumerate(heads)
    )
    said = " ".join(f"{arrow.says}." for arrow in joined)
    return (
        f'<svg class="layered" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" role="group" '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-desc"><title id="{name}-title">{drawn_text(title)}</title>'
        f'<desc id="{name}-desc">{drawn_text(said)}</desc>'
        f'<defs><marker id="{name}-arrow" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0,1 L9,5 L0,9 z"/></marker></defs>'
        f"{columns}{lines}{''.join(_drawn(box, layout, middle) for box in boxes)}</svg>"
    )
