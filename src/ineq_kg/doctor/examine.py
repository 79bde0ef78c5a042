"""All that is looked at, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ineq_kg.config import Settings
from ineq_kg.doctor.finding import Area, Finding
from ineq_kg.doctor.service import service
from ineq_kg.doctor.software import software
from ineq_kg.doctor.store import store
from ineq_kg.errors import InputError


def examine(
    environment: Mapping[str, str],
    *,
    location: str | None = None,
    queries: Path | None = None,
    host: str = "127.0.0.1",
    port: int = 8000,
    deep: bool = False,
) -> Iterator[Finding]:
    """Yield what is found, as it is found: of the software, then of the store, then of what serving needs.

    `location` and `queries` win over the environment, as they do for every command. `deep` reads all of every version. Nothing
    is changed. No error is raised for what is wrong: that is a finding.
    """
    yield from software()
    try:
        settings = Settings.read(environment, store=location)
    except InputError as error:
        yield Area("service").error(error)
        # With what is left of the settings, so that one slip hides nothing else.
        names = ("INEQ_KG_STORE", "INEQ_KG_QUERIES", "INEQ_KG_TOKENS")
        settings = Settings.read({name: environment[name] for name in names if name in environment}, store=location)
    yield from store(settings.store, deep=deep)
    yield from service(settings, queries or settings.queries, host, port)
