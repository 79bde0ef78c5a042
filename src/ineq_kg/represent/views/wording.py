"""How a relation between two records reads, from the one and from the other."""

from __future__ import annotations

# By property: from its subject to its object, and back.
_READS = {
    "acknowledgesRecord": ("is about", "has its warning explained in"),
    "alignsWith": ("aligns with", "aligns with"),
    "alternativeStudy": ("allows for", "is allowed for in"),
    "alternativeTo": ("is an alternative to", "is an alternative to"),
    "answeredBy": ("is answered by", "answers"),
    "argumentOf": ("is argued in", "argues"),
    "asksQuestion": ("asks", "is asked in"),
    "assessesFinding": ("assesses", "is assessed in"),
    "attestedBy": ("is attested by", "attests"),
    "citedIn": ("is cited from", "is cited for"),
    "clusterOf": ("is a cluster of", "is in the cluster"),
    "compares": ("compares", "is compared in"),
    "concerns": ("speaks of", "is spoken of in"),
    "constructOf": ("is a construct of", "has the construct"),
    "contradicts": ("contradicts", "is contradicted by"),
    "contrastsWith": ("contrasts with", "contrasts with"),
    "effectOn": ("bears on", "is affected by"),
    "failsCriterion": ("fails", "is failed by"),
    "heldBy": ("is held by", "holds"),
    "inCategory": ("stands under", "is the heading of"),
    "inSource": ("is read from", "is the source of"),
    "includesStudy": ("includes", "is included in"),
    "includesSynthesis": ("includes", "is included in"),
    "interprets": ("interprets", "is interpreted in"),
    "leadsTo": ("leads to", "follows from"),
    "numberedStudy": ("is the number of", "is numbered in"),
    "offeredBy": ("is offered by", "offers"),
    "offeredTo": ("is offered to", "is offered"),
    "opposes": ("opposes", "is opposed by"),
    "partOfArgument": ("is a step of", "has the step"),
    "problematises": ("makes a problem of", "is made a problem by"),
    "produces": ("produces", "is produced by"),
    "qualifies": ("qualifies", "is qualified by"),
    "readingOf": ("is a reading of", "is read in"),
    "readsStudy": ("reads", "is read in"),
    "reinforcedBy": ("is reinforced by", "reinforces"),
    "reportedIn": ("is reported in", "reports"),
    "shapedBy": ("is shaped by", "shapes"),
    "stepOf": ("is a step of", "has the step"),
    "synthesises": ("synthesises", "is synthesised in"),
    "takesStudy": ("takes", "is taken in"),
    "tallyOf": ("is a count of", "is counted in"),
    "translates": ("translates", "is translated in"),
    "translationWithin": ("was made within", "is where was made"),
    "usesLens": ("is read through", "is the lens of"),
    "yields": ("yields", "is yielded by"),
}
# Of two inverse properties the ontology's data hold one; where derived statements are, the other is there as well.
INVERSES = {
    "categoryOf": "inCategory",
    "hasConstruct": "constructOf",
    "hasStep": "partOfArgument",
    "inCluster": "clusterOf",
    "includedIn": "includesStudy",
    "interpretedBy": "interprets",
    "reports": "reportedIn",
    "shapes": "shapedBy",
    "synthesisedBy": "synthesises",
    "translatedBy": "translates",
    "yieldedBy": "yields",
}


def reads(relation: str, label: str, *, towards: bool) -> str:
    """Return how a relation reads: from its subject, or `towards` it. `label` is what the ontology calls it."""
    forwards, backwards = _READS.get(relation, (label, f"is where leads: {label}"))
    return backwards if towards else forwards
