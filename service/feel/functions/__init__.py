"""The built-in functions. An argument of a wrong type and a wrong number of arguments give null,
as the standard says.
"""

from service.feel.functions import contexts, dates, lists, numbers, sequences, strings
from service.feel.functions.registry import BUILTINS, invoke

__all__ = ["BUILTINS", "contexts", "dates", "invoke", "lists", "numbers", "sequences", "strings"]
