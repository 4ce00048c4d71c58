"""What changes between two versions of a process, by the ids of what people draw and declare; not where it lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stellwerk.engine import vocabulary
from stellwerk.engine.diagram.diagram import XML
from stellwerk.engine.diagram.normalise import local_name
from stellwerk.engine.diagram.xmlfile import read_xml

_DRAWN = ("dataObject", "dataObjectReference", "dataStoreReference", "lane", "process")
_BESIDE = ("collaboration", "category", "import", "extension", "relationship")  # drawings, or no part of a process
_UNSAID = ("incoming", "outgoing")  # the flows themselves say it
_TYPE = f"{{{vocabulary.XSI}}}type"
_Line = tuple[int, str, tuple[tuple[str, str], ...], str]


@dataclass(frozen=True)
class Difference:
    """An element of which one version differs from the other. `name` is its id where it has no name."""

    id: str
    name: str
    tag: str


@dataclass(frozen=True)
class Comparison:
    """What the newer version adds, leaves out and has otherwise, in the order of the files."""

    added: tuple[Difference, ...]
    removed: tuple[Difference, ...]
    changed: tuple[Difference, ...]


def compare(old: bytes, new: bytes, key: str) -> Comparison:
    """Both are files that hold the process `key`. Linear in their size; a file that cannot be read holds nothing."""
    before, after = _elements(old, key), _elements(new, key)
    return Comparison(
        added=tuple(what for id, (what, _) in after.items() if id not in before),
        removed=tuple(what for id, (what, _) in before.items() if id not in after),
        changed=tuple(what for id, (what, lines) in after.items() if id in before and before[id][1] != lines),
    )


def _elements(xml: bytes, key: str) -> dict[str, tuple[Difference, list[_Line]]]:
    """By id: each element that people know, and the lines that say all about it but what stands inside on its own."""
    root, _ = read_xml(xml, "")
    found: dict[str, tuple[Difference, list[_Line]]] = {}
    owners: dict[XML, tuple[str, int]] = {}
    for element in _read(root, key) if root is not None else ():
        parent = element.getparent()
        owner, depth = owners.get(parent, ("", 0)) if parent is not None else ("", 0)
        if _stands_alone(element):
            owner, depth = element.get("id", ""), 0
            found[owner] = (Difference(owner, element.get("name") or owner, local_name(element)), [])
        owners[element] = (owner, depth + 1)
        if owner in found and local_name(element) not in _UNSAID:
            found[owner][1].append(_line(element, depth))
    return found


def _read(root: XML, key: str) -> Iterator[XML]:
    """The elements of the process, and of what the file declares beside its processes."""
    for part in root:
        if not isinstance(part.tag, str) or not part.tag.startswith(f"{{{vocabulary.BPMN}}}"):
            continue
        name = local_name(part)
        if name not in _BESIDE and (name != "process" or part.get("id") == key):
            yield from (element for element in part.iter() if isinstance(element.tag, str))


def _stands_alone(element: XML) -> bool:
    tag = vocabulary.prefixed(str(element.tag))
    row = vocabulary.element(tag)
    parent = element.getparent()
    if not element.get("id") or parent is None:
        return False
    return local_name(parent) == "definitions" or tag in _DRAWN or (row is not None and row.kind in ("node", "flow"))


def _line(element: XML, depth: int) -> _Line:
    """What one element says by itself. Inner ids are made up by modelers and told apart by nobody."""
    attributes = {str(name): str(value) for name, value in element.attrib.items() if depth == 0 or name != "id"}
    if _TYPE in attributes:  # the prefix is the file's own
        attributes[_TYPE] = attributes[_TYPE].rpartition(":")[2]
    return depth, str(element.tag), tuple(sorted(attributes.items())), (element.text or "").strip()
