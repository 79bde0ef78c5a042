"""Search in names, definitions, notes and quotations: an index beside each version of the store."""
