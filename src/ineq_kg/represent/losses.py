"""What falls when studies are left out, for a terminal."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ineq_kg.analysis.robustness import Verdict
from ineq_kg.store.embedded import Rows

_COLOURS = {Verdict.FALLS.value: "bold red", Verdict.HALVED.value: "red", Verdict.WEAKENED.value: "yellow"}
_UNTOUCHED = {Verdict.STANDS.value, Verdict.UNSUPPORTED.value}


def losses_table(rows: Rows) -> Group:
    """Return the rows of the analysis `leave-out`: a table of all that loses support, a line that counts what does not."""
    table = Table("What", "Kind", "Rests on", "Without them", header_style="bold")
    untouched = 0
    for row in rows:
        told = {name: str(term) for name, term in row.items() if term is not None}
        if {told["outcome"], told["worst"]} <= _UNTOUCHED:
            untouched += 1
            continue
        rests = f"{told['studies']} studies"
        if told["doubtful"] != "0":
            rests += f", {told['doubtful']} more doubtfully"
        outcome = Text(told["outcome"], style=_COLOURS.get(told["outcome"], ""))
        if told["worst"] != told["outcome"]:
            outcome.append(f"; at worst, by doubtful readings, {told['worst']}", style="italic")
        table.add_row(Text(told["label"]), told["kind"], rests, outcome)
    return Group(table, Text(f"{untouched} others lose nothing.", style="dim"))
