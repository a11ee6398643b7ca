"""Rules about work: who does it, with which form, by which clause, on which paper."""
