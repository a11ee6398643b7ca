"""Rules about expressions and decision tables, and the names that they may use."""
