"""Every format that ineq-kg writes. No media type stands anywhere else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

_W3C = "http://www.w3.org/ns/formats/"


@dataclass(frozen=True)
class _Facts:
    media_type: str
    extension: str
    label: str
    iri: str
    forms: frozenset[str]
    aliases: tuple[str, ...] = ()


_IANA = "https://www.iana.org/assignments/media-types/"
_ROWS = frozenset({"select", "ask", "table"})
_TABLE = frozenset({"select", "table"})
_GRAPH = frozenset({"graph"})


class Format(Enum):
    """A format: media type, file extension, label, IRI, and the forms of answer it can hold.

    `select`, `ask` and `graph` are what SPARQL's queries give; `table` is what a question of ours gives. IRIs are those of the
    W3C's list of file formats where it has one. The order is that of preference.
    """

    JSON = _Facts(
        "application/sparql-results+json",
        "json",
        "SPARQL results, JSON",
        _W3C + "SPARQL_Results_JSON",
        _ROWS,
        ("application/json",),
    )
    XML = _Facts(
        "application/sparql-results+xml",
        "xml",
        "SPARQL results, XML",
        _W3C + "SPARQL_Results_XML",
        _ROWS,
        ("application/xml", "text/xml"),
    )
    CSV = _Facts("text/csv", "csv", "CSV", _W3C + "SPARQL_Results_CSV", _TABLE)
    TSV = _Facts("text/tab-separated-values", "tsv", "TSV", _W3C + "SPARQL_Results_TSV", _TABLE)
    XLSX = _Facts(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
        "Excel",
        _IANA + "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        frozenset({"table"}),
    )
    TURTLE = _Facts("text/turtle", "ttl", "Turtle", _W3C + "Turtle", _GRAPH | {"table"}, ("application/x-turtle",))
    NTRIPLES = _Facts("application/n-triples", "nt", "N-Triples", _W3C + "N-Triples", _GRAPH)
    JSONLD = _Facts("application/ld+json", "jsonld", "JSON-LD", _W3C + "JSON-LD", _GRAPH)
    RDFXML = _Facts("application/rdf+xml", "rdf", "RDF/XML", _W3C + "RDF_XML", _GRAPH)
    TRIG = _Facts("application/trig", "trig", "TriG", _W3C + "TriG", _GRAPH)
    NQUADS = _Facts("application/n-quads", "nq", "N-Quads", _W3C + "N-Quads", _GRAPH)
    HTML = _Facts("text/html", "html", "web page", _IANA + "text/html", frozenset())
    MARKDOWN = _Facts("text/markdown", "md", "Markdown", _IANA + "text/markdown", frozenset())
    # Citations. RIS has no registered type; this is what Zotero, EndNote and publishers send.
    BIBTEX = _Facts("application/x-bibtex", "bib", "BibTeX", "http://www.bibtex.org/Format/", frozenset())
    RIS = _Facts(
        "application/x-research-info-systems",
        "ris",
        "RIS",
        "https://en.wikipedia.org/wiki/RIS_(file_format)",
        frozenset(),
    )
    CSL_JSON = _Facts(
        "application/vnd.citationstyles.csl+json",
        "csl",
        "CSL-JSON",
        _IANA + "application/vnd.citationstyles.csl+json",
        frozenset(),
    )
    TEXT = _Facts("text/plain", "txt", "plain text", _IANA + "text/plain", frozenset())
    SPARQL = _Facts("application/sparql-query", "rq", "SPARQL", _IANA + "application/sparql-query", frozenset())

    @property
    def media_type(self) -> str:
        """The registered media type."""
        return self.value.media_type

    @property
    def content_type(self) -> str:
        """The media type as a header says it, with the character set for text."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type

    @property
    def extension(self) -> str:
        """The usual file extension, without a dot; also the name on the command line."""
        return self.value.extension

    @property
    def label(self) -> str:
        """The name that people know it by."""
        return self.value.label

    @property
    def iri(self) -> str:
        """The IRI that names the format in a service description."""
        return self.value.iri

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other media types that ask for this format."""
        return self.value.aliases

    def holds(self, form: str) -> bool:
        """Say whether an answer of this form can be written so."""
        return form in self.value.forms

    @classmethod
    def for_form(cls, form: str) -> tuple[Format, ...]:
        """Return the formats that hold answers of this form, the preferred first."""
        return tuple(member for member in cls if member.holds(form))

    @classmethod
    def by_extension(cls, extension: str) -> Format | None:
        """Return the format with this file extension, or None."""
        return next((member for member in cls if member.extension == extension), None)

    @classmethod
    def by_name(cls, name: str) -> Format | None:
        """Return the format that a user means by a file extension, a media type or one of its other names, or None."""
        wanted = name.strip().lower()
        return next((member for member in cls if wanted in member._names), None)

    @property
    def _names(self) -> set[str]:
        media_types = {self.media_type, *self.aliases}
        endings = {media_type.partition("/")[2] for media_type in media_types}
        return {self.extension, self.name.lower().replace("_", "-"), *media_types, *endings}
