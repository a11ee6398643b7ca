"""Items: claimed, finished, sent back, remarked upon."""
