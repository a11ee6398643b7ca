"""The read models: each query is a SELECT that gives frozen lines, and changes nothing."""
