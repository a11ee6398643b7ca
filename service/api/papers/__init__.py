"""Papers, ledgers, whole files."""
