"""The W3C's tests of SPARQL 1.1 Federated Query: the hosts they name are on the list of those that may be asked."""

from __future__ import annotations

import pytest
from endpoint import Endpoint
from evaluation import HANDLERS
from manifests import Case, parameters


@pytest.mark.parametrize("case", parameters("SPARQL 1.1 Federated Query"))
def test_it(case: Case, endpoint: Endpoint) -> None:
    HANDLERS[case.kind](case, endpoint)
