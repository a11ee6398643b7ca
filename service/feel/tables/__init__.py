"""Decision tables (DMN), on the same language."""
