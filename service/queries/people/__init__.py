"""People: who asks, and who has an account."""
