"""People: accounts, credentials, signing in."""
