"""What the API and the pages share.

This is who sends a request, protection against forged requests, and how a refusal is rendered.
"""
