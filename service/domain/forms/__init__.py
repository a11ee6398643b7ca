"""Forms: what an answer may be, by the same file that the browser reads."""
