"""Values and pure rules: no database, no web, no ambient clock."""
