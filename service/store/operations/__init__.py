"""The database itself, and the tables that keep the program running."""
