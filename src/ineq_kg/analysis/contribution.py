"""How much each study contributes, and how unequally.

Method: the support of every construct and claim counts as one and is shared equally among the studies that support it, so that
a study that supports a construct alone has all of it (fractional counting, as Waltman & van Eck 2015 set it against full
counting of authors). A study's contribution is the sum of its parts, and its share that sum over all. Inequality across the
included studies, those that contribute nothing among them, is the Gini coefficient: half the mean difference between all
pairs, over the mean (Gini 1912; formula for sorted values, Damgaard & Weiner 2000). It is 0 where all contribute alike, and
(n - 1)/n where one of n studies has all. The study with the largest share carries the argument, as far as counting can say.

Assumptions: studies of a construct are taken to support it equally, whatever the number or richness of their own constructs in
it; constructs are taken to weigh alike in a synthesis, and claims alike in an argument. Doubtful cells are never counted as
fact: figures are given on certain readings alone, and with all doubtful readings taken as real. Shares under another choice of
readings may lie outside the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ineq_kg.analysis.definition import SYNTHESIS, Analysis, Ask, Cell, Given, columns, iri, names, table
from ineq_kg.analysis.robustness import Supported, gather
from ineq_kg.analysis.support import Study, label_of, studies_of, texts
from ineq_kg.queries.definition import Header
from ineq_kg.store.embedded import Rows

Chosen = Callable[[Supported], frozenset[str]]
_WITH = "with all doubtful readings"
_CERTAIN = "on certain readings alone"

CONTRIBUTION = Header(
    summary="Say what each study contributes",
    question="What does each study contribute to the constructs and the claims, and which study carries most?",
    parameters={"synthesis": SYNTHESIS},
    columns=columns(
        study=("Study", "The study"),
        label=("Name", "Its name"),
        constructs=("Constructs", f"How many translated constructs it supports, {_CERTAIN}"),
        constructsmost=("Constructs at most", f"The same, {_WITH}"),
        alone=("Alone", f"How many of them no other study supports, {_CERTAIN}"),
        share=("Share of constructs", f"Its part in the support of all constructs, {_CERTAIN}"),
        sharedoubtful=("Share with doubt", f"The same, {_WITH}"),
        claims=("Claims", f"How many claims it supports, {_CERTAIN}"),
        claimsmost=("Claims at most", f"The same, {_WITH}"),
        claimshare=("Share of claims", f"Its part in the support of all claims, {_CERTAIN}"),
        claimsharedoubtful=("Share of claims with doubt", f"The same, {_WITH}"),
    ),
    tags=("analysis", "studies"),
    budget=150,
)

INEQUALITY = Header(
    summary="Say how unequally the studies contribute",
    question="Does one study carry the constructs or an argument, and how unequal are the contributions?",
    parameters={"synthesis": SYNTHESIS},
    columns=columns(
        level=("To", "The translated constructs, or the claims of one line of argument"),
        argument=("Line of argument", "The argument whose claims these are; empty for the constructs"),
        label=("Name", "Its name"),
        nodes=("Supported", f"How many constructs or claims have support, {_CERTAIN}"),
        studies=("Studies", "How many studies are included, and so compared"),
        contributing=("Contributing", f"How many of them contribute, {_CERTAIN}"),
        gini=("Gini", f"0 where all contribute alike, {_CERTAIN}"),
        ginidoubtful=("Gini with doubt", f"The same, {_WITH}"),
        ginimost=("Largest possible", "The Gini coefficient if one study had all: (n - 1)/n"),
        top=("Carried by", f"Names of the study with the largest share, or of several with the same, {_CERTAIN}"),
        topshare=("Its share", f"The largest share, {_CERTAIN}"),
        topdoubtful=("Carried by, with doubt", f"The same study or studies, {_WITH}"),
        topsharedoubtful=("Its share with doubt", f"The largest share, {_WITH}"),
    ),
    tags=("analysis", "studies"),
    budget=150,
)


def certain(node: Supported) -> frozenset[str]:
    """Return the studies that surely support a node."""
    return node.certain


def with_doubtful(node: Supported) -> frozenset[str]:
    """Return the studies that support a node if every doubtful reading is real."""
    return node.certain | node.doubtful


def contributions(nodes: Iterable[Supported], studies: Collection[str], chosen: Chosen) -> dict[str, Fraction]:
    """Return each study's contribution: the sum of its equal parts in the nodes that it supports."""
    found = dict.fromkeys(studies, Fraction(0))
    for node in nodes:
        supporting = chosen(node)
        for study in supporting:
            found[study] = found.get(study, Fraction(0)) + Fraction(1, len(supporting))
    return found


def shares(given: Mapping[str, Fraction]) -> dict[str, Fraction] | None:
    """Return each contribution over their sum, or None where nothing is contributed."""
    total = sum(given.values())
    return {study: one / total for study, one in given.items()} if total else None


def gini(values: Collection[Fraction]) -> Fraction | None:
    """Return the Gini coefficient of values that are not negative, or None where there are none or all are 0."""
    total = sum(values)
    if not total:
        return None
    count = len(values)
    weighted = sum(((2 * place - count - 1) * value for place, value in enumerate(sorted(values), 1)), Fraction(0))
    return weighted / (count * total)


@dataclass(frozen=True)
class _Synthesis:
    studies: dict[str, Study]
    constructs: list[Supported]
    claims: list[Supported]
    arguments: dict[str, tuple[str, list[Supported]]]


def _read(ask: Ask, synthesis: str) -> _Synthesis:
    rows = list(texts(ask("support", {"synthesis": synthesis})))
    supported = gather(rows)
    claims = [node for node in supported if node.kind == "claim"]
    of_argument: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if "argument" in row:
            of_argument[row["argument"]].add(row["claim"])
    return _Synthesis(
        studies_of(ask, synthesis),
        [node for node in supported if node.kind == "translated construct"],
        claims,
        {
            node.node: (node.label, [claim for claim in claims if claim.node in of_argument[node.node]])
            for node in supported
            if node.kind == "argument"
        },
    )


def _contribution(ask: Ask, values: Given) -> Rows:
    read = _read(ask, values["synthesis"][0])
    sure, most, claim_sure, claim_most = (
        shares(contributions(nodes, read.studies, chosen)) or {}
        for nodes in (read.constructs, read.claims)
        for chosen in (certain, with_doubtful)
    )
    rows: list[dict[str, Cell]] = [
        {
            "study": iri(study.iri),
            "label": study.label,
            "constructs": sum(study.iri in node.certain for node in read.constructs),
            "constructsmost": sum(study.iri in with_doubtful(node) for node in read.constructs),
            "alone": sum(node.certain == {study.iri} for node in read.constructs),
            "share": sure.get(study.iri),
            "sharedoubtful": most.get(study.iri),
            "claims": sum(study.iri in node.certain for node in read.claims),
            "claimsmost": sum(study.iri in with_doubtful(node) for node in read.claims),
            "claimshare": claim_sure.get(study.iri),
            "claimsharedoubtful": claim_most.get(study.iri),
        }
        for study in sorted(read.studies.values(), key=lambda one: (-sure.get(one.iri, Fraction(0)), one.label))
    ]
    return table(CONTRIBUTION, rows)


def _inequality(ask: Ask, values: Given) -> Rows:
    read = _read(ask, values["synthesis"][0])
    rows: list[dict[str, Cell]] = []
    if read.constructs:
        rows.append({"level": "translated constructs", **_unequal(read.constructs, read.studies)})
    for argument, (label, claims) in sorted(read.arguments.items(), key=lambda item: item[1][0]):
        level: dict[str, Cell] = {"level": "claims of an argument", "argument": iri(argument), "label": label}
        rows.append({**level, **_unequal(claims, read.studies)})
    return table(INEQUALITY, rows)


def _unequal(nodes: Sequence[Supported], studies: Mapping[str, Study]) -> dict[str, Cell]:
    sure, most = (contributions(nodes, studies, chosen) for chosen in (certain, with_doubtful))
    top, top_share = _top(sure, studies)
    top_most, top_share_most = _top(most, studies)
    return {
        "nodes": sum(bool(node.certain) for node in nodes),
        "studies": len(sure),
        "contributing": sum(one > 0 for one in sure.values()),
        "gini": gini(sure.values()),
        "ginidoubtful": gini(most.values()),
        "ginimost": Fraction(len(sure) - 1, len(sure)) if sure else None,
        "top": top,
        "topshare": top_share,
        "topdoubtful": top_most,
        "topsharedoubtful": top_share_most,
    }


def _top(given: Mapping[str, Fraction], studies: Mapping[str, Study]) -> tuple[str | None, Fraction | None]:
    parts = shares(given)
    if parts is None:
        return None, None
    largest = max(parts.values())
    return names(label_of(study, studies) for study, part in parts.items() if part == largest), largest


ANALYSES = (
    Analysis("contribution", CONTRIBUTION, __doc__ or "", _contribution),
    Analysis("inequality", INEQUALITY, __doc__ or "", _inequality),
)
