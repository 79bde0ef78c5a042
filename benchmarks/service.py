"""How many traces a second we serve, beside Oxigraph's own server on the same store, and Virtuoso. `make bench-http`.

All in one run, on one machine, with clients that ask as fast as they are answered: every request different; the same few again
and again (kept answers); and the same with the tag that the client has (304). Before anything is measured, both servers must
give the same answers. Printed are answers a second, the median and the 99th percentile of latencies, and the ratios; then where
the time of one trace goes, how long `serve` takes to start, what the first answer takes, and how much memory a process has.

Stores take minutes to make: `--stores DIR` keeps them for the next time.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2

from corpus import Corpus
from ineq_kg.allocator import choose
from ineq_kg.app import App
from ineq_kg.queries.binding import bind
from ineq_kg.queries.definition import NamedQuery
from ineq_kg.represent.formats import Format
from ineq_kg.store.health import CHECKING
from ineq_kg_api import create_app
from load import Measured, Request, ask, run
from queries import sized
from servers import Running, ours, oxigraph, served, trace_of_ours, trace_of_oxigraph, trace_of_virtuoso, virtuoso

CLIENTS = 8
SECONDS = 8.0
# How often two servers take turns.
ROUNDS = 5
AGAIN = 20
COMPARED = 20
# Workers start a second after the rest of the service; what was committed or started a moment ago says no time yet.
LEAST_REST = 5.0
_STARTS = "SELECT ?s WHERE { ?s a ?class VALUES ?class { ikg:LineOfArgument ikg:ThirdOrderConstruct } }"


def starts_of(app: App) -> list[str]:
    """Return where traces begin: every line of argument and every claim, in an order without rhyme."""
    found = sorted(str(row["s"]) for row in app.table(_STARTS))
    random.Random(0).shuffle(found)  # noqa: S311
    return found


def read_whole(store: Path) -> None:
    """Read the files that are served, so that the system has them in memory: it is no disk that is measured."""
    for path in served(store).glob("*.sst"):
        path.read_bytes()


def answer_of(address: str, request: Request) -> Any:
    """Return the rows that a server answers. Raises AssertionError where it does not answer with 200."""
    status, body = ask(address, request)
    assert status == 200, f"{request.target}: {status} {body[:300]!r}"
    return json.loads(body)["results"]["bindings"]


def measure(server: Running, requests: Iterator[Request], status: int, options: argparse.Namespace) -> Measured:
    """Measure for so many seconds. Raises AssertionError where an answer has another status."""
    before = server.computed()
    measured = run(server.address, requests, options.clients, options.seconds)
    measured.computed = server.computed() - before
    assert measured.statuses == {status}, f"answers with {measured.statuses}"
    return measured


def in_turn(
    one: tuple[Running, Iterator[Request]], other: tuple[Running, Iterator[Request]], options: argparse.Namespace
) -> tuple[Measured, Measured]:
    """Measure two servers a part of the time each, again and again: what disturbs the machine meanwhile disturbs both.

    The ratio of each round is printed: how far they lie apart tells how quiet it was.
    """
    part = argparse.Namespace(**{**vars(options), "seconds": options.seconds / ROUNDS})
    rounds = [[measure(server, requests, 200, part) for server, requests in (one, other)] for _ in range(ROUNDS)]
    ratios = sorted(second.rate / first.rate for first, second in rounds)
    print(
        f"  in {ROUNDS} rounds by turns: {' '.join(f'{ratio:.2f}' for ratio in ratios)} times as many answers a second"
    )
    first, second = (sum(measured, Measured()) for measured in zip(*rounds, strict=True))
    return first, second


def compare(
    store: Path, starts: list[str], query: NamedQuery, options: argparse.Namespace
) -> Iterator[tuple[str, Measured]]:
    """Yield what each server came to, by name, after both gave the same answers."""
    serve = ("--processes", str(options.processes)) if options.processes else ()
    compared, warming, measured = starts[:COMPARED], starts[COMPARED : 3 * COMPARED], starts[3 * COMPARED :]
    with oxigraph(store) as theirs, ours(store, *serve) as us:
        for start in compared:
            one = answer_of(us.address, trace_of_ours(start))
            other = answer_of(theirs.address, trace_of_oxigraph(query, start))
            assert one == other, f"the trace of {start} differs: {len(one)} rows and {len(other)}"
            assert one, f"the trace of {start} is empty"
    print(f"the same {len(compared)} answers from both")
    read_whole(store)
    with oxigraph(store) as theirs, ours(store, *serve) as us:
        first = time.perf_counter()
        answer_of(us.address, trace_of_ours(warming[0]))
        first = time.perf_counter() - first
        alone = [one_after(us, start) for start in warming[1:]]
        print(
            f"  start of serve: {us.started:.2f} s; first answer {first * 1000:.0f} ms, then {statistics.median(alone):.0f} ms"
        )
        rested = at_rest(us)
        print(f"  at rest, its data read ahead, counted and compared with their digests, {rested:.1f} s after that")
        for start in warming:
            answer_of(theirs.address, trace_of_oxigraph(query, start))
        other, own = in_turn(
            (theirs, (trace_of_oxigraph(query, start) for start in measured)),
            (us, map(trace_of_ours, measured)),
            options,
        )
        yield "Oxigraph, all different", other
        yield "ours, all different", own
        held = [max(server.serving()) / 2**20 for server in (us, theirs)]
        print(
            f"  memory of a serving process: {held[0]:.0f} MiB, after {len(own.latencies):,} different traces;"
            f" of Oxigraph's: {held[1]:.0f} MiB, after {len(other.latencies):,}"
        )
        few = [trace_of_ours(start) for start in warming[:AGAIN]]
        tags = [tag_of(us, request) for request in few]
        yield "ours, the same again", measure(us, itertools.cycle(few), 200, options)
        known = [trace_of_ours(start, ("If-None-Match", tag)) for start, tag in zip(warming[:AGAIN], tags, strict=True)]
        yield "ours, known (304)", measure(us, itertools.cycle(known), 304, options)
    for name, more, allocator in (
        ("ours, keeping no answer", ("--answers", "none"), "auto"),
        ("ours, libc's allocator", (), "none"),
    ):
        with ours(store, *serve, *more, allocator=allocator) as us:
            for start in warming[1:]:
                one_after(us, start)
            at_rest(us)
            yield name, measure(us, map(trace_of_ours, measured), 200, options)
    if options.no_virtuoso:
        return
    with virtuoso(store) as third:
        if third is None:
            print("Virtuoso is not installed, and not measured")
            return
        for start in compared[:5]:
            rows = len(answer_of(third.address, trace_of_virtuoso(query, start)))
            expected = len(App.open(store).rows("trace", {"start": start})[0])
            assert rows == expected, f"Virtuoso gives {rows} rows for the trace of {start}, and not {expected}"
        requests = (trace_of_virtuoso(query, start) for start in measured)
        yield "Virtuoso, all different", measure(third, requests, 200, options)


def at_rest(server: Running) -> float:
    """Wait until a server of ours has done what it does once, after its start; return for how long, in seconds."""
    start = time.perf_counter()
    in_a_row = 0  # each connection reaches one of the processes: so many reach all
    while in_a_row < 20 or time.perf_counter() - start < LEAST_REST:
        state = json.loads(ask(server.address, Request("/readyz"))[1])
        in_a_row = in_a_row + 1 if state["warm"] and state["files"] != CHECKING else 0
        time.sleep(0.1)
    return time.perf_counter() - start


def one_after(server: Running, start: str) -> float:
    """Return how many milliseconds a trace takes when nobody else asks."""
    begin = time.perf_counter()
    answer_of(server.address, trace_of_ours(start))
    return (time.perf_counter() - begin) * 1000


def tag_of(server: Running, request: Request) -> str:
    """Return the tag of an answer."""
    return httpx2.get(
        server.address + request.target, headers={**dict(request.headers), "Accept-Encoding": "identity"}
    ).headers["etag"]


# --- where the time goes -------------------------------------------------------------------------------------------------


def median(what: Callable[[str], object], starts: list[str]) -> float:
    """Return the median of how many milliseconds something takes, over these starts."""
    taken = []
    for start in starts:
        begin = time.perf_counter()
        what(start)
        taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken)


def split(store: Path, starts: list[str], query: NamedQuery) -> None:
    """Print how long each layer takes of one trace, alone, one at a time."""
    app = App.open(store)
    snapshot = app.snapshot()
    web = create_app(app)

    def engine(start: str) -> None:
        text, dataset = bind(query, {"start": start})
        snapshot.select(counting(text), dataset)

    def written(start: str) -> None:
        text, dataset = bind(query, {"start": start})
        snapshot.serialise(text, lambda _form: Format.JSON.media_type, dataset)

    def answered(start: str) -> None:
        app.answer("trace", {"start": start}, Format.JSON)

    async def all_asked() -> float:
        taken = []
        for start in starts:
            begin = time.perf_counter()
            await called(web, trace_of_ours(start))
            taken.append((time.perf_counter() - begin) * 1000)
        return statistics.median(taken)

    for warm in (engine, written, answered):
        median(warm, starts[:5])
    steps = {
        "engine (counting the rows)": median(engine, starts),
        "and writing JSON": median(written, starts),
        "and binding, the version": median(answered, starts),
        "and the web framework": asyncio.run(all_asked()),
    }
    with ours(store, "--answers", "none", "--processes", "1") as us:
        for start in starts[:5]:
            one_after(us, start)
        steps["and server, network, client"] = statistics.median([one_after(us, start) for start in starts])
    before = 0.0
    print("where the time of one trace goes, asked one at a time (medians, ms):")
    for name, taken in steps.items():
        print(f"  {name:30} {taken:8.2f}  (+{taken - before:.2f})")
        before = taken


def counting(text: str) -> str:
    """Return a query that counts the rows of another, so that the engine finds all of them and nothing is written."""
    head, _, body = text.partition("\nSELECT")
    return f"{head}\nSELECT (COUNT(*) AS ?n) WHERE {{ {{ SELECT{body}\n }} }}"


async def called(web: Any, request: Request) -> None:
    """Ask the web application, without a server."""
    path, _, query = request.target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [
            (name.lower().encode(), value.encode()) for name, value in (("Host", "localhost"), *request.headers)
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    messages: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    await web(scope, receive, send)
    assert messages[0]["status"] == 200


def main() -> None:
    """Compare on a corpus of the size that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quads", default="1.5", help="millions of quads, by commas; 1.5 unless given")
    parser.add_argument("--stores", type=Path, help="where to keep the stores; else they are thrown away")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long each is asked")
    parser.add_argument("--clients", type=int, default=CLIENTS, help="how many ask at once")
    parser.add_argument("--no-virtuoso", action="store_true", help="leave Virtuoso out, which takes minutes to load")
    parser.add_argument("--processes", type=int, help="processes of ineq-kg serve; else its own choice")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as thrown_away:
        for millions in options.quads.split(","):
            app = sized(Corpus(0), float(millions), options.stores or Path(thrown_away)).app
            query = app.catalogue["trace"]
            starts = starts_of(app)
            print(f"{millions} million quads, {len(starts):,} traces, {options.clients} clients:")
            print(f"ours runs under {choose() or 'the allocator of the C library'}")
            found: dict[str, Measured] = {}
            for name, measured in compare(Path(str(app.store.location)), starts, query, options):
                found[name] = measured
                print(f"  {name:26} {measured}")
            base = found["Oxigraph, all different"]
            for name, measured in found.items():
                tail = measured.percentile(99) / base.percentile(99)
                print(
                    f"  {name:26} {measured.rate / base.rate:7.2f} x its answers a second, p99 {tail:5.2f} x,"
                    f" computing {measured.computing / base.computing:5.3f} x"
                )
            split(Path(str(app.store.location)), starts[:60], query)


if __name__ == "__main__":
    main()
