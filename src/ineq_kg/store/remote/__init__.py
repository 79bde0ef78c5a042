"""Stores on other machines: any server that speaks the SPARQL 1.1 Protocol in place of the embedded store."""
