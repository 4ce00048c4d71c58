"""The root of a BPMN file."""

from __future__ import annotations

from lxml import etree

from stellwerk.engine.vocabulary import BPMN
from stellwerk.errors import Problem
from stellwerk.xmlsafe import line_of, read_root


def read_xml(xml: bytes, filename: str) -> tuple[etree._Element | None, list[Problem]]:
    """The root element of a BPMN file, or None and why not."""
    root, problems = read_root(xml, filename)
    if root is None or root.tag == f"{{{BPMN}}}definitions":
        return root, problems
    message = (
        f"The root element is '{etree.QName(root).localname}'. A BPMN 2.0 file begins with 'definitions' "
        f"in the namespace {BPMN}."
    )
    return None, [Problem(filename, line_of(root), None, None, "not-bpmn", message)]
