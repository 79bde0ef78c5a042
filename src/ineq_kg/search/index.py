"""The index of one version: a document for each record of each synthesis, with its name, what is said of it, and its words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tantivy

from ineq_kg.errors import StoreError
from ineq_kg.progress import Progress
from ineq_kg.search.words import Passage, analyser, passage, passes_for, slips
from ineq_kg.store.embedded import Dataset, Rows
from ineq_kg.store.protocol import Snapshot
from ineq_kg.triples.naming import asserted_by
from ineq_kg.vocabulary import IKG_NS

# A field, what it is called, and how much a word in it counts.
FIELDS = {"label": ("name", 3.0), "quote": ("words", 1.5), "text": ("definition or note", 1.0)}
_ANALYSER = "words"
_MEMORY = 64 * 1024 * 1024
_NAMES = f"""
SELECT DISTINCT ?node ?type ?label ?said WHERE {{
  ?node dcterms:identifier ?id ; a ?type ; skos:prefLabel ?label .
  FILTER(STRSTARTS(STR(?type), "{IKG_NS}"))
  OPTIONAL {{ ?node skos:definition|ikg:curatorNote|skos:altLabel ?said }}
}} ORDER BY ?node ?said
"""
_QUOTES = "SELECT DISTINCT ?node ?quote WHERE { ?node ikg:evidencedBy/ikg:exact ?quote } ORDER BY ?node ?quote"


@dataclass(frozen=True)
class Hit:
    """A record that was found: its IRI, class, name and synthesis (slug), the field that shows it best, and a passage of it."""

    node: str
    kind: str
    label: str
    synthesis: str
    field: str
    passage: Passage
    score: float


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("node", "kind", "synthesis"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    for name in FIELDS:
        builder.add_text_field(name, stored=True, tokenizer_name=_ANALYSER)
    return builder.build()


def _open(directory: Path) -> tantivy.Index:
    index = tantivy.Index(_schema(), path=str(directory))
    index.register_tokenizer(_ANALYSER, analyser())
    return index


def _documents(names: Rows, quotes: Rows, synthesis: str) -> Iterable[tantivy.Document]:
    """Yield a document for each record of one synthesis."""
    words: dict[str, list[str]] = {}
    for row in quotes:
        words.setdefault(str(row["node"]), []).append(" ".join(str(row["quote"]).replace("-\n", "-").split()))
    records: dict[str, dict[str, Any]] = {}
    for row in names:
        node = str(row["node"])
        record = records.setdefault(node, {"kind": str(row["type"]), "label": str(row["label"]), "text": []})
        if row["said"] is not None and str(row["said"]) not in record["text"]:
            record["text"].append(str(row["said"]))
    for node, record in records.items():
        fields = {"node": [node], "kind": [record["kind"]], "synthesis": [synthesis], "label": [record["label"]]}
        yield tantivy.Document(**fields, text=record["text"], quote=words.get(node, []))


def build(snapshot: Snapshot, directory: Path, progress: Progress) -> None:
    """Make the index of a version in an empty directory, one synthesis after another. Raises StoreError."""
    graphs = [(graph, slug) for graph in snapshot.graphs() if (slug := asserted_by(graph)) is not None]
    try:
        writer = _open(directory).writer(_MEMORY, 1)
        for number, (graph, slug) in enumerate(graphs):
            progress(f"indexing {slug}", number, len(graphs))
            dataset = Dataset(default=(graph,))
            for document in _documents(snapshot.select(_NAMES, dataset), snapshot.select(_QUOTES, dataset), slug):
                writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
    except (OSError, ValueError) as error:
        raise StoreError(f"the index of version {snapshot.version} cannot be made: {error}") from error


class TextIndex:
    """An index in a directory, open for searching."""

    def __init__(self, directory: Path) -> None:
        try:
            self._index = _open(directory)
        except (OSError, ValueError) as error:
            message = f"the index in {directory} cannot be read: {error}"
            raise StoreError(message, mend=f"Remove {directory}; it is made anew.") from error
        self._analyse = analyser()

    def search(self, text: str, most: int, *, synthesis: str = "", kind: str = "") -> list[Hit]:
        """Return the records in which all the words stand, or else any of them; the best first, `most` of them.

        `synthesis` is a slug, `kind` the IRI of a class. Words may have slips in them, and may be beginnings of words.
        """
        wanted = list(dict.fromkeys(self._analyse.analyze(text)))
        if not wanted:
            return []
        filters = [
            (tantivy.Occur.Must, tantivy.Query.const_score_query(self._is(name, value), 0.0))
            for name, value in (("synthesis", synthesis), ("kind", kind))
            if value
        ]
        for occur in (tantivy.Occur.Must, tantivy.Occur.Should):
            words = tantivy.Query.boolean_query([(occur, self._word(term)) for term in wanted])
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, words), *filters])
            searcher = self._index.searcher()
            found = searcher.search(query, most, count=False).hits
            if found or len(wanted) == 1:
                break
        hits = [self._hit(searcher.doc(address), score, wanted) for score, address in found]
        return sorted(hits, key=lambda hit: (-hit.score, hit.label, hit.node))

    def _is(self, field: str, value: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._index.schema, field, value, "basic")

    def _word(self, term: str) -> tantivy.Query:
        """Return the query for one word: as it is, with slips, or as a beginning; in whichever field it counts most."""
        schema, query = self._index.schema, tantivy.Query
        ways = []
        for field, (_, weight) in FIELDS.items():
            ways.append(query.boost_query(query.term_query(schema, field, term), weight))
            if slips(term):
                ways.append(query.boost_query(query.fuzzy_term_query(schema, field, term, slips(term)), weight / 4))
            if len(term) > 2:
                begun = query.fuzzy_term_query(schema, field, term, 0, prefix=True)
                ways.append(query.boost_query(begun, weight / 3))
        return query.disjunction_max_query(ways, 0.1)

    def _hit(self, document: tantivy.Document, score: float, wanted: Sequence[str]) -> Hit:
        found = document.to_dict()
        texts = [(field, text) for field in ("quote", "text", "label") for text in found.get(field, [])]
        field, best = max(texts, key=lambda one: self._covered(one[1], wanted))
        shown = passage(best, wanted, self._analyse)
        # A slip is seldom in the first letter.
        alike = {shown.text[start].lower() for start, _ in shown.found} & {term[0] for term in wanted}
        return Hit(
            node=found["node"][0],
            kind=found["kind"][0],
            label=found["label"][0],
            synthesis=found["synthesis"][0],
            field=FIELDS[field][0],
            passage=shown,
            score=score if alike else score / 2,
        )

    def _covered(self, text: str, wanted: Sequence[str]) -> int:
        """Return how many of the words stand in a text."""
        terms = set(self._analyse.analyze(text))
        return sum(any(passes_for(term, one) for term in terms) for one in wanted)
