"""Rules about files as files: readable, valid, drawn."""
