"""The ontology's axioms as rules that a store runs by itself: SPARQL 1.1 Update, for any store that has it.

The rules are read off the same axioms as those that run beside the store (`closure`), and yield the same triples; what the
store cannot tell is why a triple holds, and what is contradicted. They are for graphs that came into a store past this
software.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import rdflib

from ineq_kg.reason.axioms import Axioms, Targets
from ineq_kg.vocabulary import IKG_NS


def _pairs(targets: Targets) -> str:
    """Return pairs of IRIs as the rows of a VALUES clause."""
    return " ".join(f"(<{term}> <{above}>)" for term, listed in sorted(targets.items()) for above, _ in listed)


def _bodies(axioms: Axioms) -> Iterator[tuple[str, str]]:
    """Yield what each rule adds and where, names of OWL 2 RL's rules beside (OWL 2 Profiles, 4.3, tables 5 to 7)."""
    chains = [*((steps, result) for steps, result, _ in axioms.chains), *(((p, p), p) for p in axioms.transitive)]
    tables = (
        ("?s ?above ?o", "(?term ?above)", axioms.superproperties, "?s ?term ?o"),  # prp-spo1
        ("?o ?above ?s", "(?term ?above)", axioms.inverses, "?s ?term ?o FILTER(!isLiteral(?o))"),  # prp-inv, prp-symp
        ("?s a ?above", "(?term ?above)", axioms.domains, "?s ?term ?o"),  # prp-dom
        ("?o a ?above", "(?term ?above)", axioms.ranges, "?s ?term ?o FILTER(!isLiteral(?o))"),  # prp-rng
        ("?s a ?above", "(?term ?above)", axioms.superclasses, "?s a ?term"),  # cax-sco, cax-eqc
    )
    first, then = tables[:2], tables[2:]
    yield from _by_table(first)
    for steps, result in chains:  # prp-spo2, prp-trp
        path = " . ".join(f"?n{at} <{step}> ?n{at + 1}" for at, step in enumerate(steps))
        yield f"?n0 <{result}> ?n{len(steps)}", path
    yield from _by_table(then)


def _by_table(tables: Iterable[tuple[str, str, Targets, str]]) -> Iterator[tuple[str, str]]:
    """Yield a rule for each table that has rows: Virtuoso 7.2.5 takes no request in which a VALUES clause has none."""
    for adds, names, targets, pattern in tables:
        if targets:
            yield adds, f"VALUES {names} {{ {_pairs(targets)} }} {pattern}"


def _facts(axioms: Axioms) -> str:
    facts = ((s, p, o.n3() if isinstance(o, rdflib.Literal) else f"<{o}>") for s, p, o in axioms.facts)
    return " . ".join(f"<{subject}> <{predicate}> {obj}" for subject, predicate, obj in facts)


def rules(axioms: Axioms, asserted: str, inferred: str) -> list[str]:
    """Return the rules as operations of SPARQL 1.1 Update that add what follows from one graph to another, both IRIs.

    To be run in turn, and again until a turn leaves the second graph as large as it was; then `closing`.
    """
    first = [f"INSERT DATA {{ GRAPH <{inferred}> {{ {facts} }} }}"] if (facts := _facts(axioms)) else []
    return first + [
        f"INSERT {{ GRAPH <{inferred}> {{ {adds} }} }} USING <{asserted}> USING <{inferred}> WHERE {{ {where} }}"
        for adds, where in _bodies(axioms)
    ]


def closing(asserted: str, inferred: str) -> list[str]:
    """Return the operations that leave in the second graph only what the first does not say and the ontology does not own."""
    return [
        f"DELETE {{ GRAPH <{inferred}> {{ ?s ?p ?o }} }} "
        f"WHERE {{ GRAPH <{inferred}> {{ ?s ?p ?o }} GRAPH <{asserted}> {{ ?s ?p ?o }} }}",
        f"DELETE {{ GRAPH <{inferred}> {{ ?s ?p ?o }} }} "
        f'WHERE {{ GRAPH <{inferred}> {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?s), "{IKG_NS}")) }}',
    ]


def script(operations: Iterable[str]) -> str:
    """Return operations as one request."""
    return " ;\n".join(operations) + "\n"


def derive_in_store(
    axioms: Axioms,
    graphs: Sequence[tuple[str, str]],
    update: Callable[[str], object],
    size: Callable[[str], int],
) -> int:
    """Derive anew, in a store, what follows from each asserted graph into its inferred one; return the turns that took most.

    `update` runs an update request in the store, `size` counts the triples of a graph there.
    """
    most = 0
    for asserted, inferred in graphs:
        update(f"DROP SILENT GRAPH <{inferred}>")
        turn = script(rules(axioms, asserted, inferred))
        turns, before = 0, -1
        while (now := size(inferred)) != before:
            before = now
            update(turn)
            turns += 1
        update(script(closing(asserted, inferred)))
        most = max(most, turns)
    return most
