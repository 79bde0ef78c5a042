"""One constructed meta-ethnography, shaped like the founding synthesis.

Every kind of record is there at least once, however small the scale, so that every named query has something to answer. No such
study exists, and every label says that it is constructed. Words are placeholders of one length, for `corpus` to fill.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from draft import DIGEST, GROUP, NUMBER, SLUG, Draft, Shape
from ineq_kg import records
from ineq_kg.records import AnyRecord, Basis, Confidence, Link
from ineq_kg.records.appraisal import CerqualConfidence, ConcernLevel
from ineq_kg.records.bundle import Bundle
from ineq_kg.records.reporting import ReportingItem, ReportingStatus
from ineq_kg.records.review import SearchMethod
from ineq_kg.records.screening import ScreeningStage

_LANDS = ("Eastland", "Midland", "Northland", "Southland", "Westland")
_GROUPS = ("constructed nurses", "constructed porters", "constructed planners", "constructed clerks")


class _Story(Draft):
    # --- the review ------------------------------------------------------------------------------------------------

    def studies(self) -> list[str]:
        """Make studies and their reports. The first report is one that other syntheses of the group have too."""
        found = []
        for number in range(1, self.count(records.Study, least=5) + 1):
            reports = [self.report(number, part) for part in range(self.length(records.Study, "reported_in", least=1))]
            country = [self.random.choice(_LANDS)] if number == 1 or self.length(records.Study, "country") else []
            found.append(
                self.make(
                    records.Study,
                    number,
                    reported_in=reports,
                    country=country,
                    professional_group=self.random.sample(_GROUPS, self.length(records.Study, "professional_group")),
                    approach=[
                        f"constructed {n}: {self.words(1)}" for n in range(self.length(records.Study, "approach"))
                    ],
                    data_collected=f"from {1990 + number} to {1992 + number}" if self.random.random() < 0.5 else None,
                )
            )
        return found

    def report(self, study: int, part: int) -> str:
        year = 1990 + (3 * study + part) % 200
        if (study, part) == (1, 0):
            shared = {
                "label": f"Constructed report {GROUP}",
                "doi": f"10.5555/constructed.shared.{GROUP}",
                "note": None,
            }
            return self.make(records.Report, "shared", cited_year=year, authors="Constructed et al.", **shared)
        named = [
            {},
            {"doi": f"10.5555/constructed.{NUMBER}.{study}.{part}"},
        ]
        # A PMID has nine digits at most, which leaves two for the studies of one synthesis.
        if 2 * study + part < 100:
            named.append({"pmid": f"8{NUMBER}{2 * study + part:02}"})
        return self.make(
            records.Report,
            f"{study}-{part}",
            cited_year=year,
            authors="Constructed et al.",
            **self.random.choice(named),
        )

    def process(self, studies: list[str]) -> None:
        reports = sum(isinstance(record, records.Report) for record in self.made.values())
        self.make(records.ReviewQuestion, "main")
        self.make(records.OrderDistinction, "told-apart", separated=True)
        self.make(records.QualityAppraisal, "none", performed=False)
        for number in range(1, 8):
            self.make(records.Phase, number, number=number)
        for number in range(1, self.count(records.Search, least=2) + 1):
            self.make(
                records.Search,
                number,
                methods=[SearchMethod.DATABASES, SearchMethod.HAND][: 1 + number % 2],
                databases=["Constructed index A", "Constructed index B"],
                searched_on=date(2015, 1, 1) + timedelta(days=self.random.randrange(2000)),
                string=f"({self.words(1)} OR {self.words(1)}*) AND {self.words(1)}",
            )
        criteria = [*self.several(records.InclusionCriterion), self.make(records.ExclusionCriterion, "out")]
        sought = reports + self.random.randint(20, 90)
        screened = sought + self.random.randint(100, 900)
        self.make(
            records.ScreeningFlow,
            "all",
            records_screened=screened,
            records_excluded=screened - sought,
            dbr_sought_reports=sought,
            dbr_notretrieved_reports=3,
            dbr_assessed=sought - 3,
            dbr_excluded=sought - 3 - reports,
            new_studies=len(studies),
            new_reports=reports,
        )
        self.make(
            records.ExclusionTally, "topic", flow="flow/all", reason="constructed reason: off topic", dbr_excluded=7
        )
        self.make(
            records.ExcludedRecord,
            "one",
            citation=f"Constructed et al., {self.words(4)}",
            stage=ScreeningStage.FULL_TEXT,
            reason="constructed reason: no interviews",
            criteria=[self.random.choice(criteria)],
        )
        items = self.random.sample(list(ReportingItem), min(19, self.count(records.ReportingStatement, least=3)))
        for item in items:
            status = self.random.choice(list(ReportingStatus))
            self.make(records.ReportingStatement, item.value.lower(), item=item, status=status)
        self.several(records.SourceGap)

    # --- constructs and their translation --------------------------------------------------------------------------

    def table(self, studies: list[str]) -> list[str]:
        """Make the table's rows and what is translated without one; of each, the translated construct."""
        categories = [
            self.make(records.OrganisingCategory, n, position=n)
            for n in range(1, self.count(records.OrganisingCategory, least=2) + 1)
        ]
        first = self.several(records.FirstOrderConstruct)
        cluster = [self.make(records.Cluster, n, studies=studies[n::3]) for n in range(self.count(records.Cluster))]
        number = self.count(records.TranslatedConstruct, least=3)
        printed = max(2, round(number * 22 / 28))
        found = []
        for row in range(1, number + 1):
            share = self.length(records.ReciprocalTranslation, "translates", least=1)
            # As in the founding synthesis, a row may rest on one study; here one always does.
            few = 1 if row == printed else max(2, share) if row == 1 else share
            chosen = self.random.sample(studies[:-1], min(few, len(studies) - 1))
            category = self.link(self.random.choice(categories)) if row <= printed else None
            translated = self.make(
                records.TranslatedConstruct, row, category=category, table_row=row if row <= printed else None
            )
            found.append(translated)
            self.row(row, chosen, translated, printed=row <= printed, cluster=self.random.choice(cluster), first=first)
        return found

    def row(
        self, row: int, studies: list[str], translated: str, *, printed: bool, cluster: str, first: list[str]
    ) -> None:
        cell = self.random.choice(self.shape.cells) if row > 1 else (Confidence.LOW, Confidence.MEDIUM)
        doubted = any(confidence is not Confidence.HIGH for confidence in cell)
        from_table = Confidence.HIGH if not doubted else Confidence.MEDIUM
        if all(confidence is Confidence.LOW for confidence in cell):
            from_table = Confidence.LOW
        constructs = []
        for study in studies:
            basis, confidence = self.random.choice(self.shape.surenesses[records.SecondOrderConstruct])
            if printed and (basis is Basis.TABLE or (row == 1 and study == studies[0])):
                basis, confidence = Basis.TABLE, from_table
            else:
                basis = Basis.STATED
            constructs.append(self.second_order(f"{row}-{study[6:]}", study, basis, confidence, first))
        contradicted = row > 2 and self.random.random() < 0.1
        translation = self.make(
            records.RefutationalTranslation if contradicted else records.ReciprocalTranslation,
            row,
            translates=constructs,
            yields=translated,
            within=cluster if self.random.random() < 0.3 else None,
        )
        if len(studies) == 1:
            self.acknowledge("translation-of-one-study", translation)
        if printed:
            self.cell(row, translation, studies, cell)

    def second_order(
        self, name: str, study: str, basis: Basis, confidence: Confidence, first: list[str], **given: Any
    ) -> str:
        cited = [self.random.choice(self.made[study].reported_in)] if basis is Basis.STATED else []
        interprets = [self.random.choice(first)] if first and self.random.random() < 0.2 else []
        return self.make(
            records.SecondOrderConstruct,
            name,
            study=study,
            basis=basis,
            confidence=confidence,
            cited_in=cited,
            interprets=interprets,
            **given,
        )

    def cell(self, row: int, translation: str, studies: list[str], cell: Sequence[Confidence]) -> None:
        """Make two readings of a cell, and their comparison."""
        readings = []
        not_taken = [made for made in self.made if made.startswith("study/") and made not in studies]
        for reader, confidence in zip(("first", "second"), cell, strict=True):
            certain = confidence is Confidence.HIGH
            others = () if certain else range(max(1, self.length(records.TableReading, "alternatives")))
            readings.append(
                self.make(
                    records.TableReading,
                    f"{row}-{reader}",
                    reading_of=translation,
                    reader=f"{reader} constructed reader",
                    read_on=date(2024, 1, 1) + timedelta(days=row),
                    raw_token=" ".join(study[6:] for study in studies),
                    studies=studies,
                    alternative_studies=[self.random.choice(not_taken)] if not_taken and not certain else [],
                    alternatives=[f"{number + 1}: {self.words(2)}" for number in others],
                    confidence=confidence,
                )
            )
        self.make(records.ReadingComparison, row, compares=readings, agrees=True, takes=studies)

    def acknowledge(self, rule: str, record: str) -> None:
        reason = f"Constructed to be so: {self.words(4)}"
        self.make(
            records.Acknowledgement, f"{rule}-{record.rpartition('/')[2]}", rule=rule, records=[record], reason=reason
        )

    def misfits(self, studies: list[str], translated: list[str], claims: list[str]) -> None:
        """Make what does not fit: a construct that is not translated, one that the table lacks, a study that contradicts."""
        self.second_order(
            "apart",
            studies[0],
            Basis.STATED,
            Confidence.HIGH,
            [],
            qualifies=[self.link(self.random.choice(claims))],
        )
        cell = self.made["reading/1-first"]
        absent = next(study for study in studies if study not in cell.studies)
        cited = self.second_order("not-in-table", absent, Basis.STATED, Confidence.HIGH, [])
        self.acknowledge("citation-not-in-table", cited)
        one = self.made["translation/1"]
        self.made[one.id] = one.model_copy(update={"translates": tuple(sorted((*one.translates, cited)))})
        study = self.made[studies[1]]
        contradicts = (self.link(self.random.choice(translated)),)
        self.made[study.id] = study.model_copy(update={"contradicts": contradicts})

    # --- discourses ------------------------------------------------------------------------------------------------

    def discourses(self, studies: list[str]) -> list[str]:
        """Make what the argument speaks of; returned are those that a claim may concern."""
        actors = self.several(records.ActorGroup, least=2)
        phenomena = self.several(records.Phenomenon)
        effects: list[str] = []
        for number in range(1, self.count(records.DiscursiveEffect, least=3) + 1):
            given = {
                "effect_on": self.links(records.DiscursiveEffect, "effect_on", [*actors, *phenomena], least=1),
                "leads_to": [self.link(effects[0])]
                if number == 2
                else self.links(records.DiscursiveEffect, "leads_to", effects),
                "attested_by": self.attested(records.DiscursiveEffect, studies),
            }
            effects.append(self.make(records.DiscursiveEffect, number, **given))
        found: list[str] = []
        for cls in (
            records.DominantDiscourse,
            records.OrganisationalDiscourse,
            records.Discourse,
            records.CounterDiscourse,
        ):
            for number in range(1, self.count(cls) + 1):
                opposes = self.links(cls, "opposes", found, least=1) if cls is records.CounterDiscourse else []
                opposed = {link.to for link in opposes}
                others = [slug for slug in found if slug not in opposed]
                given = {
                    "opposes": opposes,
                    "aligns_with": self.links(cls, "aligns_with", others),
                    "produces": self.links(cls, "produces", effects, least=1),
                    "attested_by": self.attested(cls, studies) if cls is not records.Discourse else [],
                }
                name = f"{cls.__name__.removesuffix('Discourse').lower() or 'other'}-{number}"
                found.append(self.make(cls, name, **given))
        problems: list[str] = []
        for number in range(1, self.count(records.Problematisation, least=2) + 1):
            shaped = self.links(records.Problematisation, "shaped_by", found, least=1)
            given = {
                "problematises": self.links(records.Problematisation, "problematises", phenomena, least=1),
                "shaped_by": shaped,
                "reinforced_by": self.links(records.Problematisation, "reinforced_by", found),
                "held_by": self.links(records.Problematisation, "held_by", actors, least=1),
                "contrasts_with": self.links(records.Problematisation, "contrasts_with", problems),
                "produces": self.links(records.Problematisation, "produces", effects, least=1),
                "attested_by": self.attested(records.Problematisation, studies),
            }
            problems.append(self.make(records.Problematisation, number, **given))
        for number in range(1, self.count(records.SubjectPosition) + 1):
            by, to = self.random.choice(found), self.random.choice(actors)
            self.make(records.SubjectPosition, number, offered_by=[self.link(by)], offered_to=[self.link(to)])
        return [*actors, *phenomena, *effects, *found, *problems]

    def attested(self, cls: type, studies: list[str]) -> list[Link]:
        return self.links(cls, "attested_by", studies)

    # --- the argument ----------------------------------------------------------------------------------------------

    def argument(self, translated: list[str], spoken_of: list[str]) -> list[str]:
        """Make the line of argument and its steps, and an alternative of one step."""
        self.make(records.LineOfArgument, "main", synthesis=SLUG)
        self.make(records.LineOfArgument, "other", synthesis=SLUG, alternative_to=[self.link("argument/main")])
        number = self.count(records.ThirdOrderConstruct, least=2)
        claims = []
        for step in range(1, number + 1):
            rows = translated[step - 1 :: number] or [self.random.choice(translated)]
            concerned = self.links(records.ThirdOrderConstruct, "concerns", spoken_of, least=1)
            if step == number:
                left = set(spoken_of) - self.linked
                concerned = [*concerned, *(self.link(slug) for slug in sorted(left))]
            synthesises = [self.link(slug) for slug in rows]
            if step == 1:
                low = {"confidence": Confidence.LOW, "note": f"Constructed doubt: {self.words(4)}"}
                synthesises[0] = synthesises[0].model_copy(update=low)
            given = {"argument": "argument/main", "position": step, "synthesises": synthesises, "concerns": concerned}
            claims.append(self.make(records.ThirdOrderConstruct, step, **given))
        other = {"argument": "argument/other", "position": 1, "synthesises": [self.link(translated[0])]}
        self.make(records.ThirdOrderConstruct, "other", concerns=[self.link("discourse/counter-1")], **other)
        return claims

    def lenses(self, spoken_of: list[str], claims: list[str]) -> list[str]:
        answers = [slug for slug in spoken_of if slug.startswith(("discourse/", "problematisation/", "effect/"))]
        found = []
        kinds = (records.WprQuestion, records.WilligStage, records.LensStep)
        for number in range(1, self.count(records.AnalyticLens) + 1):
            lens = self.make(records.AnalyticLens, number)
            found.append(lens)
            for position in (1, 2):
                answered = self.links(records.LensStep, "answered_by", [*answers, *claims], least=1)
                cls = kinds[(number - 1) % 3]
                self.make(cls, f"{number}-{position}", lens=lens, position=position, answered_by=answered)
        return found

    def appraisal(self, claims: list[str], translated: list[str]) -> None:
        for number in range(1, self.count(records.CerqualAssessment) + 1):
            levels: dict[str, Any] = {}
            for component in ("methodological_limitations", "coherence", "adequacy", "relevance"):
                levels[component] = self.random.choice(list(ConcernLevel))
                levels[f"{component}_explanation"] = f"Constructed: {self.words(4)}"
            self.make(
                records.CerqualAssessment,
                number,
                findings=[claims[(number - 1) % len(claims)], self.random.choice(translated)],
                overall=self.random.choice(list(CerqualConfidence)),
                explanation=f"Constructed: {self.words(4)}",
                **levels,
            )


def _records(draft: _Story) -> Iterator[AnyRecord]:
    studies = draft.studies()
    draft.process(studies)
    translated = draft.table(studies)
    spoken_of = draft.discourses(studies)
    # Some studies, and always the last, have no construct; something else is said to rest on them.
    of = {record.study for record in draft.made.values() if isinstance(record, records.SecondOrderConstruct)}
    idle = [draft.link(study) for study in studies if study not in of | draft.linked]
    first = draft.made["effect/1"]
    attested = tuple(sorted((*first.attested_by, *idle), key=lambda link: link.to))
    draft.made[first.id] = first.model_copy(update={"attested_by": attested})
    claims = draft.argument(translated, spoken_of)
    draft.misfits(studies, translated, claims)
    draft.appraisal(claims, translated)
    lenses = draft.lenses(spoken_of, claims)
    for number, study in enumerate(studies, 1):
        draft.make(records.StudyNumbering, number, study=study, number=number)
    draft.make(
        records.SourceDocument,
        "text",
        digest=DIGEST,
        length=140 * (len(draft.spans) + 40),
        citation=f"Constructed text {NUMBER}",
    )
    yield records.Synthesis(
        id=SLUG,
        label=f"Constructed synthesis {NUMBER}: how {draft.words(1)} speak of {draft.words(2)}",
        definition="Constructed for measuring: no such studies exist.",
        evidence=draft.evidence(2),
        source="source/text",
        question="question/main",
        lenses=lenses,
        includes=studies,
        curators=["benchmarks/constructed.py"],
    )
    yield from draft.made.values()


def constructed(shape: Shape, seed: str, scale: float) -> Bundle:
    """Return a meta-ethnography with placeholders, its counts those of the shape times `scale`; the same for the same seed."""
    return Bundle.of(_records(_Story(shape, seed, scale)))
