"""Who may see what, and who may do what.

The rights of each role stand in one table, ``domain/people/rights``. Pure rules ask that table
directly, for example to offer verbs for an item, a case, an account or a demand. This room applies
the table where a refusal, a condition for the database or a look-up is needed.

Decided: ``Actor.may`` answers on every floor, ``rights.require`` refuses, and both read the table.
Because a menu entry, a button and the command behind it must never differ.
"""
