"""Units, groups, people and their credentials."""
