"""Tables, look-ups, the projection and migrations. There are no business rules here.

Decided: SQLAlchemy's mapped classes are plain rows with explicit statements around them. Because
the cost of a command must be readable as the statements that it sends. Instead of a repository for
each table, or an object graph with lazy loading.
"""
