"""Servers that the suites are run against, and the reports of what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from elsewhere import elsewhere
from endpoint import Endpoint
from manifests import SUITES
from reports import Outcome, earl, figures, table

from editing import token_for
from ineq_kg.app import App
from ineq_kg.store.allowed import Allowed
from ineq_kg.store.limits import Limits
from serving import served


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """A server on a store of its own, where what is asked is the unnamed graph if nothing else is said."""
    with elsewhere() as hosts:
        # A query that asks an endpoint that asks another takes three workers at once, all for one client.
        limits = Limits(services=Allowed.read(hosts.listed), workers=3, client_running=3)
        app = App.open(tmp_path_factory.mktemp("conformance") / "store", limits=limits, union=False)
        with served(app) as address:
            found = Endpoint(address, token_for(app), hosts)
            hosts.forward_to = address
            found.load([], {})
            yield found


class Reporter:
    """Writes what came of the suites, when all is done."""

    def __init__(self, report: Path, page: Path | None) -> None:
        self.report = report
        self.page = page
        self.outcomes: list[Outcome] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = dict(report.user_properties)
        if "test" in told and (report.when == "call" or report.failed):
            self.outcomes.append(Outcome(told["test"], told["suite"], report.passed))

    def _sorted(self) -> list[Outcome]:
        order = list(SUITES)
        return sorted(set(self.outcomes), key=lambda one: (order.index(one.suite), one.test))

    def pytest_sessionfinish(self) -> None:
        self.report.parent.mkdir(parents=True, exist_ok=True)
        self.report.write_text(earl(self._sorted(), datetime.now(UTC).date()), encoding="utf-8")
        if self.page is not None:
            self.page.write_text(figures(self._sorted()), encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.write_line(f"\n{table(self._sorted())}\nEARL: {self.report}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--earl", type=Path, help="write an EARL report of the W3C's suites into this file")
    parser.addoption("--figures", type=Path, help="write how many pass into this file, with --earl")


def pytest_configure(config: pytest.Config) -> None:
    report = config.getoption("--earl", None)
    if report is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Reporter(report, config.getoption("--figures")), "conformance-reporter")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the report of each test say which of the suites' tests it is."""
    for item in items:
        case = getattr(item, "callspec", None) and item.callspec.params.get("case")
        if case is not None and hasattr(case, "suite"):
            item.user_properties += [("test", case.iri), ("suite", case.suite)]
