"""Changes from outside, from who asks for one to the version that holds it: applied, derived, checked, committed, journalled.

A synthesis's graph is checked as its records are at a load, and what follows from it is derived anew. Any other graph is stored
as it is, but for those that this software writes by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ineq_kg.errors import ChangeRefused, GraphReserved, NotFound, VersionMoved
from ineq_kg.reason.offences import Finding
from ineq_kg.represent.findings import finding_data
from ineq_kg.represent.text import counted
from ineq_kg.store import update as graphs
from ineq_kg.store.apart import Apart
from ineq_kg.store.embedded import Dataset, EmbeddedStore
from ineq_kg.store.embedded import Snapshot as Clone
from ineq_kg.store.job import Document, UpdateJob, WriteJob
from ineq_kg.store.journal import UNSIGNED, Note
from ineq_kg.store.limits import DEFAULTS, Limits
from ineq_kg.store.named import EVERY, About, named_by
from ineq_kg.store.protocol import Snapshot, Store
from ineq_kg.store.update import added, changed, may_change, prepared_update
from ineq_kg.triples.naming import INFERRED, asserted_by, graph_name, graph_of, inferred_graph_of
from ineq_kg.vocabulary import GRAPHS

if TYPE_CHECKING:
    from ineq_kg.checking import Judged


@dataclass(frozen=True)
class Terms:
    """On what terms a change is made.

    `note` is what its author says of it. `expected`, where given, are the versions one of which the dataset must be at, and
    `present` says whether the graph that the change is about must be there. A `lenient` change is committed whatever is found
    in it. `patience` is how long to wait for other writers, in seconds.
    """

    note: Note = UNSIGNED
    expected: Collection[str] | None = None
    present: bool | None = None
    lenient: bool = False
    patience: float = 0.0


@dataclass(frozen=True)
class Changed:
    """A change that was made: the version that holds it, the syntheses (slugs) that it changed, and what is found in each.

    `created` says whether the graph that was put or added to is new.
    """

    version: str
    findings: dict[str, tuple[Finding, ...]]
    created: bool = False

    def data(self) -> dict[str, Any]:
        """Return it as plain data; acknowledged warnings are left out."""
        return {
            "version": self.version,
            "syntheses": sorted(self.findings),
            "findings": _listed(self.findings, lambda finding: finding.counts),
        }


def _listed(found: Mapping[str, Iterable[Finding]], wanted: Callable[[Finding], bool]) -> list[dict[str, Any]]:
    return [
        {"synthesis": slug, **finding_data(finding)}
        for slug, findings in sorted(found.items())
        for finding in findings
        if wanted(finding)
    ]


class Changes:
    """What may be done to a store from outside. Every method makes one version, or raises and leaves everything as it was.

    All raise VersionMoved, GraphReserved, ChangeRefused, StoreBusy, StoreFull, StoreError. What comes from outside is read and
    applied in a process of its own, with as much time and memory as `limits` let a query take; QueryStopped says that it had
    not enough, or crashed.
    """

    def __init__(self, store: Store, limits: Limits = DEFAULTS) -> None:
        self.store = store
        self.limits = limits
        self.apart = Apart(limits)

    def update(self, text: str, dataset: Dataset, terms: Terms) -> Changed:
        """Run a SPARQL 1.1 Update request; `dataset` holds what the request names beside the text.

        Raises QueryError too.

        Without such names, the default graph in WHERE is the unnamed graph, as the standard has it (SPARQL 1.1 Update, 3.1.3).
        """
        update = prepared_update(text, dataset, self.limits.services)

        def first(directory: Path) -> None:
            self._expect(terms)
            self.apart.run(UpdateJob(directory, update, dataset.base))

        about = EVERY if isinstance(self.store, EmbeddedStore) else named_by(update, dataset.base)
        return self._commit(_nothing, lambda present: may_change(text, present), terms, about, first)

    def put(self, graph: str | None, documents: Iterable[Document], base: str, terms: Terms) -> Changed:
        """Make a graph (None: the unnamed one) hold what the documents say, and nothing else. Raises DocumentError too."""
        return self._write(graph, documents, base, terms, replace=True)

    def add(self, graph: str | None, documents: Iterable[Document], base: str, terms: Terms) -> Changed:
        """Add what the documents say to a graph (None: the unnamed one). Raises DocumentError too."""
        return self._write(graph, documents, base, terms, replace=False)

    def drop(self, graph: str | None, terms: Terms) -> Changed:
        """Remove a graph; the unnamed one (None) is emptied. Raises NotFound too."""

        def apply(clone: Any, before: Snapshot | None) -> None:
            if not self._is_there(graph, before, terms):
                raise NotFound(f"there is no graph {graph}", name=str(graph))
            graphs.drop(clone, graph)

        return self._commit(apply, self._only(graph), terms, About.these([graph]))

    def derive(self, syntheses: Iterable[str], terms: Terms) -> Changed:
        """Derive anew, by rules that the store runs, what follows from each of these syntheses (slugs). Raises NotFound too."""
        from ineq_kg.reason.axioms import axioms
        from ineq_kg.reason.rules import derive_in_store

        pairs = [(graph_of(slug), inferred_graph_of(slug)) for slug in syntheses]

        def apply(clone: Any, before: Snapshot | None) -> None:
            for asserted, _ in pairs:
                if before is None or not before.has(asserted):
                    raise NotFound(
                        f"there is no graph {asserted}", name=asserted, mend="Load it first: ineq-kg load PATH."
                    )
            derive_in_store(axioms(), pairs, lambda text: graphs.run_update(clone, text), Clone(clone, "").size)

        about = About.these(graph for pair in pairs for graph in pair)
        return self._commit(apply, lambda _present: [], terms, about)

    def revert(self, version: str, terms: Terms) -> Changed:
        """Make a version that holds what an older one held. Raises VersionGone where that is not kept."""

        def change(_clone: Any) -> None:
            self._expect(terms)

        note = Note(terms.note.who, terms.note.why or f"back to {version}")
        return Changed(self.store.commit(change, note, version, patience=terms.patience), {})

    def _write(
        self,
        graph: str | None,
        documents: Iterable[Document],
        base: str,
        terms: Terms,
        *,
        replace: bool,
    ) -> Changed:
        suspects = self._only(graph)
        created = False

        def first(directory: Path) -> None:
            nonlocal created
            self._expect(terms)
            created = not self._is_there(graph, self.store.base_of(directory), terms)
            self.apart.run(WriteJob(directory, graph, tuple(documents), base, replace))

        made = self._commit(_nothing, suspects, terms, About.these([graph]), first)
        return Changed(made.version, made.findings, created)

    def _is_there(self, graph: str | None, before: Snapshot | None, terms: Terms) -> bool:
        """Say whether there is this graph; the unnamed one always is. Raises VersionMoved where it is not as it must be."""
        found = graph is None or (before is not None and before.has(graph))
        if terms.present not in {None, found}:
            message = f"there is {'a' if found else 'no'} graph {graph}"
            raise VersionMoved(
                message, version=self.store.version, mend="Look what is there, and send it as it should be."
            )
        return found

    @staticmethod
    def _only(graph: str | None) -> Callable[[Collection[str]], list[str]]:
        """Say that a change is to this graph alone. Raises ParameterError for what is no IRI, GraphReserved."""
        if graph is None:
            return lambda _present: []
        graph_name(graph)
        if graph.startswith(GRAPHS) and asserted_by(graph) is None:
            raise _reserved(graph)
        return lambda _present: [graph] if graph.startswith(GRAPHS) else []

    def _commit(
        self,
        apply: Callable[[Any, Snapshot | None], None],
        suspects: Callable[[Collection[str]], list[str]],
        terms: Terms,
        about: About,
        first: Callable[[Path], None] | None = None,
    ) -> Changed:
        """Commit what `first` and `apply` do to a copy of the store, or of the graphs that they are `about`.

        `suspects` says which of our graphs that may change.
        """
        found: dict[str, tuple[Finding, ...]] = {}
        before: Snapshot | None = None

        def begin(directory: Path) -> bool:
            nonlocal before
            before = self.store.base_of(directory)
            if first is None:
                return True
            first(directory)
            # To open a store for writing takes ten times as long as to look into it.
            return bool(_touched(before, self.store.look(directory), suspects))

        def change(clone: Any) -> None:
            self._expect(terms)
            apply(clone, before)
            found.update(_settle(before, clone, suspects))
            if not terms.lenient:
                _refuse(found, before)

        return Changed(self.store.commit(change, terms.note, patience=terms.patience, first=begin, about=about), found)

    def _expect(self, terms: Terms) -> None:
        """Raise VersionMoved where the dataset is not at a version that is expected. To be called as the writer."""
        version = self.store.version
        if terms.expected is not None and version not in terms.expected:
            raise VersionMoved(
                f"the dataset is at version {version}" if version else "the dataset has no version yet",
                version=version,
                mend="Read again what you change, and send your change with the version that you then have.",
            )


def _nothing(_clone: Any, _before: Snapshot | None) -> None:
    """Change nothing more: it is done."""


def _reserved(graph: str) -> GraphReserved:
    inferred = graph.endswith(INFERRED)
    why = "what is inferred is derived from what is asserted" if inferred else "this name is kept for this software"
    mend = f"Write to {graph.removesuffix(INFERRED)}." if inferred else "Choose a name of your own."
    return GraphReserved(f"{graph} is not written from outside: {why}", graph=graph, mend=mend)


def _touched(before: Snapshot | None, after: Snapshot, suspects: Callable[[Collection[str]], list[str]]) -> list[str]:
    """Return those of our graphs that were changed."""
    present = {*after.graphs(), *(before.graphs() if before else ())}
    return changed(before, after, suspects([graph for graph in present if graph.startswith(GRAPHS)]))


def _settle(
    before: Snapshot | None, clone: Any, suspects: Callable[[Collection[str]], list[str]]
) -> dict[str, tuple[Finding, ...]]:
    """Derive anew what follows from each synthesis that was changed; return what is found in it. Raises GraphReserved."""
    after = Clone(clone, "")
    touched = _touched(before, after, suspects)
    syntheses = {slug for slug in map(asserted_by, touched) if slug is not None}
    for graph in touched:
        owner = asserted_by(graph.removesuffix(INFERRED))
        # Who empties all graphs at once, or takes a node out of all of them, may: what is inferred is made anew.
        if asserted_by(graph) is None and (owner not in syntheses or added(before, after, graph)):
            raise _reserved(graph)
    return {slug: _derive(slug, clone, after) for slug in sorted(syntheses)}


def _derive(slug: str, clone: Any, after: Clone) -> tuple[Finding, ...]:
    quads = after.quads(graph_of(slug))
    inferred = inferred_graph_of(slug)
    if not quads:
        graphs.drop(clone, inferred)
        return ()
    judged = _judge(slug, quads)
    graphs.put(clone, inferred, [quad.triple for quad in judged.prepared.graphs[inferred]])
    return judged.findings


def _judge(slug: str, quads: list[Any]) -> Judged:
    # And all that it needs: until somebody changes something, a service starts sooner and takes less memory.
    from ineq_kg.checking import judge

    return judge(slug, quads)


def _refuse(found: dict[str, tuple[Finding, ...]], before: Snapshot | None) -> None:
    """Raise ChangeRefused where there are violations among the findings that were not there before.

    One that was there, let in by a lenient change, bars nobody from mending another. Violations are the same that break the
    same rule at the same record, as often as before.
    """
    broken = {slug: [one for one in findings if one.fatal] for slug, findings in found.items()}
    added = {slug: _beyond(_violations(before, slug), after) for slug, after in broken.items() if after}
    violations = _listed(added, lambda _finding: True)
    if not violations:
        return
    slugs = ", ".join(dict.fromkeys(one["synthesis"] for one in violations))
    left = sum(map(len, broken.values())) - len(violations)
    beside = f" beside {counted(left, 'violation')} that {'was' if left == 1 else 'were'} there before" if left else ""
    raise ChangeRefused(
        f"{counted(len(violations), 'violation')} in {slugs}{beside}; nothing was changed",
        findings=violations,
        mend="Mend each, in the same change; or commit it as it is, with validate=warn.",
    )


def _violations(before: Snapshot | None, slug: str) -> list[Finding]:
    quads = [] if before is None else before.quads(graph_of(slug))
    return [one for one in _judge(slug, quads).findings if one.fatal] if quads else []


def _beyond(before: Iterable[Finding], after: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings of `after` that are not among those of `before`."""
    known = Counter((one.rule.name, one.slug) for one in before)
    fresh = []
    for one in after:
        if known[one.rule.name, one.slug]:
            known[one.rule.name, one.slug] -= 1
        else:
            fresh.append(one)
    return tuple(fresh)
