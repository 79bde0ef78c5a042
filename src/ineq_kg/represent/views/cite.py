"""How to cite a claim, an argument, a synthesis, anything in one, or the dataset: at the version that is looked at."""

from __future__ import annotations

from functools import partial

from ineq_kg import __version__
from ineq_kg.analysis.definition import Ask, Given
from ineq_kg.analysis.support import texts
from ineq_kg.errors import NotFound
from ineq_kg.queries.definition import Form, Parameter
from ineq_kg.represent.citation import CITATIONS, Item, Name, written
from ineq_kg.represent.formats import Format
from ineq_kg.represent.tree import KIND_NAMES
from ineq_kg.represent.views.definition import Model, View
from ineq_kg.represent.views.source import Source, source_in
from ineq_kg.represent.views.state import State
from ineq_kg.triples.naming import slug_of
from ineq_kg.vocabulary import IKG_NS

_PUBLISHER = f"ineq-kg {__version__}"


class Cited(Model):
    """What is cited: a record by slug, or with an empty slug the whole dataset."""

    slug: str = ""
    label: str = "Meta-ethnographies, traced to the exact words"
    kind: str = "Dataset"
    step: int | None = None
    argument: str | None = None
    synthesis: str | None = None
    source: Source = Source()

    def record(self, state: State) -> Item:
        """Return the item of the record itself, at its permalink."""
        what = f"{self.kind} {self.step}" if self.step else self.kind
        told = f"{what} of the line of argument “{self.argument}”" if self.argument else what
        note = f"{told}, dataset version {state.place.version}"
        day = state.place.committed
        return Item(
            id=self.slug or "ineq-kg",
            type="dataset",
            title=self.label,
            container=self.synthesis,
            author=tuple(Name(literal=one) for one in self.source.curators),
            issued=(day.year, day.month, day.day) if day else (),
            version=state.place.version,
            publisher=_PUBLISHER,
            url=state.place.address(f"/id/{self.slug}" if self.slug else "/"),
            note=f"{note}, licence {self.source.records_licence}" if self.source.records_licence else note,
        )

    def origin(self) -> Item | None:
        """Return the item of the source that the record was read from, if the records name one."""
        source = self.source
        if not source.slug:
            return None
        said = [
            f"Cited as: {source.citation}" if source.citation else "",
            f"licence {source.licence}" if source.licence else "",
        ]
        return Item(
            id=source.slug,
            type="article-journal" if source.published_in else "document",
            title=source.title or source.label,
            container=source.published_in,
            author=tuple(Name(literal=one) for one in source.creators),
            issued=tuple(map(int, source.issued.split("-"))) if source.issued else (),
            volume=source.volume,
            issue=source.issue,
            page=source.pages,
            doi=source.doi,
            url=f"https://doi.org/{source.doi}" if source.doi else None,
            note="; ".join(filter(None, said)) or None,
            as_recorded=source.citation,
        )

    def items(self, state: State) -> list[Item]:
        """Return what is to be cited: the record, and the source that it was read from."""
        return [item for item in (self.record(state), self.origin()) if item]

    def written(self, state: State, format_: str) -> str:
        """Return the citation in a format named by its extension."""
        return next(written(self.items(state), each) for each in CITATIONS if each.extension == format_)


def _read(ask: Ask, given: Given) -> Cited:
    if "record" not in given:
        return Cited()
    iri = given["record"][0]
    row = next(texts(ask("how-to-cite", {"about": iri})), None)
    if row is None:
        raise NotFound(
            f"nothing in a synthesis is named {slug_of(iri)!r}", name=slug_of(iri), mend="See / for what there is."
        )
    kind = row.get("kind", "").removeprefix(IKG_NS)
    return Cited(
        slug=slug_of(iri),
        label=row["label"],
        kind=KIND_NAMES.get(kind, "Record"),
        step=int(row["step"]) if "step" in row else None,
        argument=row.get("argumentlabel"),
        synthesis=None if row["synthesis"] == iri else row["synthesislabel"],
        source=source_in(row),
    )


def _write(wanted: Format, cited: Cited, state: State) -> bytes:
    return written(cited.items(state), wanted).encode()


CITE = View(
    name="cite",
    form=Form(
        summary="Cite this",
        question="How is this cited, so that a reader finds the same words?",
        parameters={
            "record": Parameter(
                type="iri",
                description="What is cited: a claim, an argument, a synthesis or anything in one; without it, the dataset",
                example="mcmahon-2022/claim/predominant-perspective",
            )
        },
    ),
    template="cite.html",
    model=Cited,
    read=_read,
    path="record",
    writers={each: partial(_write, each) for each in CITATIONS},
)
