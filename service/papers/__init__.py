"""Papers: Word, Excel, iCalendar and letters, made from lines or read into them.

No database, no web.

Decided: a file from outside is opened here and nowhere else, within limits (size, parts, rows), and
leaves as plain values with a remark for every cell that cannot be read; because whoever filled it
in must be told all of it at once.
"""
