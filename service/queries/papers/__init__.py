"""Papers, ledgers, and the whole file of a case."""
