"""The one door: everything that the command line, the API and the pages answer is answered here."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ineq_kg.analysis.definition import Ask
from ineq_kg.answering import Apart, Asking, rows_here
from ineq_kg.answering import Representation as Representation
from ineq_kg.changing import Changes, Terms
from ineq_kg.errors import IneqKgError, NotAcceptable, NotFound, StoreError
from ineq_kg.progress import Progress, quiet
from ineq_kg.queries.binding import Values, iri_term
from ineq_kg.queries.catalogue import Catalogue
from ineq_kg.queries.definition import NamedQuery, Question
from ineq_kg.queries.paging import Window
from ineq_kg.queries.standalone import standalone
from ineq_kg.represent import page
from ineq_kg.represent.formats import Format
from ineq_kg.represent.staying import staying
from ineq_kg.represent.tree import Node, tree_of
from ineq_kg.represent.views.definition import View
from ineq_kg.represent.views.state import Place
from ineq_kg.resources import resource
from ineq_kg.search.catalogue import COMPUTED
from ineq_kg.search.kept import Indexes
from ineq_kg.search.question import TextSearch
from ineq_kg.store.embedded import Dataset, EmbeddedStore, Rows
from ineq_kg.store.federation import reaches_out
from ineq_kg.store.figures import KeptFigures
from ineq_kg.store.job import Answer, Job, for_each_form
from ineq_kg.store.journal import Note
from ineq_kg.store.limits import DEFAULTS, Limits
from ineq_kg.store.opening import directory_of, folder_beside, open_store, pool_for
from ineq_kg.store.pool import Running
from ineq_kg.store.protocol import Snapshot, Store
from ineq_kg.store.remote.endpoint import Location
from ineq_kg.store.retention import NEWEST, Retention
from ineq_kg.triples.naming import graph_name, graph_of, iri_of, slug_of, synthesis_of
from ineq_kg.triples.quads import parse_quads
from ineq_kg.vocabulary import ONTOLOGY_GRAPH

if TYPE_CHECKING:
    from ineq_kg.reason.explain import Step
    from ineq_kg.represent.ontology import Publication

# What only some questions need is imported where they are answered, below: a service that is asked others starts sooner, and
# takes less memory.
FOUNDING = "mcmahon-2022"


@dataclass(frozen=True)
class LoadReport:
    """What a load did: how many triples each synthesis, by slug, asserts and derives, and the version they are in."""

    quads: dict[str, tuple[int, int]]
    version: str


def _is_theirs(question: Question) -> bool:
    """Say whether this is a user's own query, of which nothing is known but what it says: it may run away."""
    return isinstance(question, NamedQuery) and not question.ours


class App:
    """A store and a catalogue of queries, and every answer they can give."""

    def __init__(
        self, store: Store, catalogue: Catalogue[NamedQuery], limits: Limits = DEFAULTS, *, union: bool = True
    ) -> None:
        self.store = store
        self.changes = Changes(store, limits)
        self.union = union
        self.pool = pool_for(store, limits)
        self.catalogue = catalogue
        self.questions: Catalogue[Question] = Catalogue({**catalogue.queries, **COMPUTED})
        self.indexes = Indexes(folder_beside(store, "search"), store.kept, directory_of(store))
        self.figures = KeptFigures()
        self.patience: float | None = None
        self._held: Snapshot | None = None
        self._stays = False

    @classmethod
    def open(
        cls,
        store: Location,
        queries: Path | None = None,
        limits: Limits = DEFAULTS,
        *,
        union: bool = True,
        retention: Retention = NEWEST,
    ) -> App:
        """Return an app on the store at this place; `queries` is a folder of the user's own, beside ours.

        SPARQL queries that name no graph ask the `union` of all graphs, or else the unnamed graph. Each commit leaves the
        versions that `retention` says.
        Raises DefinitionsRejected where a query file is wrong, InputError where there is no such folder.
        """
        return cls(open_store(store, retention), cls.read_queries(queries), limits, union=union)

    @staticmethod
    def read_queries(queries: Path | None = None) -> Catalogue[NamedQuery]:
        """Return our named queries, and beside them those of a user's folder. Raises DefinitionsRejected, InputError."""
        return Catalogue.read(resource("queries"), *filter(None, [queries]), taken=COMPUTED)

    def at(self, version: str | None = None) -> App:
        """Return this app as it answers on one version of the dataset, whatever is committed since; else on today's.

        Links of its pages stay on a version that is asked for by name.

        Raises VersionGone for a version that is not kept, StoreEmpty where there is none yet.
        """
        held = copy(self)
        held._stays = version is not None
        held._held = self.store.snapshot() if version is None else self.store.pinned(version)
        return held

    def snapshot(self) -> Snapshot:
        """Return the version that is answered from: that of `at`, else the current one. Raises StoreEmpty."""
        return self.store.snapshot() if self._held is None else self._held

    def start(self) -> None:
        """Start what a service has ready before it is asked: processes for queries, and a look at the store's files."""
        self.pool.start()
        self.store.watch()

    def rehearse(self) -> None:
        """Trace some claim for nobody, so that the first who asks need not wait for what the engine reads and makes once.

        Of a store on another machine, and where there is nothing to trace, nothing is asked.
        """
        if not isinstance(self.store, EmbeddedStore):
            return
        with suppress(IneqKgError):
            for row in self.table("SELECT ?claim WHERE { ?claim a ikg:ThirdOrderConstruct } LIMIT 1"):
                self.answer("trace", {"start": str(row["claim"])}, Format.JSON)

    def stop(self) -> None:
        """End every process that this app started; a later query or change starts new ones."""
        self.store.rest()
        self.indexes.stop()
        self.pool.stop()
        self.changes.apart.stop()

    # --- writing ---------------------------------------------------------------------------------------------------

    def load(self, paths: Sequence[Path], progress: Progress = quiet, who: str = "", why: str = "") -> LoadReport:
        """Load every synthesis under `paths`, in one commit: all of them, or none. `who` and `why` go to the journal.

        A synthesis that is there already is replaced. Raises DocumentsRejected, StoreBusy, StoreFull.
        """
        from ineq_kg.checking import findings, refuse
        from ineq_kg.loading import prepare, read_all

        loaded = read_all(paths, progress)
        graphs: dict[str, Any] = {ONTOLOGY_GRAPH: self._ontology_quads()}
        report = {}
        for number, one in enumerate(loaded):
            slug = one.bundle.synthesis.id
            progress(f"deriving {slug}", number, len(loaded))
            prepared = prepare(one)
            # The mapper writes nothing that the shapes refuse (tests show it), so only the checks are run here.
            refuse(findings(one, prepared, shapes=False))
            graphs |= prepared.graphs
            report[slug] = (prepared.asserted, prepared.derived)
        progress("committing", len(loaded), len(loaded))
        note = Note(who, why or f"loaded {', '.join(report)}")
        return LoadReport(report, self.store.replace_graphs(graphs, note))

    def revert(self, version: str, note: Note) -> str:
        """Make a new version that holds what this one holds; return its name. Raises VersionGone where it is not kept."""
        return self.changes.revert(version, Terms(note)).version

    def _ontology_quads(self) -> list[Any]:
        from ineq_kg.ingest.ontology import read_ontology

        ntriples = read_ontology(resource("ontology")).serialize(format="nt", encoding="utf-8")
        return parse_quads(ntriples, Format.NTRIPLES.media_type, ONTOLOGY_GRAPH)

    # --- named queries ---------------------------------------------------------------------------------------------

    def rows(self, name: str, values: Values) -> tuple[Rows, str]:
        """Return the rows that answer a question, and the version they are true of.

        Raises NotFound, ParameterError; of a user's own query also QueryStopped.
        """
        snapshot = self.snapshot()
        return self._rows(self.questions[name], values, snapshot), snapshot.version

    def _rows(self, question: Question, values: Values, snapshot: Snapshot) -> Rows:
        if _is_theirs(question):
            return Apart(self.pool, self.store.location).rows(Asking(question, values, snapshot))
        if isinstance(question, TextSearch):
            return question.answer(self.indexes.of(snapshot, self.patience), values)
        return rows_here(question, values, snapshot, self.asking(snapshot))

    def asking(self, snapshot: Snapshot) -> Ask:
        """Return what answers questions on one snapshot."""
        return lambda name, given: self._rows(self.questions[name], given, snapshot)

    def answer(self, name: str, values: Values, wanted: Format, window: Window | None = None) -> Representation:
        """Answer a question in a format: whole, or the part of it that `window` asks for (a page shows a part at a time).

        Raises NotFound, ParameterError, NotAcceptable, VersionGone; of a user's own query also QueryStopped.
        """
        begun = self.begin(name, values, wanted, window)
        return begun.result() if isinstance(begun, Running) else begun

    def begin(
        self, name: str, values: Values, wanted: Format, window: Window | None = None, *, client: str = ""
    ) -> Representation | Running[Representation]:
        """Answer a question as `answer` does; of a user's own query return the handle that waits for it, or withdraws it.

        `client` is who asks. Raises TooManyQueries beside what `answer` raises.
        """
        cursor = None if window is None else window.cursor
        snapshot = self.snapshot() if cursor is None else self.at(cursor.version).snapshot()
        asking = Asking(self.questions[name], values, snapshot, wanted, window, self._stays)
        if asking.lacks_values:
            return asking.page(None)
        if _is_theirs(asking.question):
            return Apart(self.pool, self.store.location, client).begin(asking)
        if asking.as_it_comes:
            return asking.straight()
        return asking.write(self._rows(asking.question, asking.given, snapshot))

    def text_of(self, name: str, values: Values) -> Representation:
        """Return a named query as SPARQL that stands alone, with `values` in it. Raises NotFound, ParameterError."""
        return Representation.by_content(standalone(self.catalogue[name], values).encode(), Format.SPARQL)

    def trace(self, name: str, *, up: bool = False) -> Node:
        """Return what a node rests on, or with `up` what rests on it. Raises NotFound with near names."""
        iri = iri_of(name)
        rows, _ = self.rows("trace-up" if up else "trace", {"start": iri})
        tree = tree_of(rows)
        if tree is None:
            raise self._unknown(name, iri)
        return tree

    def _unknown(self, name: str, iri: str) -> NotFound:
        snapshot = self.snapshot()
        synthesis = synthesis_of(iri)
        near: list[str] = []
        if synthesis:
            query = "SELECT ?s WHERE { ?s dcterms:identifier ?id }"
            rows = snapshot.select(query, Dataset(default=(graph_of(synthesis),)))
            slugs = [slug_of(row[0].value) for row in rows.rows if row[0]]
            near = difflib.get_close_matches(slug_of(iri), slugs, n=3, cutoff=0.5)
        if not near:
            near = [slug_of(iri_.removesuffix("/inferred")) for iri_ in self.syntheses()]
            return NotFound(f"nothing is named {name!r}", name=name, mend=f"Loaded: {', '.join(near)}.")
        return NotFound(f"nothing is named {name!r}", name=name, mend=f"Did you mean {' or '.join(near)}?")

    def explain(self, subject: str, predicate: str, obj: str) -> Step:
        """Explain why a triple holds. Terms may be slugs, IRIs, prefixed names or bare names of the ontology.

        Raises NotFound where the triple neither is asserted nor follows.
        """
        from ineq_kg.explaining import explanation

        step = explanation(self.snapshot(), subject, predicate, obj)
        if step is not None:
            return step
        node = iri_of(subject)
        if not self.snapshot().select(f"SELECT ?p WHERE {{ {iri_term(node)} ?p ?o }} LIMIT 1").rows:
            raise self._unknown(subject, node)
        raise NotFound(
            f"{subject} {predicate} {obj} is not asserted, and does not follow",
            name=subject,
            mend=f"What is known of it: /id/{slug_of(node)}",
        )

    def explanation_page(self, step: Step) -> Representation:
        """Return the page of an explanation."""
        return self._page(page.explanation_page(step), self.snapshot())

    def syntheses(self) -> list[str]:
        """Return the IRIs of all syntheses loaded, sorted."""
        rows = self.snapshot().select(
            "SELECT DISTINCT ?s WHERE { ?s a ikg:Synthesis ; dcterms:identifier ?id } ORDER BY ?s"
        )
        return [row[0].value for row in rows.rows if row[0]]

    def begin_index(self) -> None:
        """Begin to make the text index of the current version, if there is any version yet, and wait for nothing."""
        with suppress(StoreError):
            self.indexes.begin(self.snapshot())

    # --- SPARQL ----------------------------------------------------------------------------------------------------

    def sparql(
        self,
        text: str,
        choose: Callable[[str], Format],
        dataset: Dataset | None = None,
        *,
        client: str = "",
        seconds: float | None = None,
    ) -> Running[Representation]:
        """Begin to answer any read-only SPARQL query, in a process of its own; the handle waits for it, or withdraws it.

        `choose` is told the form of the answer and picks the format. `client` is who asks; `seconds` may lower the time limit.
        Raises TooManyQueries, and what `choose` raises; the handle QueryError, EndpointFailed, NotAcceptable, QueryStopped.
        """
        snapshot = self.snapshot()
        media_types = for_each_form(lambda form: choose(form).media_type)
        asked = replace(dataset or Dataset(), union=self.union)
        job = Job(str(self.store.location), snapshot.version, text, asked, media_types)
        lasting = not (self.pool.limits.services and reaches_out(text))

        def written(answer: Answer) -> Representation:
            return Representation.of(snapshot, answer.body, choose(answer.form), lasting=lasting)

        return self.pool.submit(job, written, client=client, seconds=seconds)

    def table(self, text: str) -> Rows:
        """Return the rows of a SELECT query."""
        return self.snapshot().select(text)

    def graph(self, graph: str | None, wanted: Format) -> Representation:
        """Return a graph as it is, None being the unnamed one, in a format for graphs. Raises NotFound, ParameterError."""
        snapshot = self.snapshot()
        if graph is not None and not snapshot.has(graph_name(graph)):
            raise NotFound(f"there is no graph {graph}", name=graph)
        return Representation.of(snapshot, snapshot.graph(graph, wanted.media_type), wanted)

    # --- resources -------------------------------------------------------------------------------------------------

    def describe(self, name: str, wanted: Format) -> Representation:
        """Describe one resource: what is said of it and what points at it. Raises NotFound, NotAcceptable."""
        iri = iri_of(name)
        snapshot = self.snapshot()
        term = iri_term(iri)
        if not snapshot.select(f"SELECT ?p WHERE {{ {term} ?p ?o }} LIMIT 1").rows:
            raise self._unknown(name, iri)
        if wanted is Format.HTML:
            return self._page(page.resource_page(iri, snapshot, self.asking(snapshot)), snapshot)
        if not wanted.holds("graph"):
            raise NotAcceptable(f"a description cannot be written as {wanted.label}")
        query = f"CONSTRUCT {{ {term} ?p ?o . ?s ?q {term} }} WHERE {{ {{ {term} ?p ?o }} UNION {{ ?s ?q {term} }} }}"
        _, body = snapshot.serialise(query, lambda _form: wanted.media_type)
        return Representation.of(snapshot, body, wanted)

    def ontology(self, wanted: Format, part: str = "", version: str = "") -> Representation:
        """Return the ontology as one document, or a part or version of it. Raises NotFound, NotAcceptable."""
        return Representation.by_content(self._publication.document(wanted, part, version), wanted)

    def ontology_docs(self) -> Representation:
        """Return the ontology's documentation as a page. Raises DefinitionError where pyLODE fails."""
        return Representation.by_content(self._publication.docs(), Format.HTML)

    def context(self) -> Representation:
        """Return the JSON-LD context of records."""
        from ineq_kg.represent.context import context

        return Representation.by_content(context(), Format.JSONLD)

    @cached_property
    def _publication(self) -> Publication:
        from ineq_kg.represent.ontology import Publication

        return Publication(resource("ontology"))

    # --- pages -----------------------------------------------------------------------------------------------------

    def view(self, view: View[Any], values: Values, wanted: Format, server: str = "") -> Representation:
        """Return a view, as a page or in another of its formats. Raises NotFound, ParameterError.

        `server` is the address that permalinks start with.
        """
        snapshot = self.snapshot()
        place = Place(snapshot.version, snapshot.committed, server, self._stays, self.pool.limits, self.union)
        body = view.answer(self.asking(snapshot), values, wanted, place)
        # What the place adds can be another after a restart, at the same version.
        return Representation.of(snapshot, body, wanted, lasting=view.place is None)

    def catalogue_page(self) -> Representation:
        """Return the page that lists the named queries."""
        return self._page(page.catalogue_page(list(self.catalogue)), self.snapshot())

    def _page(self, text: str, snapshot: Snapshot) -> Representation:
        return Representation.of(snapshot, self.linked(text).encode(), Format.HTML)

    def linked(self, text: str) -> str:
        """Return a page with its links: to the version that was asked for by name, if any was."""
        return staying(text, self.snapshot().version) if self._stays else text
