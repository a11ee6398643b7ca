"""Our own specifications, which SpiffWorkflow runs: steps, joins and events."""
