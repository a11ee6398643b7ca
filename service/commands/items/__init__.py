"""Items: claiming, finishing, sending back, and remarks."""
