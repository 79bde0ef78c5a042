"""Search as a question like any other: by name, with parameters, and rows for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from ineq_kg.analysis.definition import columns, iri, table
from ineq_kg.queries.binding import Values, terms_of
from ineq_kg.queries.definition import Header, Parameter
from ineq_kg.store.embedded import Rows
from ineq_kg.triples.naming import iri_of, slug_of

if TYPE_CHECKING:
    from ineq_kg.search.index import TextIndex

# Records that are found at most: nobody reads further.
MOST = 1_000
HEADER = Header(
    summary="Search",
    question="Where do these words stand, in names, definitions, notes and quotations?",
    description=(
        "Words are compared by their English stems, without accents; one may have slips in it (one letter in words of four to "
        "seven letters, two in longer ones) or be the beginning of a word. Records with all the words come first; where there "
        f"are none, those with any of them. At most {MOST:,} are found."
    ),
    parameters={
        "q": Parameter(type="string", description="Words to look for", example="social empathy", required=True),
        "synthesis": Parameter(
            type="iri", of_class="ikg:Synthesis", description="Only in this synthesis", example="mcmahon-2022"
        ),
        "kind": Parameter(type="iri", description="Only records of this class", example="ikg:TranslatedConstruct"),
    },
    columns=columns(
        node=("What", "The record that was found"),
        kind=("Kind", "Its class"),
        label=("Name", "Its name"),
        synthesis=("Synthesis", "The synthesis that says so"),
        field=("Where", "In its name, in the words of the source, or in a definition or note"),
        passage=("Passage", "The text around what was found"),
        found=("Found", "The words that were found in it, as they stand there"),
        score=("Score", "How well it fits (BM25); of use only within one answer"),
    ),
    tags=("overview",),
    budget=50,
)


@dataclass(frozen=True)
class TextSearch:
    """The question that is answered from an index."""

    name: str = "search"
    header: Header = HEADER

    def answer(self, index: TextIndex, values: Values) -> Rows:
        """Return the records found, the best first. Raises ParameterError."""
        terms = terms_of(self.name, self.header, values)
        given = {name: several[0].value for name, several in terms.items()}
        synthesis = slug_of(given.get("synthesis", ""))
        found = index.search(given["q"], MOST, synthesis=synthesis, kind=given.get("kind", ""))
        return table(
            self.header,
            (
                {
                    "node": iri(hit.node),
                    "kind": iri(hit.kind),
                    "label": hit.label,
                    "synthesis": iri(iri_of(hit.synthesis)),
                    "field": hit.field,
                    "passage": hit.passage.text,
                    "found": " | ".join(dict.fromkeys(hit.passage.text[s:e] for s, e in hit.passage.found)) or None,
                    "score": Fraction(round(hit.score * 10_000), 10_000),
                }
                for hit in found
            ),
        )


SEARCH = TextSearch()
