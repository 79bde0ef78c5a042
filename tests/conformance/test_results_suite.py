"""The W3C's tests of SPARQL 1.1 results in CSV, TSV and JSON, through the endpoint."""

from __future__ import annotations

import pytest
from endpoint import Endpoint
from evaluation import HANDLERS
from manifests import Case, parameters


@pytest.mark.parametrize("case", parameters("Results in CSV, TSV and JSON"))
def test_it(case: Case, endpoint: Endpoint) -> None:
    HANDLERS[case.kind](case, endpoint)
