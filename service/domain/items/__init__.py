"""Items: who gets one, and what may be done with it."""
