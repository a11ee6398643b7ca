"""Items, answers, remarks and attachments."""
