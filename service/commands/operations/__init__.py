"""What keeps the program going: long works, failures, repair and upkeep."""
