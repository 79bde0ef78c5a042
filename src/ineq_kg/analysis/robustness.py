"""What would fall if studies were left out.

Method: leave-k-out over the support relation of a meta-ethnography. A translated construct is supported by the studies whose
second-order constructs are translated into it; a claim by those that support what it synthesises; an argument by those of its
claims. Leaving studies out removes them from every set. The idea is that of sensitivity analysis in qualitative evidence
synthesis (Carroll, Booth & Lloyd-Jones 2012, who left out studies of poor reporting to see what remained).

Assumptions: support counts studies, not their weight or richness; a construct with one study left stands. Doubtful cells are
never counted as fact. Everything is computed on certain readings alone, and as an interval over the doubtful ones: the least
and the worst that can become of a node, whichever of them turn out to be real. The worst need not be where all of them are
real, nor where none is: a doubtful study that is left out weighs most where the doubtful ones that stay are not real.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import combinations
from operator import attrgetter

from ineq_kg.vocabulary import IKG

DOUBTFUL = IKG.Low


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
    certain: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Loss:
    """What leaving studies out does to one node: under certain readings alone, with all doubtful ones, and at either end.

    `least` and `worst` bound what happens under any choice of which doubtful readings are real.
    """

    supported: Supported
    certain: Verdict
    with_doubtful: Verdict
    least: Verdict
    worst: Verdict

    @property
    def agreed(self) -> bool:
        """Whether the doubtful cells make no difference."""
        return self.certain == self.with_doubtful


# How a row of the query `support` reaches each level, and the confidences that must all be sure for the row to be. A
# translation's own confidence is that of its whole cell, and so of its least sure number; a construct's is its study's own.
_LEVELS = (
    ("translated construct", "translated", ("confidence",)),
    ("claim", "claim", ("confidence", "linkconfidence")),
    ("argument", "argument", ("confidence", "linkconfidence")),
)


def gather(rows: Iterable[Mapping[str, str]]) -> list[Supported]:
    """Return what is supported, from the rows of the query `support` (names of columns to text, unbound ones left out).

    A row is as sure as the least sure step on its way. A study that reaches a node surely by one row supports it surely.
    """
    labels: dict[tuple[str, str], str] = {}
    reached: dict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
    for row in rows:
        for kind, column, confidences in _LEVELS:
            if column in row:
                key = (kind, row[column])
                labels[key] = row[f"{column}label"]
                sure = all(row.get(name) != DOUBTFUL for name in confidences)
                reached[key][row["study"]] = sure or reached[key].get(row["study"], False)
    return [
        Supported(
            node,
            kind,
            labels[kind, node],
            certain=frozenset(study for study, sure in studies.items() if sure),
            doubtful=frozenset(study for study, sure in studies.items() if not sure),
        )
        for (kind, node), studies in reached.items()
    ]


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
    return [_loss(one, gone) for one in supported]


def _loss(one: Supported, gone: frozenset[str]) -> Loss:
    # The share lost is least where just the doubtful studies that stay are real, and largest where just those that go are.
    # Without any certain study a node may also have had no support at all, or support that stays.
    certain = _verdict(one.certain, gone)
    every = _verdict(one.certain | one.doubtful, gone)
    least = _verdict(one.certain | (one.doubtful - gone), gone)
    worst = _verdict(one.certain | (one.doubtful & gone), gone)
    by_loss = attrgetter("order")
    return Loss(one, certain, every, min(certain, least, key=by_loss), max(every, worst, key=by_loss))


def leave_out(supported: Iterable[Supported], size: int) -> Iterator[tuple[tuple[str, ...], list[Loss]]]:
    """Yield every set of `size` studies with what leaving it out does. With n studies there are n choose `size` sets."""
    listed = list(supported)
    studies = sorted(frozenset().union(*(one.certain | one.doubtful for one in listed)))
    for removed in combinations(studies, size):
        yield removed, without(listed, removed)


def fewest_to_fall(studies: Collection[str]) -> int | None:
    """Return the smallest number of studies without which a node on these studies falls; None for one that rests on none."""
    return len(studies) or None


def fewest_to_halve(studies: Collection[str]) -> int | None:
    """Return the smallest number of studies whose loss takes half of them or more; None for a node that rests on none."""
    return (len(studies) + 1) // 2 or None
