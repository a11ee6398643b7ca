"""The ledger of annex 4 (附件4), as it is filled in and as it is read."""
