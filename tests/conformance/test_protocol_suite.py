"""The W3C's tests of the SPARQL 1.1 Protocol, request by request."""

from __future__ import annotations

import pytest
from endpoint import Endpoint
from exchange import protocol
from manifests import Case, parameters


@pytest.mark.parametrize("case", parameters("SPARQL 1.1 Protocol"))
def test_it(case: Case, endpoint: Endpoint) -> None:
    assert case.kind == "ProtocolTest"
    protocol(case, endpoint)
