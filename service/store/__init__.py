"""Tables, look-ups, projection and migrations. No business rule.

Decided: SQLAlchemy's mapped classes are plain rows with explicit statements around them, instead of
a repository per table or an object graph with lazy loading: a command's cost must be readable as
the statements it sends.
"""
