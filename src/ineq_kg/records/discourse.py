"""Discourses, how they represent a problem, and what that does (Foucault; Bacchi 2009; Willig 2013)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from ineq_kg.records.base import Interpretive, Links, RefTo, Term
from ineq_kg.vocabulary import IKG


class ActorGroup(Interpretive):
    """People who speak, are spoken of, or are positioned by a discourse."""

    rdf_type: ClassVar[str] = IKG.ActorGroup
    kind: ClassVar[str] = "actors"
    section: ClassVar[str] = "actor_groups"


class Phenomenon(Interpretive):
    """What is made a problem, or what a discourse is about."""

    rdf_type: ClassVar[str] = IKG.Phenomenon
    kind: ClassVar[str] = "phenomenon"
    section: ClassVar[str] = "phenomena"


class DiscursiveEffect(Interpretive):
    """What a discourse or problematisation does: to thought, to action, to people."""

    rdf_type: ClassVar[str] = IKG.DiscursiveEffect
    kind: ClassVar[str] = "effect"
    section: ClassVar[str] = "discursive_effects"

    effect_on: Annotated[
        Links,
        RefTo(("ActorGroup", "Phenomenon")),
        Term(IKG.effectOn, qualified=True),
    ] = ()
    leads_to: Annotated[Links, RefTo(("DiscursiveEffect",)), Term(IKG.leadsTo, qualified=True)] = ()
    attested_by: Annotated[Links, RefTo(("Study",)), Term(IKG.attestedBy, qualified=True)] = ()


class Discourse(Interpretive):
    """A way of speaking and knowing that delimits what can be thought and done."""

    rdf_type: ClassVar[str] = IKG.Discourse
    kind: ClassVar[str] = "discourse"
    section: ClassVar[str] = "discourses"

    opposes: Annotated[Links, RefTo(("Discourse",)), Term(IKG.opposes, qualified=True)] = ()
    aligns_with: Annotated[Links, RefTo(("Discourse",)), Term(IKG.alignsWith, qualified=True)] = ()
    produces: Annotated[Links, RefTo(("DiscursiveEffect",)), Term(IKG.produces, qualified=True)] = ()
    attested_by: Annotated[Links, RefTo(("Study",)), Term(IKG.attestedBy, qualified=True)] = ()


class DominantDiscourse(Discourse):
    """A discourse that a society takes for granted."""

    rdf_type: ClassVar[str] = IKG.DominantDiscourse
    section: ClassVar[str] = "dominant_discourses"


class OrganisationalDiscourse(Discourse):
    """A discourse at work inside organisations and in how they are governed."""

    rdf_type: ClassVar[str] = IKG.OrganisationalDiscourse
    section: ClassVar[str] = "organisational_discourses"


class CounterDiscourse(Discourse):
    """A discourse that goes against the grain of dominant ones."""

    rdf_type: ClassVar[str] = IKG.CounterDiscourse
    section: ClassVar[str] = "counter_discourses"


class Problematisation(Interpretive):
    """How a problem is represented (Bacchi 2009)."""

    rdf_type: ClassVar[str] = IKG.Problematisation
    kind: ClassVar[str] = "problematisation"
    section: ClassVar[str] = "problematisations"

    problematises: Annotated[Links, RefTo(("Phenomenon",)), Term(IKG.problematises, qualified=True)] = ()
    shaped_by: Annotated[Links, RefTo(("Discourse",)), Term(IKG.shapedBy, qualified=True)] = ()
    reinforced_by: Annotated[Links, RefTo(("Discourse",)), Term(IKG.reinforcedBy, qualified=True)] = ()
    held_by: Annotated[Links, RefTo(("ActorGroup",)), Term(IKG.heldBy, qualified=True)] = ()
    contrasts_with: Annotated[Links, RefTo(("Problematisation",)), Term(IKG.contrastsWith, qualified=True)] = ()
    produces: Annotated[Links, RefTo(("DiscursiveEffect",)), Term(IKG.produces, qualified=True)] = ()
    attested_by: Annotated[Links, RefTo(("Study",)), Term(IKG.attestedBy, qualified=True)] = ()


class SubjectPosition(Interpretive):
    """A place that a discourse makes for people to speak and act from (Davies & Harré 1990; Willig 2013)."""

    rdf_type: ClassVar[str] = IKG.SubjectPosition
    kind: ClassVar[str] = "position"
    section: ClassVar[str] = "subject_positions"

    offered_by: Annotated[Links, RefTo(("Discourse",)), Term(IKG.offeredBy, qualified=True)] = ()
    offered_to: Annotated[Links, RefTo(("ActorGroup",)), Term(IKG.offeredTo, qualified=True)] = ()
