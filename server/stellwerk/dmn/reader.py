"""A DMN file of any version -> `tree.Definitions`, or problems."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from stellwerk.errors import Problem
from stellwerk.xmlsafe import line_of, read_root

from . import tree
from .read_boxes import MOST_NESTED, expression_in, function, tests, variable
from .versions import BY_MODEL, CAMUNDA, VERSIONS, ZEEBE
from .xml import Element, Source, flag, local, name_of, place

MOST_ELEMENTS = 500_000  # a table of 5,000 rules and 10 columns has some 100,000


def read(xml: bytes, file: str) -> tuple[tree.Definitions | None, list[Problem]]:
    """The file, and every problem in it. None where it is no DMN file at all."""
    root, problems = read_root(xml, file, most_elements=MOST_ELEMENTS)
    if root is None:
        return None, problems
    name = etree.QName(root)
    version = BY_MODEL.get(name.namespace or "")
    if version is None or name.localname != "definitions":
        return None, [_not_dmn(root, file)]
    source = Source(file, version)
    return _definitions(source, root), source.problems


def _not_dmn(root: Element, file: str) -> Problem:
    name = etree.QName(root)
    known = ", ".join(str(version) for version in VERSIONS)
    message = (
        f"The root element is '{name.localname}' in the namespace '{name.namespace or ''}'. A DMN file begins with "
        f"'definitions' in the namespace of DMN {known}. Export it again as one of them."
    )
    return Problem(file, line_of(root), None, None, "not-dmn", message)


def _definitions(source: Source, root: Element) -> tree.Definitions:
    nodes = [_NODES[local(child)](source, child) for child in source.children(root) if local(child) in _NODES]
    _check_names(source, root)
    return tree.Definitions(
        source.file,
        root.get("name") or "",
        root.get("namespace") or "",
        source.version,
        tuple(_import(source, child) for child in source.children(root, "import")),
        tuple(_item(source, child) for child in source.children(root, "itemDefinition")),
        tuple(nodes),
    )


def _check_names(source: Source, root: Element) -> None:
    """Each decision, input, function and service has a name that no other one has (6.3.2, 10.3.1.4)."""
    seen: set[str] = set()
    for child in source.children(root):
        if local(child) not in _NODES:
            continue
        name = name_of(child)
        if not name:
            source.refuse(child, "dmn-name", f"'{local(child)}' has no name. Give it one.")
        elif name in seen:
            text = f"The name '{name}' is given twice. Rename one of the two."
            source.refuse(child, "dmn-name", text)
        seen.add(name)


def _import(source: Source, element: Element) -> tree.Import:
    """Without a name (DMN 1.1) it is called by the prefix of its namespace."""
    namespace = (element.get("namespace") or "").strip()
    name = element.get("name")
    if name is None:
        name = next((prefix for prefix, uri in element.nsmap.items() if uri == namespace and prefix), "")
    return tree.Import(place(element), " ".join(name.split()), namespace)


def _item(source: Source, element: Element, depth: int = 0) -> tree.ItemDefinition:
    if depth > MOST_NESTED:
        source.refuse(element, "dmn-too-deep", f"Types are nested more than {MOST_NESTED} deep. Give a part a name.")
    inner = () if depth > MOST_NESTED else tuple(source.children(element, "itemComponent"))
    function_item = source.child(element, "functionItem")
    return tree.ItemDefinition(
        place(element),
        name_of(element),
        source.type(element, source.text(element, "typeRef")),
        flag(element, "isCollection"),
        tests(source, source.child(element, "allowedValues")),
        tests(source, source.child(element, "typeConstraint")),
        tuple(_item(source, child, depth + 1) for child in inner),
        None if function_item is None else _function_item(source, function_item),
    )


def _function_item(source: Source, element: Element) -> tree.FunctionItem:
    parameters = tuple(variable(source, child) for child in source.children(element, "parameters"))
    return tree.FunctionItem(parameters, source.type(element, element.get("outputTypeRef") or ""))


def _variable(source: Source, element: Element) -> tree.Variable:
    """Without one (DMN 1.1) the value has the name of the element and any type."""
    found = source.child(element, "variable")
    name = name_of(element)
    if found is None:
        return tree.Variable(place(element), name, "")
    own = variable(source, found)
    return tree.Variable(own.place, own.name or name, own.type)


def _references(source: Source, element: Element, *path: str) -> tuple[tree.Reference, ...]:
    """The references in the children of these names, one inside of the other."""
    found = [element]
    for name in path:
        found = [child for parent in found for child in source.children(parent, name)]
    return tuple(source.reference(child) for child in found)


def _input_data(source: Source, element: Element) -> tree.InputData:
    return tree.InputData(place(element), name_of(element), _variable(source, element))


def _decision(source: Source, element: Element) -> tree.Decision:
    return tree.Decision(
        place(element),
        name_of(element),
        _variable(source, element),
        _references(source, element, "informationRequirement", "requiredDecision")
        + _references(source, element, "informationRequirement", "requiredInput"),
        _references(source, element, "knowledgeRequirement", "requiredKnowledge"),
        expression_in(source, element),
        _version_tag(element),
    )


def _knowledge(source: Source, element: Element) -> tree.Knowledge:
    logic = source.child(element, "encapsulatedLogic")
    return tree.Knowledge(
        place(element),
        name_of(element),
        _variable(source, element),
        _references(source, element, "knowledgeRequirement", "requiredKnowledge"),
        None if logic is None else function(source, logic),
    )


def _service(source: Source, element: Element) -> tree.Service:
    return tree.Service(
        place(element),
        name_of(element),
        _variable(source, element),
        _references(source, element, "outputDecision"),
        _references(source, element, "encapsulatedDecision"),
        _references(source, element, "inputDecision"),
        _references(source, element, "inputData"),
        _version_tag(element),
    )


def _version_tag(element: Element) -> str:
    """The name that a modeler gives to this version: an attribute in Camunda 7, an element in Camunda 8."""
    found = element.get(f"{{{CAMUNDA}}}versionTag")
    if found is None:
        tag = element.find(f"{{*}}extensionElements/{{{ZEEBE}}}versionTag")
        found = None if tag is None else tag.get("value")
    return (found or "").strip()


_NODES: dict[str, Callable[[Source, Element], tree.Node]] = {
    "inputData": _input_data,
    "decision": _decision,
    "businessKnowledgeModel": _knowledge,
    "decisionService": _service,
}
