"""Boxed expressions (7.3, 10.2) and decision tables (chapter 8): XML -> tree."""

from __future__ import annotations

from collections.abc import Callable

from . import tree
from .xml import Element, Source, local, name_of, place

MOST_NESTED = 40  # boxed expressions in each other: what is compiled from them is called in each other
HIT_POLICIES = ("UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER")
AGGREGATIONS = ("", "SUM", "COUNT", "MIN", "MAX")


def expression_in(source: Source, parent: Element, depth: int = 0) -> tree.Expression | None:
    """The first boxed expression directly inside of an element, or None."""
    for child in source.children(parent):
        read = _READERS.get(local(child))
        if read is not None:
            if depth > MOST_NESTED:
                text = f"Boxed expressions are nested more than {MOST_NESTED} deep. Make a decision or function of one."
                source.refuse(child, "dmn-too-deep", text)
                return None
            return read(source, child, depth + 1)
    return None


def _wanted(source: Source, parent: Element | None, owner: Element, what: str, depth: int) -> tree.Expression:
    """The expression in `parent`; where there is none it is null, and a problem."""
    found = None if parent is None else expression_in(source, parent, depth)
    if found is not None:
        return found
    if not source.problems or source.problems[-1].rule != "dmn-too-deep":
        source.refuse(owner, "dmn-missing-expression", f"'{local(owner)}' has no {what}. Give it an expression.")
    return tree.Missing(place(owner), "", "")


def literal(source: Source, element: Element, depth: int = 0) -> tree.Literal:
    if source.child(element, "importedValues") is not None:
        source.refuse(element, "dmn-imported-values", "Imported values are not supported. Write the expression here.")
    return tree.Literal(place(element), source.type(element), source.text(element), source.language(element))


def tests(source: Source, element: Element | None) -> tree.Tests | None:
    if element is None:
        return None
    return tree.Tests(place(element), source.text(element), source.language(element))


def variable(source: Source, element: Element) -> tree.Variable:
    return tree.Variable(place(element), name_of(element), source.type(element))


def _context(source: Source, element: Element, depth: int) -> tree.Context:
    entries = []
    for child in source.children(element, "contextEntry"):
        found = source.child(child, "variable")
        value = _wanted(source, child, child, "expression", depth)
        entries.append(tree.ContextEntry(place(child), None if found is None else variable(source, found), value))
    if any(entry.variable is None for entry in entries[:-1]):
        text = "An entry without a name is the result, and must be the last one. Give it a name, or move it to the end."
        source.refuse(element, "dmn-context-result", text)
    return tree.Context(place(element), source.type(element), tuple(entries))


def _invocation(source: Source, element: Element, depth: int) -> tree.Invocation:
    called = _wanted(source, element, element, "function that it calls", depth)
    bindings = []
    for child in source.children(element, "binding"):
        parameter = source.child(child, "parameter")
        if parameter is None:
            source.refuse(child, "dmn-binding", "The binding has no parameter. Say which one it is for.")
            continue
        bindings.append(tree.Binding(variable(source, parameter), expression_in(source, child, depth)))
    return tree.Invocation(place(element), source.type(element), called, tuple(bindings))


def _list(source: Source, element: Element, depth: int) -> tree.ListOf:
    return tree.ListOf(place(element), source.type(element), _items(source, element, depth))


def _items(source: Source, element: Element, depth: int) -> tuple[tree.Expression, ...]:
    found = [
        _READERS[local(child)](source, child, depth + 1)
        for child in source.children(element)
        if local(child) in _READERS and depth <= MOST_NESTED
    ]
    if depth > MOST_NESTED and len(element):
        source.refuse(element, "dmn-too-deep", f"Boxed expressions are nested more than {MOST_NESTED} deep.")
    return tuple(found)


def _relation(source: Source, element: Element, depth: int) -> tree.Relation:
    columns = tuple(variable(source, child) for child in source.children(element, "column"))
    rows = []
    for child in source.children(element, "row"):
        row = _items(source, child, depth)
        if len(row) != len(columns):
            text = f"The row has {len(row)} values for {len(columns)} columns. Give it one for each."
            source.refuse(child, "dmn-relation-row", text)
        rows.append(row)
    return tree.Relation(place(element), source.type(element), columns, tuple(rows))


def function(source: Source, element: Element, depth: int = 0) -> tree.FunctionDefinition:
    kind = (element.get("kind") or "FEEL").strip()
    if kind.upper() != "FEEL":
        text = f"Functions of the kind {kind} are not run here. Write the function in FEEL."
        source.refuse(element, "dmn-external-function", text)
    parameters = tuple(variable(source, child) for child in source.children(element, "formalParameter"))
    body = expression_in(source, element, depth)
    return tree.FunctionDefinition(place(element), source.type(element), kind, parameters, body)


def _conditional(source: Source, element: Element, depth: int) -> tree.Conditional:
    parts = [
        _wanted(source, source.child(element, name), element, f"'{name}'", depth) for name in ("if", "then", "else")
    ]
    return tree.Conditional(place(element), source.type(element), *parts)


def _loop(source: Source, element: Element, depth: int) -> tree.Loop:
    kind = local(element)
    inner = "return" if kind == "for" else "satisfies"
    values = source.child(element, "in")
    name = name_of(element, "iteratorVariable")
    if not name:
        text = f"'{kind}' has no name for the value that it looks at. Give it an iterator variable."
        source.refuse(element, "dmn-iterator", text)
    return tree.Loop(
        place(element),
        source.type(element),
        kind,
        name,
        _wanted(source, values, element, "'in'", depth),
        "" if values is None else source.type(values),
        _wanted(source, source.child(element, inner), element, f"'{inner}'", depth),
    )


def _filter(source: Source, element: Element, depth: int) -> tree.Filter:
    values = _wanted(source, source.child(element, "in"), element, "'in'", depth)
    match = _wanted(source, source.child(element, "match"), element, "'match'", depth)
    return tree.Filter(place(element), source.type(element), values, match)


# -- decision tables


def _table(source: Source, element: Element, depth: int) -> tree.DecisionTable:
    policy = (element.get("hitPolicy") or "UNIQUE").strip().upper()
    aggregation = (element.get("aggregation") or "").strip().upper()
    if policy not in HIT_POLICIES:
        text = f"There is no hit policy '{policy}'. Use one of {', '.join(HIT_POLICIES)}."
        source.refuse(element, "dmn-hit-policy", text)
    if aggregation not in AGGREGATIONS:
        text = f"There is no aggregation '{aggregation}'. Use one of {', '.join(AGGREGATIONS[1:])}."
        source.refuse(element, "dmn-aggregation", text)
    inputs = tuple(_input(source, child) for child in source.children(element, "input"))
    outputs = tuple(_output(source, child) for child in source.children(element, "output"))
    rules = tuple(_rule(source, child, len(inputs), len(outputs)) for child in source.children(element, "rule"))
    if not outputs:
        source.refuse(element, "dmn-no-output", "The table has no output. Add one.")
    if len(outputs) > 1:
        _check_outputs(source, element, outputs, aggregation)
    return tree.DecisionTable(place(element), source.type(element), policy, aggregation, inputs, outputs, rules)


def _check_outputs(source: Source, element: Element, outputs: tuple[tree.OutputClause, ...], aggregation: str) -> None:
    names = [output.name for output in outputs]
    if not all(names) or len(set(names)) < len(names):
        text = "Each of several outputs needs a name of its own. Give it one."
        source.refuse(element, "dmn-output-name", text)
    if aggregation in ("SUM", "MIN", "MAX"):
        text = f"{aggregation} has no meaning for several outputs. Leave one output, or collect without it."
        source.refuse(element, "dmn-aggregation", text)


def _input(source: Source, element: Element) -> tree.InputClause:
    found = source.child(element, "inputExpression")
    if found is None:
        source.refuse(element, "dmn-missing-expression", "The input has no expression. Say what it looks at.")
    expression = tree.Missing(place(element), "", "") if found is None else literal(source, found)
    values = tests(source, source.child(element, "inputValues"))
    return tree.InputClause(place(element), element.get("label") or expression.text, expression, _unless_empty(values))


def _output(source: Source, element: Element) -> tree.OutputClause:
    default = source.child(element, "defaultOutputEntry")
    values = tests(source, source.child(element, "outputValues"))
    return tree.OutputClause(
        place(element),
        element.get("label") or "",
        name_of(element),
        source.type(element),
        _unless_empty(values),
        None if default is None else literal(source, default),
    )


def _unless_empty(values: tree.Tests | None) -> tree.Tests | None:
    """Editors write the element without a text where nothing is given."""
    return values if values is not None and values.text.strip() else None


def _rule(source: Source, element: Element, inputs: int, outputs: int) -> tree.Rule:
    cells = tuple(filter(None, (tests(source, child) for child in source.children(element, "inputEntry"))))
    results = tuple(literal(source, child) for child in source.children(element, "outputEntry"))
    for found, wanted, what in ((len(cells), inputs, "input"), (len(results), outputs, "output")):
        if found != wanted:
            text = f"The rule has {found} {what} cells for {wanted} {what}s. Give it one for each."
            source.refuse(element, "dmn-rule-cells", text)
    return tree.Rule(place(element), cells, results)


_READERS: dict[str, Callable[[Source, Element, int], tree.Expression]] = {
    "literalExpression": literal,
    "context": _context,
    "invocation": _invocation,
    "list": _list,
    "relation": _relation,
    "functionDefinition": function,
    "conditional": _conditional,
    "for": _loop,
    "some": _loop,
    "every": _loop,
    "filter": _filter,
    "decisionTable": _table,
}
