"""Pages of processes: starting, modelling, coverage."""
