"""People and units: who asks, what they may do, who a name in a diagram stands for."""
