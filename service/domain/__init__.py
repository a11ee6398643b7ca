"""Values and pure rules. They know no database, no web and no clock."""
