"""Analyses that leave studies out. Their method is that of `ineq_kg.analysis.robustness`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import comb

from ineq_kg.analysis import robustness
from ineq_kg.analysis.definition import SYNTHESIS, Analysis, Ask, Cell, Given, columns, iri, names, table
from ineq_kg.analysis.robustness import (
    Loss,
    Supported,
    Verdict,
    fewest_to_fall,
    fewest_to_halve,
    leave_out,
    without,
)
from ineq_kg.analysis.support import Study, label_of, one_synthesis, studies_of, support_of, unknown_study
from ineq_kg.errors import ParameterError
from ineq_kg.queries.definition import Header, Parameter
from ineq_kg.store.embedded import Rows
from ineq_kg.triples.naming import slug_of

# More sets than this are refused: nobody reads as many, and they would take seconds.
MOST_SETS = 5_000
_KINDS = ("argument", "claim", "translated construct")
_NODE = {
    "kind": ("Kind", "Translated construct, claim or argument"),
    "node": ("What", "The construct, claim or argument"),
    "label": ("Name", "Its name"),
}
_CERTAIN = "on certain readings alone"

LEAVE_OUT = Header(
    summary="Leave studies out",
    question="What would each construct, claim and argument lose if these studies were left out?",
    parameters={
        "study": Parameter(
            type="iri",
            of_class="ikg:Study",
            description="Studies of one synthesis that are left out",
            example="mcmahon-2022/study/babbel",
            required=True,
            many=True,
        )
    },
    columns=columns(
        **_NODE,
        outcome=("Without them", f"What becomes of it {_CERTAIN}"),
        least=("At least", "The least that can become of it, whichever doubtful readings are real"),
        worst=("At worst", "The worst that can become of it, whichever doubtful readings are real"),
        studies=("Studies", f"How many it rests on {_CERTAIN}"),
        left=("Studies left", "How many of these are not left out"),
        doubtful=("Doubtful studies", "How many more it rests on if doubtful readings are real"),
        doubtfulleft=("Doubtful studies left", "How many of these are not left out"),
    ),
    tags=("analysis", "robustness"),
    budget=100,
)

ROBUSTNESS = Header(
    summary="Leave out every set of so many studies",
    question="Which studies, one, two or three at a time, does most rest on, and what falls without them?",
    parameters={
        "synthesis": SYNTHESIS,
        "size": Parameter(
            type="enum",
            description="How many studies are left out together",
            values=("1", "2", "3"),
            default="1",
            example="2",
        ),
    },
    columns=columns(
        studies=("Left out", "Names of the studies left out together"),
        slugs=("Slugs", "The same studies, as leave-out takes them"),
        arguments=("Arguments that fall", f"How many lose every study, {_CERTAIN}"),
        claims=("Claims that fall", f"How many lose every study, {_CERTAIN}"),
        constructs=("Constructs that fall", f"How many translated constructs lose every study, {_CERTAIN}"),
        halved=("Halved", f"How many nodes more lose half or more of their studies, {_CERTAIN}"),
        fallsleast=("Fall at least", "How many nodes fall whichever doubtful readings are real"),
        fallsmost=("Fall at most", "How many nodes can fall, if doubtful readings turn out for the worst"),
        halvedmost=("Fall or halved at most", "How many nodes can lose half or more, if they turn out for the worst"),
        fallen=("What falls", f"Names of what loses every study, {_CERTAIN}"),
        halves=("What is halved", f"Names of what loses half or more of its studies but not all, {_CERTAIN}"),
    ),
    tags=("analysis", "robustness"),
    budget=3_000,
)

FRAGILITY = Header(
    summary="Say how few studies each finding hangs on",
    question="How many studies would have to go before each construct, claim and argument falls or loses half?",
    parameters={"synthesis": SYNTHESIS},
    columns=columns(
        **_NODE,
        fall=(
            "Falls without",
            f"The smallest number of studies whose loss makes it fall, {_CERTAIN}; empty for none sure",
        ),
        fallmost=("Falls without, at most", "The same if all doubtful readings are real"),
        half=("Halved without", f"The smallest number of studies whose loss takes half of its support, {_CERTAIN}"),
        halfmost=("Halved without, at most", "The same if all doubtful readings are real"),
        byone=("By one", f"Whether leaving one study out ever takes half of its support or all, {_CERTAIN}"),
        which=("By which", "Names of the studies of which that is true"),
    ),
    tags=("analysis", "robustness"),
    budget=100,
)


def _place(kind: str) -> int:
    return _KINDS.index(kind)


def _leave_out(ask: Ask, values: Given) -> Rows:
    left_out = values["study"]
    synthesis = one_synthesis(left_out)
    included = studies_of(ask, synthesis)
    for study in left_out:
        if study not in included:
            raise unknown_study(study, list(included))
    losses = without(support_of(ask, synthesis), left_out)
    losses.sort(
        key=lambda loss: (-loss.certain.order, -loss.worst.order, _place(loss.supported.kind), loss.supported.label)
    )
    return table(LEAVE_OUT, (_lost(loss, frozenset(left_out)) for loss in losses))


def _lost(loss: Loss, gone: frozenset[str]) -> dict[str, Cell]:
    node = loss.supported
    return {
        **_named(node),
        "outcome": loss.certain.value,
        "least": loss.least.value,
        "worst": loss.worst.value,
        "studies": len(node.certain),
        "left": len(node.certain - gone),
        "doubtful": len(node.doubtful),
        "doubtfulleft": len(node.doubtful - gone),
    }


def _named(node: Supported) -> dict[str, Cell]:
    return {"kind": node.kind, "node": iri(node.node), "label": node.label}


def _robustness(ask: Ask, values: Given) -> Rows:
    synthesis, size = values["synthesis"][0], int(values["size"][0])
    supported = support_of(ask, synthesis)
    count = len(frozenset().union(*(one.certain | one.doubtful for one in supported)))
    if comb(count, size) > MOST_SETS:
        message = f"{count} studies make {comb(count, size):,} sets of {size}, and {MOST_SETS:,} is the most"
        raise ParameterError(message, parameter="size", value=str(size), mend="Leave fewer studies out together.")
    studies = studies_of(ask, synthesis)
    rows = [_set(removed, losses, studies) for removed, losses in leave_out(supported, size)]
    worst = ("arguments", "claims", "constructs", "halved", "fallsmost", "halvedmost")
    rows.sort(key=lambda row: (*(-int(str(row[name])) for name in worst), str(row["studies"])))
    return table(ROBUSTNESS, rows)


def _set(removed: Sequence[str], losses: Sequence[Loss], studies: Mapping[str, Study]) -> dict[str, Cell]:
    fallen = [loss.supported for loss in losses if loss.certain is Verdict.FALLS]
    halved = [loss.supported for loss in losses if loss.certain is Verdict.HALVED]
    arguments, claims, constructs = (sum(node.kind == kind for node in fallen) for kind in _KINDS)
    return {
        "studies": names(label_of(study, studies) for study in removed),
        "slugs": " ".join(map(slug_of, removed)),
        "arguments": arguments,
        "claims": claims,
        "constructs": constructs,
        "halved": len(halved),
        "fallsleast": sum(loss.least is Verdict.FALLS for loss in losses),
        "fallsmost": sum(loss.worst is Verdict.FALLS for loss in losses),
        "halvedmost": sum(loss.worst.order >= Verdict.HALVED.order for loss in losses),
        "fallen": names(node.label for node in fallen),
        "halves": names(node.label for node in halved),
    }


def _fragility(ask: Ask, values: Given) -> Rows:
    synthesis = values["synthesis"][0]
    supported = support_of(ask, synthesis)
    studies = studies_of(ask, synthesis)
    supported.sort(key=lambda node: (len(node.certain), len(node.doubtful), _place(node.kind), node.label))
    return table(FRAGILITY, (_fragile(node, studies) for node in supported))


def _fragile(node: Supported, studies: Mapping[str, Study]) -> dict[str, Cell]:
    every = node.certain | node.doubtful
    by_one = fewest_to_halve(node.certain) == 1
    return {
        **_named(node),
        "fall": fewest_to_fall(node.certain),
        "fallmost": fewest_to_fall(every),
        "half": fewest_to_halve(node.certain),
        "halfmost": fewest_to_halve(every),
        "byone": by_one,
        "which": names(label_of(study, studies) for study in node.certain) if by_one else None,
    }


_METHOD = robustness.__doc__ or ""
ANALYSES = (
    Analysis("leave-out", LEAVE_OUT, _METHOD, _leave_out),
    Analysis("robustness", ROBUSTNESS, _METHOD, _robustness),
    Analysis("fragility", FRAGILITY, _METHOD, _fragility),
)
