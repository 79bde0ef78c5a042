"""The text a synthesis is read from, and the exact words in it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, model_validator

from ineq_kg.records.base import Context, Evidenced, Iri, Many, Model, RefTo, Slug, Term, Text, Verbatim, Words
from ineq_kg.vocabulary import DCTERMS, IKG, PRISM

Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
# A year, month or day as the W3C writes them (W3CDTF).
Issued = Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
SourceRef = Annotated[Slug, RefTo(("SourceDocument",))]


class SourceDocument(Evidenced):
    """One copy of a text. Offsets of spans are true of the copy with this `digest` and `length` (Unicode code points).

    `title` and what follows are of the publication: when it was issued, in which journal or book, and where in that.
    """

    rdf_type: ClassVar[str] = IKG.SourceDocument
    kind: ClassVar[str] = "source"
    section: ClassVar[str] = "sources"

    citation: Annotated[Text | None, Term(DCTERMS.term("bibliographicCitation"))] = None
    title: Annotated[Text | None, Term(DCTERMS.term("title"))] = None
    issued: Annotated[Issued | None, Term(DCTERMS.term("issued"))] = None
    published_in: Annotated[Words | None, Term(PRISM.term("publicationName"))] = None
    volume: Annotated[Words | None, Term(PRISM.term("volume"))] = None
    issue: Annotated[Words | None, Term(PRISM.term("number"))] = None
    pages: Annotated[Words | None, Term(PRISM.term("pageRange"))] = None
    doi: Annotated[Words | None, Term(IKG.doi)] = None
    licence: Annotated[Iri | None, Term(DCTERMS.term("license"))] = None
    creators: Annotated[Many[Words], Term(DCTERMS.term("creator"))] = ()
    digest: Annotated[Digest, Term(IKG.sourceDigest)]
    length: Annotated[int, Field(gt=0), Term(IKG.sourceLength)]


class SourceSpan(Model):
    """Exact words in a source (W3C Web Annotation: TextQuoteSelector and TextPositionSelector).

    `start` and `end` count Unicode code points from 0, `end` exclusive, in the copy that `source` describes.
    """

    rdf_type: ClassVar[str] = IKG.SourceSpan
    kind: ClassVar[str] = "span"
    section: ClassVar[str] = "spans"

    id: Slug
    source: Annotated[SourceRef, Term(IKG.inSource)]
    quote: Annotated[Verbatim, Term(IKG.exact)]
    prefix: Annotated[Context, Term(IKG.prefix)] = ""
    suffix: Annotated[Context, Term(IKG.suffix)] = ""
    start: Annotated[int, Field(ge=0), Term(IKG.start)]
    end: Annotated[int, Field(gt=0), Term(IKG.end)]
    digest: Annotated[Digest, Term(IKG.sourceDigest)]
    note: Annotated[Text | None, Term(IKG.curatorNote)] = None

    @model_validator(mode="after")
    def _length_agrees(self) -> SourceSpan:
        if self.end - self.start != len(self.quote):
            raise ValueError(f"end - start is {self.end - self.start}, but the quote has {len(self.quote)} code points")
        return self
