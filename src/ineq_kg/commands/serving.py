"""Commands that serve the pages."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path
from typing import Annotated

import typer

from ineq_kg.app import FOUNDING, App
from ineq_kg.commands.terminal import StoreOption, out, settings
from ineq_kg.config import DefaultGraph, Settings
from ineq_kg.operating import LogFormat
from ineq_kg.represent.text import trace_tree
from ineq_kg.resources import resource

commands = typer.Typer()


@commands.command(epilog="Example: ineq-kg serve --port 8000")
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.", min=0, max=65535)] = 8000,
    queries: Annotated[
        Path | None,
        typer.Option(help="A folder of .rq files of your own, beside ours; else INEQ_KG_QUERIES.", metavar="DIR"),
    ] = None,
    workers: Annotated[
        str | None, typer.Option(help="Processes that answer SPARQL queries; else INEQ_KG_WORKERS.", metavar="N")
    ] = None,
    query_timeout: Annotated[
        str | None, typer.Option(help="How long one may run; else INEQ_KG_QUERY_TIMEOUT.", metavar="SECONDS")
    ] = None,
    query_memory: Annotated[
        str | None, typer.Option(help="Memory of each process, as 1GiB; else INEQ_KG_QUERY_MEMORY.", metavar="SIZE")
    ] = None,
    result_limit: Annotated[
        str | None, typer.Option(help="Length of an answer, as 64MiB; else INEQ_KG_RESULT_LIMIT.", metavar="SIZE")
    ] = None,
    result_rows: Annotated[
        str | None, typer.Option(help="Rows or triples of an answer; else INEQ_KG_RESULT_ROWS.", metavar="N")
    ] = None,
    queue: Annotated[
        str | None, typer.Option(help="Queries that may wait for a process; else INEQ_KG_QUEUE.", metavar="N")
    ] = None,
    service: Annotated[
        list[str] | None,
        typer.Option(
            help="A place that SERVICE and LOAD may ask, as often as needed; else INEQ_KG_SERVICES.",
            metavar="IRI[=ADDRESS]",
        ),
    ] = None,
    answers: Annotated[
        str | None, typer.Option(help="Finished answers to keep, as 256MiB; else INEQ_KG_ANSWERS.", metavar="SIZE")
    ] = None,
    default_graph: Annotated[
        DefaultGraph | None,
        typer.Option(help="What SPARQL queries that name no graph ask; else INEQ_KG_DEFAULT_GRAPH, else union."),
    ] = None,
    log: Annotated[
        LogFormat | None,
        typer.Option(help="What the log on standard error looks like; else INEQ_KG_LOG, else text on a terminal."),
    ] = None,
    log_queries: Annotated[
        bool | None,
        typer.Option(
            "--log-queries/--no-log-queries", help="Write what people ask to the log; else INEQ_KG_LOG_QUERIES."
        ),
    ] = None,
    metrics_from: Annotated[
        str | None,
        typer.Option(
            help="Networks that may read /metrics, or none; else INEQ_KG_METRICS_FROM, else this machine.",
            metavar="CIDR,...",
        ),
    ] = None,
    rate_limit: Annotated[
        str | None,
        typer.Option(
            help="What one client may ask, as 600/minute; else INEQ_KG_RATE_LIMIT, else none.",
            metavar="N/TIME",
        ),
    ] = None,
    trusted_proxy: Annotated[
        str | None,
        typer.Option(
            help="Proxies believed about whom they ask for; else INEQ_KG_TRUSTED_PROXIES.", metavar="CIDR,..."
        ),
    ] = None,
    write_origin: Annotated[
        str | None,
        typer.Option(help="Origins whose pages may send tokens; else INEQ_KG_WRITE_ORIGINS.", metavar="URL,..."),
    ] = None,
    processes: Annotated[
        str | None,
        typer.Option(help="Processes that serve; else INEQ_KG_PROCESSES, else one a core, to 8.", metavar="N"),
    ] = None,
    shutdown_timeout: Annotated[
        str | None,
        typer.Option(
            help="How long to finish answers when told to stop; else INEQ_KG_SHUTDOWN_TIMEOUT.", metavar="SECONDS"
        ),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Serve the pages, the API and the SPARQL endpoint. Limits may also be `none`."""
    limits = {
        "workers": workers,
        "seconds": query_timeout,
        "memory": query_memory,
        "result_bytes": result_limit,
        "result_rows": result_rows,
        "waiting": queue,
        "services": " ".join(service) if service else None,
    }
    running = {
        "log": log,
        "log_queries": None if log_queries is None else str(log_queries),
        "metrics_from": metrics_from,
        "rate": rate_limit,
        "trusted_proxies": trusted_proxy,
        "write_origins": write_origin,
        "shutdown": shutdown_timeout,
        "processes": processes,
        "answers": answers,
    }
    chosen = Settings.read(store=store, queries=queries, limits=limits, default_graph=default_graph, operating=running)
    _serve(chosen, host, port)


def _serve(chosen: Settings, host: str, port: int) -> None:
    # Only `serve` needs a web framework; every other command starts faster without.
    from ineq_kg_api import processes as serving

    catalogue = App.read_queries(chosen.queries)
    with serving.bound(host, port) as number:
        shown = f"[{host}]" if ":" in host else host
        out.print(
            f"Serving {chosen.store} on http://{shown}:{number}/ (stop with Ctrl-C)", highlight=False, soft_wrap=True
        )
        serving.serve(chosen, catalogue, host, number)


@commands.command(epilog="Example: ineq-kg demo --no-serve")
def demo(
    serving: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the pages afterwards.")] = True,
    port: Annotated[int, typer.Option(help="Port to serve on.", min=0, max=65535)] = 8000,
    store: StoreOption = None,
) -> None:
    """Load the founding synthesis into a store of its own, print the trace of its line of argument, serve the pages."""
    from ineq_kg.commands.records import load_with_progress  # `serve` loads nothing, and starts sooner

    chosen = settings(store).store
    place = chosen if store or not isinstance(chosen, Path) else chosen.parent / "demo-store"
    opened = App.open(place)
    report = load_with_progress(opened, [resource("data") / FOUNDING])
    rows = opened.table(f"SELECT ?argument WHERE {{ ?argument ikg:argumentOf id:{FOUNDING} }} ORDER BY ?argument")
    for row in rows:
        out.print(trace_tree(opened.trace(str(row["argument"]))), highlight=False)
    out.print(
        f"\n{report.quads[FOUNDING][0]:,} triples and {report.quads[FOUNDING][1]:,} derived ones in {opened.store.location}",
        highlight=False,
    )
    if serving:
        # Processes are not forked from one that has used the engine: its threads would be missing in them.
        multiprocessing.set_start_method("spawn", force=True)
        quiet = {} if "INEQ_KG_LOG" in os.environ else {"log": "none"}
        _serve(Settings.read(store=store or str(place), operating=quiet), "127.0.0.1", port)
