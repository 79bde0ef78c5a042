"""What falls when studies are left out, for a terminal and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ineq_kg.analysis.robustness import Loss, Verdict
from ineq_kg.triples.naming import slug_of

_COLOURS = {Verdict.FALLS: "bold red", Verdict.HALVED: "red", Verdict.WEAKENED: "yellow"}


def _shown(loss: Loss) -> Text:
    verdict = loss.certain
    text = Text(verdict.value, style=_COLOURS.get(verdict, ""))
    if not loss.agreed:
        text.append(f"; counting doubtful cells, {loss.with_doubtful.value}", style="italic")
    return text


def _touched(loss: Loss) -> bool:
    return {loss.certain, loss.with_doubtful} - {Verdict.STANDS, Verdict.UNSUPPORTED} != set()


def losses_table(losses: Sequence[Loss]) -> Group:
    """Return a table of all that loses support, the worst first, and a line that counts what does not."""
    touched = sorted(filter(_touched, losses), key=lambda loss: (-loss.certain.order, loss.supported.kind))
    table = Table("What", "Kind", "Rests on", "Without them", header_style="bold")
    for loss in touched:
        node = loss.supported
        rests = f"{len(node.certain)} studies" + (f", {len(node.doubtful)} more doubtfully" if node.doubtful else "")
        table.add_row(Text(node.label), node.kind, rests, _shown(loss))
    return Group(table, Text(f"{len(losses) - len(touched)} others lose nothing.", style="dim"))


def losses_data(removed: Sequence[str], losses: Sequence[Loss]) -> dict[str, Any]:
    """Return what was left out and what that does to every node, for JSON."""
    return {
        "removed": [slug_of(study) for study in removed],
        "losses": [
            {
                "node": slug_of(loss.supported.node),
                "kind": loss.supported.kind,
                "label": loss.supported.label,
                "studies": sorted(map(slug_of, loss.supported.certain)),
                "doubtful_studies": sorted(map(slug_of, loss.supported.doubtful)),
                "certain": loss.certain.value,
                "with_doubtful": loss.with_doubtful.value,
            }
            for loss in losses
        ],
    }
