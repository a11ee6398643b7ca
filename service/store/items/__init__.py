"""The tables of items, answers, remarks and attachments."""
