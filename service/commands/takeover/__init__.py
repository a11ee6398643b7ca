"""Taking over earlier work: sheets are checked row by row, then imported as a whole."""
