"""What would fall if studies were left out.

Method: leave-k-out over the support relation of a meta-ethnography. A translated construct is supported by the studies whose
second-order constructs are translated into it; a claim by those that support what it synthesises; an argument by those of its
claims. Leaving studies out removes them from every set. The idea is that of sensitivity analysis in qualitative evidence
synthesis (Carroll, Booth & Lloyd-Jones 2012, who left out studies of poor reporting to see what remained).

Assumptions: support counts studies, not their weight or richness; a construct with one study left stands. Doubtful cells are
never counted as fact: everything is computed twice, on certain readings alone and with doubtful ones, and both are given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import combinations

DOUBTFUL = "Low"


class Verdict(Enum):
    """What becomes of a node, from nothing to the worst. `order` grows with the loss."""

    UNSUPPORTED = "had no support"
    STANDS = "loses nothing"
    WEAKENED = "loses less than half of its studies"
    HALVED = "loses half or more of its studies"
    FALLS = "loses every study"

    @property
    def order(self) -> int:
        """The place in the order of loss: 0 for the least."""
        return list(Verdict).index(self)


@dataclass(frozen=True)
class Supported:
    """A translated construct, claim or argument, and the studies it rests on: surely, or by a doubtful reading only."""

    node: str
    kind: str
    label: str
    position: int | None = None
    certain: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Loss:
    """What leaving studies out does to one node: under certain readings alone, and with doubtful ones."""

    supported: Supported
    certain: Verdict
    with_doubtful: Verdict

    @property
    def agreed(self) -> bool:
        """Whether the doubtful cells make no difference."""
        return self.certain == self.with_doubtful


@dataclass
class _Gathered:
    kind: str
    label: str
    position: int | None
    confidences: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def gather(rows: Iterable[Mapping[str, str]]) -> list[Supported]:
    """Return what is supported, from the rows of the query `support` (names of columns to text, unbound ones left out).

    A study whose construct stands there surely at least once supports surely, whatever else is doubtful.
    """
    nodes: dict[str, _Gathered] = {}
    for row in rows:
        position = int(row["position"]) if "position" in row else None
        gathered = nodes.setdefault(row["node"], _Gathered(row["type"], row["label"], position))
        gathered.confidences[row["study"]].add(row["confidence"])
    supported = []
    for node, found in nodes.items():
        certain = frozenset(study for study, levels in found.confidences.items() if levels - {DOUBTFUL})
        doubtful = frozenset(found.confidences) - certain
        supported.append(Supported(node, found.kind, found.label, found.position, certain, doubtful))
    return supported


def _verdict(studies: frozenset[str], removed: frozenset[str]) -> Verdict:
    if not studies:
        return Verdict.UNSUPPORTED
    lost = len(studies & removed)
    if lost == 0:
        return Verdict.STANDS
    if lost == len(studies):
        return Verdict.FALLS
    return Verdict.HALVED if 2 * lost >= len(studies) else Verdict.WEAKENED


def without(supported: Iterable[Supported], removed: Collection[str]) -> list[Loss]:
    """Return what leaving the studies `removed` out does to every node, in the order given."""
    gone = frozenset(removed)
    return [Loss(one, _verdict(one.certain, gone), _verdict(one.certain | one.doubtful, gone)) for one in supported]


def leave_out(supported: Iterable[Supported], size: int) -> Iterator[tuple[tuple[str, ...], list[Loss]]]:
    """Yield every set of `size` studies with what leaving it out does. With n studies there are n choose `size` sets."""
    listed = list(supported)
    studies = sorted(frozenset().union(*(one.certain | one.doubtful for one in listed)))
    for removed in combinations(studies, size):
        yield removed, without(listed, removed)
