"""Jurisdictions and what is deployed in them."""
