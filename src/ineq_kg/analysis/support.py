"""What analyses read from a synthesis: its studies, and what rests on them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ineq_kg.analysis.definition import Ask
from ineq_kg.analysis.robustness import Supported, gather
from ineq_kg.errors import NotFound, ParameterError
from ineq_kg.store.embedded import Rows
from ineq_kg.triples.naming import slug_of, synthesis_of

# What the query `studies` writes between the countries, or the groups, of one study.
_BETWEEN = "; "


@dataclass(frozen=True)
class Report:
    """A publication of a study, with the year by which it is cited."""

    iri: str
    label: str
    year: int | None


@dataclass(frozen=True)
class Study:
    """An included study, as its synthesis tells of it."""

    iri: str
    label: str
    collected: tuple[str, ...] = ()
    countries: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    reports: tuple[Report, ...] = field(default=())


def texts(rows: Rows) -> Iterator[dict[str, str]]:
    """Yield each row as texts by column, unbound ones left out."""
    for row in rows:
        yield {name: str(term) for name, term in row.items() if term is not None}


def support_of(ask: Ask, synthesis: str) -> list[Supported]:
    """Return the translated constructs, claims and arguments of a synthesis with the studies under each."""
    return gather(texts(ask("support", {"synthesis": synthesis})))


def _reports_of(ask: Ask, synthesis: str) -> dict[str, list[Report]]:
    """Return the reports of every included study, by the study's IRI."""
    found: dict[str, list[Report]] = {}
    for row in texts(ask("reports", {"synthesis": synthesis})):
        report = Report(row["report"], row["label"], int(row["year"]) if "year" in row else None)
        if report not in found.setdefault(row["study"], []):
            found[row["study"]].append(report)
    return found


def studies_of(ask: Ask, synthesis: str) -> dict[str, Study]:
    """Return the included studies by IRI, in the order of the synthesis's numbers for them, else of their names."""
    reports = _reports_of(ask, synthesis)
    found: dict[str, Study] = {}
    for row in texts(ask("studies", {"synthesis": synthesis})):
        iri = row["study"]
        before = found.get(iri, Study(iri, row["label"]))
        found[iri] = Study(
            iri,
            row["label"],
            collected=tuple(dict.fromkeys([*before.collected, *([row["collected"]] if "collected" in row else [])])),
            countries=_parts(row.get("countries")),
            groups=_parts(row.get("groups")),
            reports=tuple(reports.get(iri, ())),
        )
    return found


def label_of(study: str, studies: Mapping[str, Study]) -> str:
    """Return a study's name, or its slug where it is not among those included."""
    return studies[study].label if study in studies else slug_of(study)


def _parts(text: str | None) -> frozenset[str]:
    return frozenset(text.split(_BETWEEN)) if text else frozenset()


def one_synthesis(studies: Sequence[str]) -> str:
    """Return the slug of the one synthesis that all these studies are of. Raises ParameterError where there is none."""
    slugs = {study: synthesis_of(study) for study in studies}
    first = slugs[studies[0]]
    for study, slug in slugs.items():
        if slug is None:
            mend = "A study's slug looks like mcmahon-2022/study/babbel."
            raise ParameterError(
                f"{slug_of(study)} is no study of a synthesis", parameter="study", value=study, mend=mend
            )
        if slug != first:
            message = f"{slug_of(study)} is of another synthesis than {slug_of(studies[0])}"
            raise ParameterError(message, parameter="study", value=study, mend="Name studies of one synthesis.")
    return str(first)


def unknown_study(study: str, among: Sequence[str]) -> NotFound:
    """Return the error for a study that is not among those of its synthesis, with near names."""
    slugs = [slug_of(one) for one in among]
    near = difflib.get_close_matches(slug_of(study), slugs, n=3, cutoff=0.5) or slugs[:3]
    mend = f"Did you mean {' or '.join(near)}?" if near else "Nothing is loaded of that synthesis."
    return NotFound(f"no study is named {slug_of(study)!r}", name=study, mend=mend)
