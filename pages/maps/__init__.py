"""Maps of settings and of starts."""
