"""Apache Jena, whose engine is Fuseki's, asks our endpoint by SERVICE within a query of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from conftest import Offered
from maven import java_tool
from places import ROOT

LOCAL = """@prefix ex: <https://example.org/> .
ex:note ex:about <https://w3id.org/ineq-kg/id/mcmahon-2022/study/babbel> , <https://w3id.org/ineq-kg/id/nothing> .
"""
FEDERATED = """PREFIX ex: <https://example.org/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX ikg: <https://w3id.org/ineq-kg/ontology#>
SELECT ?study ?label WHERE { ex:note ex:about ?study SERVICE <%s> { ?study a ikg:Study ; skos:prefLabel ?label } }"""


@pytest.fixture(scope="module")
def arq(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., CompletedProcess[str]]:
    return java_tool(ROOT / "tests" / "ontology" / "jena" / "pom.xml", tmp_path_factory.mktemp("jena"), "arq.arq")


def test_it_joins_its_own_data_with_ours(
    service: Offered, arq: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    data, query = tmp_path / "data.ttl", tmp_path / "query.rq"
    data.write_text(LOCAL)
    query.write_text(FEDERATED % service.endpoint)
    done = arq("--data", data, "--query", query, "--results=JSON")
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["results"]["bindings"]
    assert row["study"]["value"].endswith("/study/babbel")
    assert row["label"]["value"].startswith("Babbel")
