"""How long each named query takes on its own example, against its budget. `make bench-queries`.

Prints the median of several runs on the founding synthesis in a store on disk, beside the budget that the query declares.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from ineq_kg.app import FOUNDING, App
from ineq_kg.resources import resource

TIMES = 9


def main() -> None:
    """Run every named query with the examples of its required parameters."""
    with tempfile.TemporaryDirectory() as folder:
        app = App.open(Path(folder))
        app.load([resource("data") / FOUNDING])
        for query in app.catalogue:
            values = {
                name: parameter.example or ""
                for name, parameter in query.header.parameters.items()
                if parameter.required and parameter.default is None
            }
            taken = []
            for _ in range(TIMES):
                start = time.perf_counter()
                rows, _version = app.rows(query.name, values)
                taken.append((time.perf_counter() - start) * 1000)
            median = statistics.median(taken)
            mark = "  over" if median > query.header.budget else ""
            print(f"{query.name:32} {len(rows):6} rows {median:8.1f} ms of {query.header.budget}{mark}")


if __name__ == "__main__":
    main()
