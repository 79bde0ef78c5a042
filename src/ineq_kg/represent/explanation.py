"""An explanation for a terminal, and as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text
from rich.tree import Tree

from ineq_kg.represent.text import COLOURS, one_line
from ineq_kg.triples.naming import slug_of
from ineq_kg.triples.terms import compact

if TYPE_CHECKING:
    from ineq_kg.reason.explain import Step


def _heading(step: Step) -> Text:
    text = Text(step.sentence, style="" if step.asserted else "bold")
    if step.asserted:
        text.append(f"  [asserted; confidence: {step.certainty}]", style=COLOURS[step.certainty])
    else:
        text.append(f"  [because {step.says}; {step.rule}; as sure as what it rests on: {step.certainty}]", style="dim")
    if step.weakest == 1:
        text.append("  DOUBTFUL", style="bold red")
    return text


def explanation_tree(step: Step) -> Tree:
    """Return the explanation as a tree: each derived triple with its axiom, each asserted one with its words."""
    tree = Tree(_heading(step))
    _grow(tree, step)
    return tree


def _grow(branch: Tree, step: Step) -> None:
    for quote in step.quotes:
        branch.add(Text(f"“{one_line(quote)}”", style="cyan"))
    for premise in step.premises:
        _grow(branch.add(_heading(premise)), premise)


def explanation_data(step: Step) -> dict[str, Any]:
    """Return the explanation as nested plain data, for JSON. Empty members are left out."""
    subject, predicate, obj = step.triple
    members = {
        "sentence": step.sentence,
        "subject": slug_of(subject),
        "predicate": compact(predicate),
        "object": slug_of(obj) if isinstance(obj, str) else obj.value,
        "asserted": step.asserted,
        "certainty": step.certainty,
        "rule": step.rule,
        "axiom": step.says,
        "quotes": list(step.quotes),
        "premises": [explanation_data(premise) for premise in step.premises],
    }
    return {name: value for name, value in members.items() if value not in ("", [])}
