"""The tables of cases, of their journal, and of what they wait for."""
