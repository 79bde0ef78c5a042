"""What GRADE-CERQual would be judged from, per finding, and a draft note on adequacy.

Method: GRADE-CERQual judges the confidence in a finding by four components (Lewin et al. 2018). For each claim and translated
construct the inputs that the records hold are counted: studies, reports, countries and professional groups of the studies,
the studies' constructs and on what basis they are known, the passages that state them and their words, and cases recorded
against the finding. Adequacy is the richness and the quantity of the data behind a finding (Glenton et al. 2018, paper 5 of
the series). No number of studies or words is adequate as such, so the note gives what there is and what to weigh, no level.

Assumptions: a draft for people to judge, not a judgement. A component is *not assessed* unless the records hold an assessment
of it, which is then given as recorded. Methodological limitations need an appraisal of each study, coherence and relevance a
reading of the studies: counts do not stand in for them. Passages are the synthesis's words on the studies, not the studies'
own data; how rich those are has to be looked up in the reports. Where passages overlap, shared words count in each. Records
hold no numbers of participants. Doubtful cells are never counted as fact: studies are given on certain readings alone, and at
most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from ineq_kg.analysis.definition import SYNTHESIS, Analysis, Ask, Cell, Given, columns, iri, names, table
from ineq_kg.analysis.robustness import Supported
from ineq_kg.analysis.support import Study, studies_of, support_of, texts
from ineq_kg.queries.definition import Header
from ineq_kg.store.embedded import Rows
from ineq_kg.vocabulary import IKG

NOT_ASSESSED = "not assessed"
_COMPONENTS = {
    "methodological limitations": "methodological",
    "coherence": "coherence",
    "adequacy": "adequacy",
    "relevance": "relevance",
}
# From the thinnest: what is known of a construct only by inference, only from a cell of the table, or in words.
_BASES = (
    ("inferred", "inferred by the curators"),
    ("fromtable", "read from the table"),
    ("stated", "stated in the text"),
)
_CERTAIN = "on certain readings alone"

CERQUAL_INPUTS = Header(
    summary="Gather what confidence in each finding would be judged from",
    question="What do the records hold for a GRADE-CERQual assessment of each finding, and what do they not?",
    parameters={"synthesis": SYNTHESIS},
    columns=columns(
        kind=("Kind", "The finding's class"),
        finding=("Finding", "A claim or translated construct"),
        label=("Name", "Its name"),
        place=("Place", "Its step in the line of argument or its row in the printed table"),
        studies=("Studies", f"How many support it, {_CERTAIN}"),
        studiesmost=("Studies at most", "How many if all doubtful readings are real"),
        reports=("Reports", "How many publications report those studies that are certain"),
        countries=("Countries", "Where those studies were done, as far as the source ties a country to a study"),
        countryunknown=("Country unknown", "Of how many of those studies the records name no country"),
        groups=("Professional groups", "Who took part in those studies, as far as the source says"),
        constructs=("Constructs", "How many second-order constructs it rests on, doubtful ones among them"),
        passages=("Passages", "How many passages of the running text state its constructs"),
        words=("Words", "How many words these passages have; the synthesis's words, not the studies' data"),
        thinnest=(
            "Thinnest basis",
            "The weakest basis on which any of its constructs is known; empty where it has none",
        ),
        against=("Cases against", "How many cases are recorded that contradict or qualify it"),
        draft=("Draft note on adequacy", "What there is and what to weigh; not a judgement"),
        adequacy=("Adequacy", "As the records judge it, else not assessed"),
        methodological=("Methodological limitations", "As the records judge them, else not assessed, and why"),
        coherence=("Coherence", "As the records judge it, else not assessed, and why"),
        relevance=("Relevance", "As the records judge it, else not assessed, and why"),
    ),
    tags=("analysis", "appraisal"),
    budget=300,
)


@dataclass(frozen=True)
class _Recorded:
    """What the records judge: levels by finding and component, whether studies were appraised, cases against by finding."""

    levels: Mapping[tuple[str, str], list[str]]
    appraisal: str
    against: Mapping[str, int]


def _recorded(ask: Ask, synthesis: str) -> _Recorded:
    levels: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in texts(ask("cerqual-profile", {"synthesis": synthesis})):
        if row["level"] != NOT_ASSESSED and row["level"] not in levels[row["finding"], row["component"]]:
            levels[row["finding"], row["component"]].append(row["level"])
    against: dict[str, set[str]] = defaultdict(set)
    for row in texts(ask("disconfirming-cases", {"synthesis": synthesis})):
        against[row["other"]].add(row["node"])
    appraisals = [
        row["done"] == "true"
        for row in texts(ask("appraisal-status", {"synthesis": synthesis}))
        if row["kind"] == IKG.QualityAppraisal
    ]
    return _Recorded(levels, _appraisal(appraisals), {node: len(cases) for node, cases in against.items()})


def _appraisal(done: list[bool]) -> str:
    if not done:
        return "the records do not say whether the studies were appraised"
    if any(done):
        return "an appraisal is reported, but the records hold no judgement of a single study"
    return "the studies were not formally appraised"


def _cerqual_inputs(ask: Ask, values: Given) -> Rows:
    synthesis = values["synthesis"][0]
    studies = studies_of(ask, synthesis)
    supported = {node.node: node for node in support_of(ask, synthesis)}
    recorded = _recorded(ask, synthesis)
    rows = []
    for row in texts(ask("finding-richness", {"synthesis": synthesis})):
        node = supported.get(row["finding"]) or Supported(row["finding"], row["kind"], row["label"])
        rows.append(_finding(row, node, studies, recorded))
    return table(CERQUAL_INPUTS, rows)


def _finding(
    row: Mapping[str, str], node: Supported, studies: Mapping[str, Study], recorded: _Recorded
) -> dict[str, Cell]:
    sure = [studies[study] for study in node.certain if study in studies]
    reports = len({report.iri for study in sure for report in study.reports})
    against = recorded.against.get(node.node, 0)
    unread = {
        "methodological limitations": recorded.appraisal,
        "coherence": f"{_count(against, 'case')} recorded against it, and fit takes a reading of the studies",
        "adequacy": "the note is a draft",
        "relevance": "the records hold no judgement of how far the studies fit the review's question",
    }
    return {
        "kind": iri(row["kind"]),
        "finding": iri(node.node),
        "label": row["label"],
        "place": int(row["place"]) if "place" in row else None,
        "studies": len(node.certain),
        "studiesmost": len(node.certain | node.doubtful),
        "reports": reports,
        "countries": names(set().union(*(study.countries for study in sure))),
        "countryunknown": sum(not study.countries for study in sure),
        "groups": names(set().union(*(study.groups for study in sure))),
        "constructs": int(row["constructs"]),
        "passages": int(row["passages"]),
        "words": int(row["words"]),
        "thinnest": next((words for column, words in _BASES if int(row[column])), None),
        "against": against,
        "draft": _draft(row, node, reports),
        **{
            column: "; ".join(recorded.levels.get((node.node, component), ())) or f"{NOT_ASSESSED}: {unread[component]}"
            for component, column in _COMPONENTS.items()
        },
    }


def _count(number: int, noun: str, nouns: str = "") -> str:
    return f"{number or 'no'} {noun if number == 1 else nouns or noun + 's'}"


def _draft(row: Mapping[str, str], node: Supported, reports: int) -> str:
    """Return the note: quantity, richness, and what to weigh. No level, and no word that a count alone could not bear out."""
    stated, constructs, table_only = int(row["stated"]), int(row["constructs"]), int(row["fromtable"])
    sure, doubtful = len(node.certain), len(node.doubtful)
    quantity = f"{_count(sure, 'study', 'studies')} for certain, in {_count(reports, 'report')}"
    if doubtful:
        quantity += f", and {doubtful} more if doubtful readings are real"
    passages, words = _count(int(row["passages"]), "passage"), _count(int(row["words"]), "word")
    weigh = {
        "no study supports it for certain": sure == 0,
        "a single study supports it for certain": sure == 1,
        "no passage tells what a study says of it": stated == 0,
        f"{_count(table_only, 'construct')} known from a cell of the table only": table_only > 0,
    }
    return (
        "Draft, not a judgement. "
        f"Quantity: {quantity}; numbers of participants are not recorded. "
        f"Richness: {stated} of {_count(constructs, 'construct')} stated in the running text, in {passages} of {words}; "
        "these are the synthesis's words, and the studies' own data have to be looked up. "
        f"To weigh: {'; '.join(reason for reason, holds in weigh.items() if holds) or 'nothing that counts would show'}."
    )


ANALYSES = (Analysis("cerqual-inputs", CERQUAL_INPUTS, __doc__ or "", _cerqual_inputs),)
