"""FEEL, the expression language of the DMN standard: safe, without a clock, with ``Decimal``
numbers.

Decided: written on lark, small, checked against the public conformance cases. Because a diagram
must be able to compute and unable to act, on the server exactly as in the browser. Instead of
Python expressions, which cannot be fenced in.

Beyond the standard: a name that nobody supplies is null, but a function that nobody registered is
an error. A date and time without a zone is read in the zone of the one it is compared with.
Patterns follow JavaScript without back-references.
"""

from service.feel.errors import FeelError, FeelSyntaxError
from service.feel.expressions import parse, parse_unary
from service.feel.nodes import Expression, UnaryTests
from service.feel.values import Range, YearsMonths

__all__ = [
    "Expression",
    "FeelError",
    "FeelSyntaxError",
    "Range",
    "UnaryTests",
    "YearsMonths",
    "parse",
    "parse_unary",
]
