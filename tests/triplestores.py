"""SPARQL servers that others wrote, started on this host for as long as a test needs one."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from maven import jars
from servers import VIRTUOSO

HERE = Path(__file__).parent
# How long a server may take to start, in seconds: machines that run tests are busy.
STARTING = 90
PASSWORD = "to-be-kept-to-ourselves"  # noqa: S105 - of a server that only tests know


@dataclass(frozen=True)
class Server:
    """A server that runs: the address of its SPARQL endpoint, what signs in to it, and its process."""

    name: str
    address: str
    process: subprocess.Popen[bytes]
    auth: str | None = None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[object], folder: Path, address: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the context ends; it has started when something answers at `address`."""
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen([str(part) for part in command], cwd=folder, stdout=out, stderr=out)
    try:
        until = time.monotonic() + STARTING
        while not answers(address):
            assert process.poll() is None, log.read_text(errors="replace")[-2000:]
            assert time.monotonic() < until, f"not started in {STARTING} s: {log.read_text(errors='replace')[-2000:]}"
            time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait(30)


def answers(address: str) -> bool:
    try:
        httpx2.get(address, timeout=5, trust_env=False)
    except httpx2.HTTPError:
        return False
    return True


@contextmanager
def oxigraph(folder: Path) -> Iterator[Server]:
    """Oxigraph's own server, from its wheel."""
    found = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if found is None:
        pytest.skip("Oxigraph's server is not installed: pip install oxigraph")
    port = free_port()
    address = f"http://127.0.0.1:{port}/query"
    command = [found, "serve", "--location", folder / "data", "--bind", f"127.0.0.1:{port}"]
    with running(command, folder, address) as process:
        yield Server("oxigraph", address, process)


@contextmanager
def fuseki(folder: Path) -> Iterator[Server]:
    """Apache Jena Fuseki, in memory, for one user with a password (basic)."""
    if shutil.which("java") is None:
        pytest.skip("Fuseki needs Java, and this machine has none")
    classpath = ":".join(map(str, jars(HERE / "store" / "fuseki" / "pom.xml", folder)))
    (folder / "passwd").write_text(f"editor: {PASSWORD}\n")
    port = free_port()
    address = f"http://127.0.0.1:{port}/ds/sparql"
    main = "org.apache.jena.fuseki.main.cmds.FusekiMainCmd"
    command = [
        "java",
        "-Xmx512m",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        classpath,
        main,
        "--mem",
        "--update",
        "--localhost",
    ]
    command += [f"--port={port}", f"--passwd={folder / 'passwd'}", "--auth=basic", "/ds"]
    with running(command, folder, address) as process:
        yield Server("fuseki", address, process, f"basic editor:{PASSWORD}")


@contextmanager
def virtuoso(folder: Path) -> Iterator[Server]:
    """OpenLink Virtuoso, as Debian packages it. Anybody may read; its administrator writes, with a password (digest)."""
    found = shutil.which("virtuoso-t")
    if found is None:
        pytest.skip("Virtuoso is not installed: apt-get install virtuoso-opensource-7-bin")
    port = free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(sql=free_port(), http=port, buffers=10_000, dirty=6_000))
    address = f"http://127.0.0.1:{port}/sparql"
    with running([found, "+foreground", "+configfile", "virtuoso.ini"], folder, address) as process:
        yield Server("virtuoso", address, process, "digest dba:dba")


SERVERS = {"oxigraph": oxigraph, "fuseki": fuseki, "virtuoso": virtuoso}
