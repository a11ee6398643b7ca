"""Cases: started, told something, steered as a whole, moved on by the clock."""
