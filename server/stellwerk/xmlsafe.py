"""Reading XML from strangers: no entities, no network, bounded size, depth, elements and attributes."""

from __future__ import annotations

from typing import cast

from lxml import etree

from stellwerk.errors import Problem

MAX_BYTES = 10_000_000
MAX_ELEMENTS = 20_000
MAX_ATTRIBUTES = 200  # of one element; reading them all takes time that grows with the square
MAX_DEPTH = 1_000  # of nested elements; nothing recurses along them, but libxml2 stops at 2,048
TOO_DEEP = f"The file is nested deeper than {MAX_DEPTH:,} elements. Make it flatter."


def parser(*, keep: bool = False) -> etree.XMLParser:
    """`keep`: comments and processing instructions too, for who writes the file again."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=True,  # else libxml2 stops at a depth of 256; size and depth are checked here
        remove_comments=not keep,
        remove_pis=not keep,
    )


def read_root(
    xml: bytes, filename: str, *, most_elements: int = MAX_ELEMENTS
) -> tuple[etree._Element | None, list[Problem]]:
    """The root element of an XML file, or None and why not."""
    if len(xml) > MAX_BYTES:
        return None, [
            _problem(filename, None, "xml-size", f"The file is larger than {MAX_BYTES // 1_000_000} MB. Split it.")
        ]
    try:
        root = etree.fromstring(xml, parser())
    except etree.XMLSyntaxError as error:
        return None, [_problem(filename, error.lineno or None, "xml", _unreadable(error))]
    except (ValueError, LookupError) as error:
        return None, [_problem(filename, None, "xml", f"The file cannot be read as XML: {error}. Save it as UTF-8.")]
    problem = _outside_limits(root, filename, most_elements)
    return (None, [problem]) if problem else (root, [])


def _unreadable(error: etree.XMLSyntaxError) -> str:
    what = " ".join(error.msg.split())
    if "Excessive depth" in what:
        return TOO_DEEP
    return f"The file is no well-formed XML: {what}. Export it again."


def _outside_limits(root: etree._Element, filename: str, most_elements: int) -> Problem | None:
    if root.getroottree().docinfo.internalDTD is not None:
        return _problem(filename, 1, "xml-doctype", "The file has a DOCTYPE. It is not needed: remove it.")
    depth = _first_too_deep(root)
    if depth is not None:
        return _problem(filename, line_of(depth), "xml-depth", TOO_DEEP)
    for count, element in enumerate(root.iter(), 1):
        if count > most_elements:
            text = f"The file has more than {most_elements} elements. Split it into several files."
            return _problem(filename, line_of(element), "xml-elements", text)
        if len(element.attrib) > MAX_ATTRIBUTES:
            text = f"An element has more than {MAX_ATTRIBUTES} attributes. Remove what no tool needs."
            return _problem(filename, line_of(element), "xml-attributes", text)
    return None


def _first_too_deep(root: etree._Element) -> etree._Element | None:
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            return cast(etree._Element, element)
    return None


def line_of(element: etree._Element) -> int | None:
    return cast("int | None", element.sourceline)


def _problem(filename: str, line: int | None, rule: str, message: str) -> Problem:
    return Problem(filename, line, None, None, rule, message)
