"""Comunica, which runs in browsers and in Node, asks our endpoint: it reads the service description to know what it is."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import platformdirs
import portalocker
import pytest

from conftest import Offered

HERE = Path(__file__).parent
STUDIES = """PREFIX ikg: <https://w3id.org/ineq-kg/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?study ?label WHERE { ?study a ikg:Study ; skos:prefLabel ?label } ORDER BY ?label"""
BABBEL = "https://w3id.org/ineq-kg/id/mcmahon-2022/study/babbel"


@pytest.fixture(scope="module")
def ask() -> Callable[..., str]:
    """Ask a query of endpoints by Comunica, as the lock file pins it; it is installed once, beside what else is cached."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Comunica needs Node and npm, and this machine has not both")
    pinned = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = Path(platformdirs.user_cache_dir("ineq-kg-tests")) / f"comunica-{pinned}"
    folder.mkdir(parents=True, exist_ok=True)
    with portalocker.Lock(folder / "installing.lock", "a"):
        if not (folder / "installed").exists():
            for name in ("package.json", "package-lock.json"):
                shutil.copy(HERE / name, folder)
            install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(install, cwd=folder, check=True, timeout=280, capture_output=True)
            (folder / "installed").touch()
    shutil.copy(HERE / "ask.mjs", folder)  # modules are looked for beside the script

    def asked(query: str, *endpoints: str) -> str:
        command = ["node", folder / "ask.mjs", query, *endpoints]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return asked


def test_it_gets_rows(service: Offered, ask: Callable[..., str]) -> None:
    rows = json.loads(ask(STUDIES, service.endpoint))["results"]["bindings"]
    assert len(rows) == 11
    assert BABBEL in {row["study"]["value"] for row in rows}


def test_it_gets_graphs(service: Offered, ask: Callable[..., str]) -> None:
    lines = ask(f"CONSTRUCT WHERE {{ <{BABBEL}> a ?class }}", service.endpoint).splitlines()
    assert any("ontology#Study" in line for line in lines)
    assert all(line.startswith(f"<{BABBEL}>") for line in lines)
