"""Answers that SPARQL alone cannot give. Each module states its method, source and assumptions."""
