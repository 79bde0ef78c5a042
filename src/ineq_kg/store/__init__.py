"""The triple store: an embedded Oxigraph in a directory, written by one process and read by many."""
