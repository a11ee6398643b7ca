"""Taking over what ran before: sheets that are examined row by row, then imported whole."""
