"""Reasoning over the ontology and over what a synthesis asserts."""
