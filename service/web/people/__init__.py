"""Pages of accounts and signing in."""
