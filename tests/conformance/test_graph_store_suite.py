"""The W3C's tests of the SPARQL 1.1 Graph Store HTTP Protocol, graphs named by their addresses and by parameters."""

from __future__ import annotations

import pytest
from endpoint import Endpoint
from exchange import graph_store
from manifests import Case, parameters


@pytest.mark.parametrize(
    "case", parameters("Graph Store Protocol, graphs by their addresses", "Graph Store Protocol, graphs by a parameter")
)
def test_it(case: Case, endpoint: Endpoint) -> None:
    assert case.kind == "GraphStoreProtocolTest"
    graph_store(case, endpoint)
