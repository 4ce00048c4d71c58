"""Decision models of DMN 1.1 to 1.5: read, compiled, evaluated.

    from stellwerk import dmn

    library = dmn.load([("dish.dmn", xml)])
    library.problems                                  # what is wrong: element, line, rule, way out
    model = library.models["https://example.com/dish"]
    evaluation = model.evaluate("Dish", {"Season": "Winter", "Guests": 8})
    evaluation.python                                 # "Roastbeef"
    evaluation.matched                                # the rules that matched, table by table
    evaluation.warnings                               # why something is null

Pure: it imports `feel`, `errors` and `xmlsafe`, and nothing else of Stellwerk. docs/dmn.md says what is supported.
"""

from __future__ import annotations

from .model import Evaluation, Library, Model, NoSuchDecision, load
from .reader import read
from .run import Kind, Matched, Notice

__all__ = ["Evaluation", "Kind", "Library", "Matched", "Model", "NoSuchDecision", "Notice", "load", "read"]
