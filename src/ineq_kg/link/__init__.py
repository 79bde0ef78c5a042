"""How this graph's terms and nodes relate to those of others."""
