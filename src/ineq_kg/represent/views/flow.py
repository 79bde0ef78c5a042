"""How studies were found and chosen: the PRISMA 2020 flow, the searches, the criteria and what was left out."""

from __future__ import annotations

from ineq_kg.analysis.definition import SYNTHESIS, Ask, Given
from ineq_kg.analysis.support import texts
from ineq_kg.queries.definition import Form
from ineq_kg.represent.prisma import COUNTS, Reason, flow_diagram
from ineq_kg.represent.views.definition import Model, View
from ineq_kg.represent.views.particulars import Named, Passage, named, passages_of, synthesis_named, term
from ineq_kg.triples.naming import slug_of


class Count(Model):
    """A count of the flow, by its field in PRISMA's flow data; `value` is absent where the source gives none."""

    field: str
    label: str
    value: int | None = None


class Tally(Model):
    """How many reports were excluded for a reason, of those from databases and registers and of the others."""

    reason: str
    databases: int | None = None
    others: int | None = None


class Flow(Model):
    """One flow: of a review, or of its update."""

    slug: str
    counts: tuple[Count, ...]
    note: str = ""
    passages: tuple[Passage, ...] = ()


class LeftOut(Named):
    """A record that was left out, with the stage and the reason."""

    citation: str = ""
    doi: str = ""
    pmid: str = ""
    stage: str = ""
    reason: str


class Search(Named):
    """One run of a search. `inception` is absent where the source does not say whether it went back to the beginning."""

    methods: str = ""
    databases: str = ""
    day: str = ""
    inception: bool | None = None
    string: str = ""
    note: str = ""
    passages: tuple[Passage, ...] = ()


class Criterion(Named):
    """What let studies in, or kept them out; `failed` counts the listed records that name it."""

    kind: str
    definition: str = ""
    failed: int
    note: str = ""


class Process(Model):
    """The flows of a synthesis, and what stands around them."""

    synthesis: Named
    flows: tuple[Flow, ...] = ()
    tallies: tuple[Tally, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    searches: tuple[Search, ...] = ()
    criteria: tuple[Criterion, ...] = ()

    def diagram(self, flow: Flow) -> str:
        """Return a flow as SVG. The reasons are in the diagram of the only flow; of several they are listed below."""
        reasons = (
            [Reason(one.reason, one.databases, one.others) for one in self.tallies] if len(self.flows) == 1 else []
        )
        number = self.flows.index(flow) + 1
        return flow_diagram(f"flow{number}", {count.field: count.value for count in flow.counts}, reasons)


def _number(row: dict[str, str], name: str) -> int | None:
    return int(row[name]) if name in row else None


def _flows(ask: Ask, synthesis: str) -> tuple[Flow, ...]:
    counts: dict[str, list[Count]] = {}
    notes: dict[str, str] = {}
    for row in texts(ask("screening-flow", {"synthesis": synthesis})):
        field = term(row["count"])
        counts.setdefault(row["flow"], []).append(Count(field=field, label=COUNTS[field], value=_number(row, "value")))
        notes[row["flow"]] = row.get("note", "")
    words = passages_of(ask, counts) if counts else {}
    return tuple(
        Flow(slug=slug_of(flow), counts=tuple(several), note=notes[flow], passages=words.get(flow, ()))
        for flow, several in counts.items()
    )


def _searches(ask: Ask, synthesis: str) -> tuple[Search, ...]:
    rows = list(texts(ask("search-strategy", {"synthesis": synthesis})))
    words = passages_of(ask, [row["search"] for row in rows]) if rows else {}
    return tuple(
        Search(
            **named(row, "search", "label").model_dump(),
            methods=row.get("methods", ""),
            databases=row.get("databases", ""),
            day=row.get("day", ""),
            inception=row["inception"] == "true" if "inception" in row else None,
            string=row.get("string", ""),
            note=row.get("note", ""),
            passages=words.get(row["search"], ()),
        )
        for row in rows
    )


def _read(ask: Ask, given: Given) -> Process:
    synthesis = synthesis_named(ask, given["synthesis"][0])
    tallies, left_out = [], {}
    for row in texts(ask("exclusions", {"synthesis": synthesis.slug})):
        if "databases" in row or "others" in row:
            tallies.append(
                Tally(reason=row["reason"], databases=_number(row, "databases"), others=_number(row, "others"))
            )
        else:
            facts = {name: row.get(name, "") for name in ("citation", "doi", "pmid", "stage", "reason")}
            left_out[row["record"]] = LeftOut(**named(row, "record", "label").model_dump(), **facts)
    criteria = (
        Criterion(
            **named(row, "criterion", "label").model_dump(),
            kind=term(row["kind"]),
            definition=row.get("definition", ""),
            failed=int(row["failed"]),
            note=row.get("note", ""),
        )
        for row in texts(ask("eligibility-criteria", {"synthesis": synthesis.slug}))
    )
    return Process(
        synthesis=synthesis,
        flows=_flows(ask, synthesis.slug),
        tallies=tuple(tallies),
        left_out=tuple(left_out.values()),
        searches=_searches(ask, synthesis.slug),
        criteria=tuple(criteria),
    )


FLOW = View(
    name="flow",
    form=Form(
        summary="How studies were found and chosen",
        question="How many records and reports came in and went out at each step, and which counts does the source not give?",
        parameters={"synthesis": SYNTHESIS},
    ),
    template="flow.html",
    model=Process,
    read=_read,
    path="synthesis",
)
