"""The verbs. A command is a frozen value that is carried out in one transaction. Commands decide
who may do what; views do not.
"""
