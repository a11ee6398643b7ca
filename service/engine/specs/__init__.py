"""The specifications of our own that SpiffWorkflow runs: steps, joins, events."""
