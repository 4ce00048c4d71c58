"""What a diagram computes: the languages of expressions, and the bounds that none of them can leave."""

from stellwerk.engine.expressions.expression import (
    MAX_LENGTH,
    Expression,
    ExpressionInvalid,
    literal,
    names_of_script,
    parse_expression,
    variable,
)

__all__ = [
    "MAX_LENGTH",
    "Expression",
    "ExpressionInvalid",
    "literal",
    "names_of_script",
    "parse_expression",
    "variable",
]
