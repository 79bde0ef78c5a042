"""Commands that serve the pages."""

from __future__ import annotations

from typing import Annotated

import typer

from ineq_kg.app import FOUNDING, App
from ineq_kg.commands.records import load_with_progress
from ineq_kg.commands.terminal import StoreOption, open_app, out, settings
from ineq_kg.represent.text import trace_tree
from ineq_kg.resources import resource

commands = typer.Typer()


@commands.command(epilog="Example: ineq-kg serve --port 8000")
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.", min=0, max=65535)] = 8000,
    store: StoreOption = None,
) -> None:
    """Serve the pages, the API and the SPARQL endpoint."""
    _serve(open_app(store), host, port)


def _serve(opened: App, host: str, port: int) -> None:
    import uvicorn  # only `serve` needs a web framework; every other command starts faster without

    from ineq_kg_api import create_app

    out.print(f"Serving {opened.store.directory} on http://{host}:{port}/ (stop with Ctrl-C)", highlight=False)
    uvicorn.run(create_app(opened), host=host, port=port, log_level="warning")


@commands.command(epilog="Example: ineq-kg demo --no-serve")
def demo(
    serving: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the pages afterwards.")] = True,
    port: Annotated[int, typer.Option(help="Port to serve on.", min=0, max=65535)] = 8000,
    store: StoreOption = None,
) -> None:
    """Load the founding synthesis into a store of its own, print the trace of its line of argument, serve the pages."""
    opened = App.open(store or settings(None).store.parent / "demo-store")
    report = load_with_progress(opened, [resource("data") / FOUNDING])
    rows = opened.table(f"SELECT ?argument WHERE {{ ?argument ikg:argumentOf id:{FOUNDING} }} ORDER BY ?argument")
    for row in rows:
        out.print(trace_tree(opened.trace(str(row["argument"]))), highlight=False)
    out.print(
        f"\n{report.quads[FOUNDING][0]:,} triples and {report.quads[FOUNDING][1]:,} derived ones in {opened.store.directory}",
        highlight=False,
    )
    if serving:
        _serve(opened, "127.0.0.1", port)
