"""Excel: tables written and read, whatever they are about."""
