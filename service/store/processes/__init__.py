"""The tables of jurisdictions and of what is deployed in them."""
