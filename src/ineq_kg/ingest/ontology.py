"""The ontology's files: as one graph, one by one, and what was released of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import rdflib

from ineq_kg.errors import DefinitionError, NotFound

HEADER = "ineq-kg.ttl"
RELEASED = "released-iris.txt"
# Folders whose files are published one by one, each under its own IRI.
PARTS = ("components", "alignments")


def _parse(graph: rdflib.Graph, path: Path) -> rdflib.Graph:
    try:
        return graph.parse(path, format="turtle")
    except Exception as error:  # rdflib's Turtle parser raises many kinds, all of which mean this
        raise DefinitionError(f"not Turtle: {error}", document=path) from error


def read_ontology(folder: Path) -> rdflib.Graph:
    """Return the header and all components as one graph. Raises DefinitionError for a file that does not parse."""
    graph = rdflib.Graph()
    for path in [folder / HEADER, *sorted((folder / "components").glob("*.ttl"))]:
        _parse(graph, path)
    return graph


def parts_of(folder: Path) -> tuple[str, ...]:
    """Return the names of the files that are published one by one, such as `components/translation`, sorted."""
    return tuple(sorted(f"{part}/{path.stem}" for part in PARTS for path in (folder / part).glob("*.ttl")))


def part_path(folder: Path, name: str) -> Path:
    """Return the file of a part. Raises NotFound for a name that `parts_of` does not list."""
    known = parts_of(folder)
    if name not in known:
        raise NotFound(f"the ontology has no part {name!r}", name=name, mend=f"There is: {', '.join(known)}.")
    return folder / f"{name}.ttl"


def read_part(folder: Path, name: str) -> rdflib.Graph:
    """Return one part as a graph. Raises NotFound, DefinitionError."""
    return _parse(rdflib.Graph(), part_path(folder, name))


def read_release(folder: Path, version: str) -> rdflib.Graph:
    """Return the ontology as it was released in an earlier version. Raises NotFound, DefinitionError."""
    kept = {path.stem: path for path in (folder / "releases").glob("*.ttl")}
    if version not in kept:
        mend = f"Earlier versions: {', '.join(sorted(kept)) or 'none yet'}."
        raise NotFound(f"the ontology has no version {version!r}", name=version, mend=mend)
    return _parse(rdflib.Graph(), kept[version])


def digest_of(folder: Path) -> str:
    """Return the SHA-256 of all of the ontology's Turtle files, names and bytes."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.ttl")):
        digest.update(str(path.relative_to(folder)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def read_released(folder: Path) -> dict[str, str]:
    """Return every IRI ever released, and the version it was first released in.

    Raises DefinitionError, with the line, for one that is not a version and an IRI.
    """
    path = folder / RELEASED
    released: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        version, _, iri = line.partition(" ")
        if not iri.startswith("https://") or iri in released:
            raise DefinitionError(f"not one version and a new IRI: {line!r}", document=path, line=number)
        released[iri] = version
    return released
