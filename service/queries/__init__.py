"""The read models. A query is a SELECT that returns frozen lines. It changes nothing."""
