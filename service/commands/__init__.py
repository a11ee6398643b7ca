"""The verbs: each a frozen value, carried out in one transaction. Who may do what is decided here,
not in views.
"""
