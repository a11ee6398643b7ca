"""The database itself, and what keeps the program going."""
