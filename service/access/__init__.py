"""Who may see what, and who may do what.

Which role has which right stands in one table, ``domain/people/rights``, that reads like the list
of roles in an office's rules. Pure rules ask it directly: what is offered for an item, a case, an
account, a demand. This room applies it where a refusal, a condition for the database or a look-up
is needed.

Decided: ``Actor.may`` answers on every floor, ``rights.require`` refuses, and both read the table.
Because a menu entry, a button and the command behind it must never differ.
"""
