"""Decision models of DMN 1.1 to 1.5: read, compiled, evaluated.

    from stellwerk import dmn

    library = dmn.load([("freight.dmn", xml)])
    library.problems                                  # what is wrong: element, line, rule, way out
    model = library.models["https://example.com/freight"]
    evaluation = model.evaluate("Freight", {"Weight": 12.5, "Zone": "islands"})
    evaluation.python                                 # Decimal("34.90")
    evaluation.matched                                # the rules that matched, table by table
    evaluation.warnings                               # why something is null

Pure: it imports `feel`, `errors` and `xmlsafe`, and nothing else of Stellwerk. docs/dmn.md says what is supported.
"""

from __future__ import annotations

from .dialects import Compiled, Dialect, DialectError, Dialects
from .model import Evaluation, Library, Model, NoSuchDecision, load
from .reader import read
from .run import Kind, Matched, Notice

__all__ = [
    "Compiled",
    "Dialect",
    "DialectError",
    "Dialects",
    "Evaluation",
    "Kind",
    "Library",
    "Matched",
    "Model",
    "NoSuchDecision",
    "Notice",
    "load",
    "read",
]
