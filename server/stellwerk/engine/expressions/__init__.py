"""What a diagram computes: the languages of expressions, and the bounds that none of them can leave."""

from stellwerk.engine.expressions.expression import MAX_LENGTH, Expression, literal, variable
from stellwerk.engine.expressions.feel import is_feel, parse_feel, to_variable
from stellwerk.engine.expressions.parse import names_of_script, parse_expression
from stellwerk.errors import ExpressionInvalid

__all__ = [
    "MAX_LENGTH",
    "Expression",
    "ExpressionInvalid",
    "is_feel",
    "literal",
    "names_of_script",
    "parse_expression",
    "parse_feel",
    "to_variable",
    "variable",
]
