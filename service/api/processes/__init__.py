"""What may be started, what is deployed, what the documents ask for."""
