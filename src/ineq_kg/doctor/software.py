"""The software: Python, what this package stands on, and what is optional."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, version

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from ineq_kg import __version__
from ineq_kg.doctor.finding import Area, Finding
from ineq_kg.errors import ReasonerMissing
from ineq_kg.reason.consistency import find_java
from ineq_kg.resources import scripts

PACKAGE = "ineq-kg"
_AREA = Area("software")
_AGAIN = f"pip install --upgrade --force-reinstall {PACKAGE}"


def software() -> Iterator[Finding]:
    """Yield what is found of the software."""
    try:
        told = distribution(PACKAGE).metadata.json
    except PackageNotFoundError:
        yield _AREA.warning(
            f"{PACKAGE} {__version__} is not installed as a package: what it needs is not known here",
            "pip install -e .",
        )
    else:
        yield _python(SpecifierSet(str(told.get("requires_python", ""))))
        yield from _packages([Requirement(line) for line in told.get("requires_dist", ())])
    yield _java()
    yield _bundle()


def _python(needed: SpecifierSet) -> Finding:
    here = platform.python_version()
    said = f"ineq-kg {__version__} on Python {here}, {platform.system()} {platform.machine()}"
    if needed.contains(here, prereleases=True):
        return _AREA.ok(said)
    return _AREA.fault(f"{said}: Python {needed} is needed", f"Install a Python {needed}, and ineq-kg into it.")


def _packages(needed: list[Requirement]) -> Iterator[Finding]:
    well = 0
    extras: dict[str, list[Finding]] = {}
    for requirement in needed:
        extra = _extra(requirement)
        if extra is None and requirement.marker is not None and not requirement.marker.evaluate():
            continue
        found = _package(requirement)
        if extra is not None:
            extras.setdefault(extra, []).extend(found)
        elif found:
            yield from found
        else:
            well += 1
    yield _AREA.ok(f"{well} packages that it stands on are there, in versions that fit")
    for extra, missing in sorted(extras.items()):
        if missing:
            lacking = "; ".join(one.said for one in missing)
            yield _AREA.note(
                f"the optional extra {extra!r} is not there: {lacking}", f"pip install '{PACKAGE}[{extra}]'"
            )
        else:
            yield _AREA.ok(f"the optional extra {extra!r} is there")


def _extra(requirement: Requirement) -> str | None:
    """Return the extra that a requirement belongs to, or None."""
    _, is_extra, name = str(requirement.marker or "").partition("extra == ")
    return name.strip("\"' )") if is_extra else None


def _package(requirement: Requirement) -> list[Finding]:
    """Return what is wrong with a package: nothing where it is there and fits."""
    try:
        here = version(requirement.name)
    except PackageNotFoundError:
        return [_AREA.fault(f"{requirement.name} is not installed", _AGAIN)]
    if requirement.specifier.contains(here, prereleases=True):
        return []
    return [_AREA.fault(f"{requirement.name} is {here}, and {requirement.specifier} is needed", _AGAIN)]


def _java() -> Finding:
    try:
        return _AREA.ok(f"description-logic reasoners have Java: {find_java()}")
    except ReasonerMissing as missing:
        return _AREA.note(f"{missing.message}: `ineq-kg check --reason` cannot run", missing.mend)


def _bundle() -> Finding:
    """Return whether the parts of pages that are built, which a checkout has not before it is built, are there."""
    if scripts() is not None:
        return _AREA.ok("the interactive parts of the pages are built")
    return _AREA.note(
        "the interactive parts of the pages are not built; everything else works", "make ui, in a checkout"
    )
