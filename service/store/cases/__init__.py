"""Cases, their record and what they wait for."""
