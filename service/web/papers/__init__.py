"""Papers on the page of a case; Word templates."""
