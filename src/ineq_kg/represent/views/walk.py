"""What the pages of arguments and claims have in common: the walk down to the words, its doubts, and what could be lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from ineq_kg.analysis import robustness
from ineq_kg.analysis.definition import Ask
from ineq_kg.analysis.support import studies_of, support_of, texts, unknown_study
from ineq_kg.errors import NotFound
from ineq_kg.queries.definition import Parameter
from ineq_kg.represent.tree import Node, tree_of
from ineq_kg.represent.views.definition import Model
from ineq_kg.represent.views.source import Source, source_of
from ineq_kg.triples.naming import slug_of, synthesis_of
from ineq_kg.vocabulary import IKG_NS

Outcome = Literal["unsupported", "stands", "weakened", "halved", "falls"]
_OUTCOMES: Mapping[robustness.Verdict, Outcome] = {
    robustness.Verdict.UNSUPPORTED: "unsupported",
    robustness.Verdict.STANDS: "stands",
    robustness.Verdict.WEAKENED: "weakened",
    robustness.Verdict.HALVED: "halved",
    robustness.Verdict.FALLS: "falls",
}

_VERDICTS: Mapping[Outcome, str] = {
    "unsupported": "Not surely supported",
    "stands": "Stands",
    "weakened": "Weakened",
    "halved": "Halved",
    "falls": "Falls",
}
_ENDS: Mapping[Outcome, str] = {
    "unsupported": "has no support",
    "stands": "loses nothing",
    "weakened": "loses less than half of its studies",
    "halved": "loses half or more of its studies",
    "falls": "falls",
}

WITHOUT = Parameter(
    type="iri",
    of_class="ikg:Study",
    description="Studies that are left out, to see what would fall",
    example="mcmahon-2022/study/babbel",
    many=True,
)


class Named(Model):
    """Something by name."""

    slug: str
    label: str


class StudyChoice(Named):
    """A study of the synthesis, and whether it is left out here."""

    left_out: bool = False


class Reading(Model):
    """How one reader read the cell of the table that a translated construct stands for, and what else it may say."""

    token: str
    reader: str
    read_on: str = ""
    reads: str = ""
    others: tuple[str, ...] = ()
    confidence: str
    note: str = ""


class Loss(Model):
    """What becomes of a node without some studies: on certain readings alone, and at either end of what doubts allow.

    `studies` and `doubtful` count those that it rests on surely and by a doubtful reading; `left` and `doubtful_left` those of
    them that remain.
    """

    kind: str
    outcome: Outcome
    least: Outcome
    worst: Outcome
    studies: int
    left: int
    doubtful: int
    doubtful_left: int

    @property
    def unsure(self) -> bool:
        """Whether the doubtful readings make a difference."""
        return self.least != self.worst

    @property
    def verdict(self) -> str:
        """What becomes of it on certain readings alone, in a word or two."""
        return _VERDICTS[self.outcome]

    @property
    def reason(self) -> str:
        """Why: how many studies it rests on and how many are left; with the interval where doubts make a difference."""
        studies = "1 study" if self.studies == 1 else f"{self.studies} studies"
        told = f"{self.left} of {studies} left" if self.studies else "no study is surely read to support it"
        if not self.unsure:
            return f"{told}."
        doubtful = "1 more is" if self.doubtful == 1 else f"{self.doubtful} more are"
        return (
            f"{told}; {doubtful} read doubtfully. Depending on what is real, it {_ENDS[self.least]} "
            f"at least, and {_ENDS[self.worst]} at worst."
        )


class Walk(Model):
    """A node and all that it rests on, down to exact words. Mappings are by slug.

    `definitions` say in plain words what nodes are; `reasons` say, by claim and then translated construct, why the curators
    link them; `readings` are those of the table's cells that can be read in more than one way. `losses` is empty where no
    study is left out.
    """

    trace: Node
    synthesis: Named
    source: Source
    definitions: dict[str, str]
    reasons: dict[str, dict[str, str]]
    readings: dict[str, tuple[Reading, ...]]
    studies: tuple[StudyChoice, ...]
    losses: dict[str, Loss]

    @property
    def left_out(self) -> tuple[StudyChoice, ...]:
        """The studies that are left out."""
        return tuple(study for study in self.studies if study.left_out)

    def tally(self, kind: str) -> dict[str, int]:
        """Count what becomes of the nodes of a kind: by outcome, and as `may fall` those that fall only at worst."""
        losses = [loss for loss in self.losses.values() if loss.kind == kind]
        counts: dict[str, int] = {
            outcome: sum(loss.outcome == outcome for loss in losses) for outcome in _OUTCOMES.values()
        }
        may = sum(loss.worst == "falls" and loss.outcome != "falls" for loss in losses)
        return {**counts, "may fall": may, "all": len(losses)}


def _losses(ask: Ask, synthesis: str, without: Sequence[str]) -> dict[str, Loss]:
    gone = frozenset(without)
    return {
        slug_of(loss.supported.node): Loss(
            kind=loss.supported.kind,
            outcome=_OUTCOMES[loss.certain],
            least=_OUTCOMES[loss.least],
            worst=_OUTCOMES[loss.worst],
            studies=len(loss.supported.certain),
            left=len(loss.supported.certain - gone),
            doubtful=len(loss.supported.doubtful),
            doubtful_left=len(loss.supported.doubtful - gone),
        )
        for loss in robustness.without(support_of(ask, synthesis), without)
    }


def _readings(ask: Ask, synthesis: str, shown: set[str]) -> dict[str, tuple[Reading, ...]]:
    found: dict[str, tuple[Reading, ...]] = {}
    for row in texts(ask("doubtful-readings", {"synthesis": synthesis})):
        slug = slug_of(row["translated"])
        if row["translated"] in shown:
            reading = Reading(
                token=row["token"],
                reader=row["reader"],
                read_on=row.get("readon", ""),
                reads=row.get("reads", ""),
                others=tuple(row["others"].split(" | ")) if "others" in row else (),
                confidence=row["confidence"].removeprefix(IKG_NS),
                note=row.get("note", ""),
            )
            found[slug] = (*found.get(slug, ()), reading)
    return found


def _reasons(ask: Ask, synthesis: str, shown: set[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in texts(ask("claim-support", {"synthesis": synthesis})):
        if row["claim"] in shown and "note" in row:
            found.setdefault(slug_of(row["claim"]), {})[slug_of(row["translated"])] = row["note"]
    return found


def _definitions(ask: Ask, synthesis: str, about: Iterable[Mapping[str, str]], shown: set[str]) -> dict[str, str]:
    lines = [(row["argument"], row.get("definition", "")) for row in about if "argument" in row]
    steps = [
        (row["claim"], row.get("definition", "")) for row in texts(ask("line-of-argument", {"synthesis": synthesis}))
    ]
    return {slug_of(iri): text for iri, text in [*lines, *steps] if text and iri in shown}


def walk(ask: Ask, start: str, kind: str, without: Sequence[str] = ()) -> Walk:
    """Return the walk from `start`, a node of this kind, to the words; `without` are studies that are left out.

    Raises NotFound where there is no such node, or no such study in its synthesis.
    """
    trace = tree_of(ask("trace", {"start": start}))
    synthesis = synthesis_of(start)
    if trace is None or trace.kind != kind or synthesis is None:
        what = {"LineOfArgument": "argument", "ThirdOrderConstruct": "claim"}[kind]
        raise NotFound(f"there is no {what} {slug_of(start)!r}", name=slug_of(start), mend="See / for those there are.")
    about = list(texts(ask("about-synthesis", {"synthesis": synthesis})))
    included = studies_of(ask, synthesis)
    for study in without:
        if study not in included:
            raise unknown_study(study, list(included))
    shown = {node.iri for node in trace.all}
    return Walk(
        trace=trace,
        synthesis=Named(slug=synthesis, label=about[0]["label"]),
        source=source_of(ask, synthesis),
        definitions=_definitions(ask, synthesis, about, shown),
        reasons=_reasons(ask, synthesis, shown),
        readings=_readings(ask, synthesis, shown),
        studies=tuple(
            StudyChoice(slug=slug_of(iri), label=study.label, left_out=iri in without)
            for iri, study in included.items()
        ),
        losses=_losses(ask, synthesis, without) if without else {},
    )
