"""Form schemas: the rules of form-js, checked on the server. Pure.

- `validate_schema(schema)` when a form is deployed: what is not supported is refused by name.
- `check(schema, values, context)` when a form is submitted: clean values, or InvalidInput with one error a field.
- `fields(schema)`: what a form asks for; `variables(schema)`: what it sets.
"""

from stellwerk.forms.check import check
from stellwerk.forms.schema import SUPPORTED, Field, fields, variables
from stellwerk.forms.validate import validate_schema

__all__ = ["SUPPORTED", "Field", "check", "fields", "validate_schema", "variables"]
