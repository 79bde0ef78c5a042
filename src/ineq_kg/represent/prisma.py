"""The PRISMA 2020 flow diagram as SVG.

Boxes, their words and their places are those of the templates for new and for updated reviews (Page et al. 2021, BMJ 372:n71,
figure 1): what came from databases and registers in the middle, from other methods on the right, an earlier version's studies
on the left. A count that the source does not give is said not to be given: it is not 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ineq_kg.represent.text import drawn_lines, drawn_text

# The fields of the flow data, in the words of the diagram's boxes.
COUNTS = {
    "previousStudies": "Studies included in previous version of review",
    "previousReports": "Reports of studies included in previous version of review",
    "databaseResults": "Records identified from databases",
    "registerResults": "Records identified from registers",
    "websiteResults": "Records identified from websites",
    "organisationResults": "Records identified from organisations",
    "citationsResults": "Records identified from citation searching",
    "duplicates": "Duplicate records removed before screening",
    "excludedAutomatic": "Records marked as ineligible by automation tools",
    "excludedOther": "Records removed for other reasons",
    "recordsScreened": "Records screened",
    "recordsExcluded": "Records excluded",
    "dbrSoughtReports": "Reports sought for retrieval (databases and registers)",
    "dbrNotretrievedReports": "Reports not retrieved (databases and registers)",
    "otherSoughtReports": "Reports sought for retrieval (other methods)",
    "otherNotretrievedReports": "Reports not retrieved (other methods)",
    "dbrAssessed": "Reports assessed for eligibility (databases and registers)",
    "dbrExcluded": "Reports excluded (databases and registers)",
    "otherAssessed": "Reports assessed for eligibility (other methods)",
    "otherExcluded": "Reports excluded (other methods)",
    "newStudies": "New studies included in review",
    "newReports": "Reports of new included studies",
    "totalStudies": "Total studies included in review",
    "totalReports": "Reports of total included studies",
}
NOT_GIVEN = "not given"
_LINE, _PAD, _WRAP, _LINES = 16, 9, 29, 4
_WIDTH = 216
_COLUMNS = (10, 246, 486, 742, 982)


@dataclass(frozen=True)
class Reason:
    """A reason for exclusion, with how many reports of each source were excluded for it."""

    reason: str
    databases: int | None
    others: int | None


@dataclass(frozen=True)
class _Box:
    column: int
    row: int
    head: str
    lines: tuple[tuple[str, int | None], ...]

    @property
    def text(self) -> list[str]:
        """The box's lines, broken to its width."""
        told = [self.head] if self.head else []
        for label, value in self.lines:
            told.append(f"{label} ({NOT_GIVEN if value is None else f'n = {value:,}'})".replace(" = ", "\u00a0=\u00a0"))
        return [piece for line in told for piece in drawn_lines(line, _WRAP, _LINES)]

    @property
    def given(self) -> bool:
        """Whether any of its counts is given."""
        return any(value is not None for _, value in self.lines)

    @property
    def height(self) -> int:
        """How high it is drawn."""
        return len(self.text) * _LINE + 2 * _PAD


def _boxes(counts: Mapping[str, int | None], reasons: Sequence[Reason], *, update: bool) -> dict[str, _Box]:
    def box(column: int, row: int, head: str, *lines: tuple[str, str]) -> _Box:
        return _Box(column, row, head, tuple((label, counts.get(name)) for label, name in lines))

    def excluded(column: int, total: str, side: str) -> _Box:
        told = [(one.reason, getattr(one, side)) for one in reasons if getattr(one, side) is not None]
        return _Box(column, 3, "", (("Reports excluded", counts.get(total)), *told))

    new = (
        ("New studies included in review", "Reports of new included studies")
        if update
        else (
            "Studies included in review",
            "Reports of included studies",
        )
    )
    found = {
        "identified": box(
            1, 0, "Records identified from:", ("Databases", "databaseResults"), ("Registers", "registerResults")
        ),
        "removed": box(
            2,
            0,
            "Records removed before screening:",
            ("Duplicate records removed", "duplicates"),
            ("Marked as ineligible by automation tools", "excludedAutomatic"),
            ("Removed for other reasons", "excludedOther"),
        ),
        "screened": box(1, 1, "", ("Records screened", "recordsScreened")),
        "screened out": box(2, 1, "", ("Records excluded", "recordsExcluded")),
        "sought": box(1, 2, "", ("Reports sought for retrieval", "dbrSoughtReports")),
        "not retrieved": box(2, 2, "", ("Reports not retrieved", "dbrNotretrievedReports")),
        "assessed": box(1, 3, "", ("Reports assessed for eligibility", "dbrAssessed")),
        "excluded": excluded(2, "dbrExcluded", "databases"),
        "otherwise": box(
            3,
            0,
            "Records identified from:",
            ("Websites", "websiteResults"),
            ("Organisations", "organisationResults"),
            ("Citation searching", "citationsResults"),
        ),
        "sought otherwise": box(3, 2, "", ("Reports sought for retrieval", "otherSoughtReports")),
        "not retrieved otherwise": box(4, 2, "", ("Reports not retrieved", "otherNotretrievedReports")),
        "assessed otherwise": box(3, 3, "", ("Reports assessed for eligibility", "otherAssessed")),
        "excluded otherwise": excluded(4, "otherExcluded", "others"),
        "new": box(1, 4, "", (new[0], "newStudies"), (new[1], "newReports")),
    }
    if update:
        earlier = ("Studies included in previous version of review", "previousStudies")
        found["previous"] = box(0, 0, "", earlier, ("Reports of these studies", "previousReports"))
        total = ("Total studies included in review", "totalStudies")
        found["total"] = box(1, 5, "", total, ("Reports of total included studies", "totalReports"))
    return found


_DOWN = (
    ("identified", "screened"),
    ("screened", "sought"),
    ("sought", "assessed"),
    ("assessed", "new"),
    ("otherwise", "sought otherwise"),
    ("sought otherwise", "assessed otherwise"),
    ("new", "total"),
)
_ACROSS = (
    ("identified", "removed"),
    ("screened", "screened out"),
    ("sought", "not retrieved"),
    ("assessed", "excluded"),
    ("sought otherwise", "not retrieved otherwise"),
    ("assessed otherwise", "excluded otherwise"),
)


def is_update(counts: Mapping[str, int | None]) -> bool:
    """Say whether the flow is that of an update: whether an earlier version's studies or a total are counted."""
    return any(
        counts.get(name) is not None for name in ("previousStudies", "previousReports", "totalStudies", "totalReports")
    )


def flow_diagram(name: str, counts: Mapping[str, int | None], reasons: Sequence[Reason] = ()) -> str:
    """Return the diagram as an SVG element with a title and a description; `counts` are by the fields of COUNTS."""
    update = is_update(counts)
    boxes = _boxes(counts, reasons, update=update)
    heights = [max((box.height for box in boxes.values() if box.row == row), default=0) for row in range(6)]
    tops = [44 + sum(heights[:row]) + 28 * row for row in range(6)]
    left = 0 if update else _COLUMNS[1] - 10

    def x(box: _Box) -> int:
        return _COLUMNS[box.column] - left

    def drawn(box: _Box) -> str:
        top = tops[box.row]
        lines = "".join(
            f'<tspan x="{x(box) + 10}" dy="{_LINE if number else 0}">{drawn_text(line)}</tspan>'
            for number, line in enumerate(box.text)
        )
        kind = "given" if box.given else "absent"
        return (
            f'<rect class="{kind}" x="{x(box)}" y="{top}" width="{_WIDTH}" height="{box.height}" rx="3"/>'
            f'<text x="{x(box) + 10}" y="{top + _PAD + 11}">{lines}</text>'
        )

    def arrow(path: str) -> str:
        return f'<path d="{path}" marker-end="url(#{name}-arrow)"/>'

    arrows = []
    for first, second in _DOWN:
        if first in boxes and second in boxes:
            one, two = boxes[first], boxes[second]
            middle = x(one) + _WIDTH // 2
            arrows.append(arrow(f"M{middle},{tops[one.row] + one.height} V{tops[two.row] - 2}"))
    for first, second in _ACROSS:
        one, two = boxes[first], boxes[second]
        level = tops[one.row] + min(one.height, two.height) // 2
        arrows.append(arrow(f"M{x(one) + _WIDTH},{level} H{x(two) - 2}"))
    last, new = boxes["assessed otherwise"], boxes["new"]
    level = tops[new.row] + new.height // 2
    arrows.append(arrow(f"M{x(last) + _WIDTH // 2},{tops[last.row] + last.height} V{level} H{x(new) + _WIDTH + 2}"))
    if update:
        before, total = boxes["previous"], boxes["total"]
        level = tops[total.row] + total.height // 2
        arrows.append(arrow(f"M{x(before) + _WIDTH // 2},{tops[0] + before.height} V{level} H{x(total) - 2}"))
    heads = [(1, "Databases and registers"), (3, "Other methods"), *([(0, "Previous studies")] if update else [])]
    words = "".join(
        f'<text class="head" x="{_COLUMNS[column] - left}" y="26">{drawn_text(head)}</text>' for column, head in heads
    )
    said = "; ".join(
        f"{label}: {NOT_GIVEN if counts.get(field) is None else counts[field]}" for field, label in COUNTS.items()
    )
    width = _COLUMNS[4] + _WIDTH + 10 - left
    height = tops[5 if update else 4] + boxes["total" if update else "new"].height + 14
    return (
        f'<svg class="flow" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc"><title id="{name}-title">PRISMA 2020 flow diagram</title>'
        f'<desc id="{name}-desc">{drawn_text(said)}.</desc>'
        f'<defs><marker id="{name}-arrow" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0,1 L9,5 L0,9 z"/></marker></defs>'
        f"{words}{''.join(arrows)}{''.join(drawn(box) for box in boxes.values())}</svg>"
    )
