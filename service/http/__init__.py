"""What the API and the pages share: who asks, protection against forged requests, how a refusal
looks.
"""
