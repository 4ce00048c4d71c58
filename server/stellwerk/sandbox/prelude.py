"""What every script finds in the sandbox, in the sandboxed language: `bpmn_error`, and the encoder of its results.

The encoder runs inside the sandbox, under its limits, and makes one text of the results: JSON in which everything
that JSON cannot hold is a mapping with the key `$`. It keeps the built-in functions that it needs in parameters, so
that a script may call a variable `type` or `str`. It protects nobody: a script can make any text it wants, and
`decode.py` believes none of it.

The language has no classes that inherit (no exception of our own), hence SystemExit, which `except Exception` of a
script does not catch.
"""

from __future__ import annotations

ERROR_MARK = "stellwerk-bpmn-error:"
"""Begins the text of the SystemExit that stands for a BPMN error; the code and message follow as JSON."""

PRELUDE = '''
def __stellwerk_prelude():
    import json
    from datetime import date, datetime, time, timedelta
    from decimal import Decimal

    def bpmn_error(code, message="", SystemExit=SystemExit, str=str, dumps=json.dumps):
        """End this step with a BPMN error that a boundary event can catch."""
        raise SystemExit("MARK" + dumps([str(code), str(message)]))

    def tree(value, path, depth, str=str, type=type, isinstance=isinstance, list=list, dict=dict, tuple=tuple,
             set=set, frozenset=frozenset, int=int, float=float, bool=bool, abs=abs, ValueError=ValueError,
             TypeError=TypeError, hasattr=hasattr, enumerate=enumerate):
        kind = type(value)
        if kind is str or kind is bool or value is None:
            return value
        if kind is int:
            return value if -9007199254740992 < value < 9007199254740992 else {"$": "int", "v": str(value)}
        if kind is float:
            if value != value or abs(value) == float("inf"):
                raise ValueError(path + " is not a finite number: " + str(value))
            return value
        if depth > 50:
            raise ValueError(path + " is nested deeper than 50 levels")
        if kind is list or kind is tuple:
            return [tree(item, path, depth + 1) for item in value]
        if isinstance(value, dict):
            result = {}
            for key in value:
                if type(key) is not str:
                    raise TypeError(path + " has the key " + str(key) + "; keys must be texts: use str(...)")
                result[key] = tree(value[key], path, depth + 1)
            return {"$": "map", "v": result} if "$" in result else result
        if isinstance(value, (list, tuple, set, frozenset)):
            return [tree(item, path, depth + 1) for item in value]
        if kind is Decimal:
            return {"$": "decimal", "v": str(value)}
        if kind is datetime:
            if value.tzinfo is None:
                raise ValueError(path + " is a time without a time zone; use datetime.now(timezone.utc)")
            return {"$": "datetime", "v": value.isoformat()}
        if kind is date:
            return {"$": "date", "v": value.isoformat()}
        if kind is time:
            return {"$": "time", "v": value.isoformat()}
        if kind is timedelta:
            return {"$": "duration", "v": [value.days, value.seconds, value.microseconds]}
        raise TypeError(path + " is a " + kind.__name__ + "; variables hold texts, numbers, dates, lists and mappings")

    def one(value, dumps=json.dumps):
        return dumps(tree(value, "The value", 0))

    def many(names, own, dumps=json.dumps, type=type):
        skipped = ("function", "type", "module", "builtin_function_or_method", "method")
        result = {}
        for name in names:
            if name[:1] != "_" and name not in own and type(names[name]).__name__ not in skipped:
                result[name] = tree(names[name], "The variable '" + name + "'", 0)
        return dumps(result)

    return bpmn_error, one, many

bpmn_error, __stellwerk_one, __stellwerk_many = __stellwerk_prelude()
'''.replace("MARK", ERROR_MARK)
