"""People and units: who acts, what they may do, and whom a name in a diagram stands for."""
