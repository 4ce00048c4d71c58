"""Small questions to elements of a DMN file, and the problems that are found on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from lxml import etree

from stellwerk.errors import Problem
from stellwerk.xmlsafe import line_of

from .tree import Place, Reference
from .versions import SINCE, Version

Element = etree._Element


class Source:
    """The file that is read: its version, its problems."""

    def __init__(self, file: str, version: Version) -> None:
        self.file = file
        self.version = version
        self.problems: list[Problem] = []

    def refuse(self, element: Element, rule: str, message: str) -> None:
        """A problem at an element; it is told with the name of the nearest element around it that has one."""
        id = element.get("id")
        named: Element | None = element
        while named is not None and named.get("name") is None:
            named = named.getparent()
        name = None if named is None else named.get("name")
        self.problems.append(Problem(self.file, line_of(element), id, name, rule, message))

    def children(self, element: Element, name: str = "") -> Iterator[Element]:
        """Those in the namespace of the file's version; all, or those of one name."""
        prefix = f"{{{self.version.model}}}"
        for child in element:
            tag = child.tag
            if tag.startswith(prefix) and name in ("", tag[len(prefix) :]) and self._is_known(child):
                yield child

    def child(self, element: Element, name: str) -> Element | None:
        return next(self.children(element, name), None)

    def _is_known(self, element: Element) -> bool:
        since = SINCE.get(local(element))
        if since is None or self.version.number >= since:
            return True
        text = f"'{local(element)}' came with DMN {since[0]}.{since[1]}, and this file says that it is {self.version}."
        self.refuse(element, "dmn-version", f"{text} Give the file the namespace of the later version.")
        return False

    def text(self, element: Element, name: str = "text") -> str:
        """What stands in the child of this name, or ""."""
        child = self.child(element, name)
        return "" if child is None else "".join(cast("Iterator[str]", child.itertext()))

    def type(self, element: Element, written: str | None = None) -> str:
        """The typeRef of an element as the name of a type: `number`, `tPerson`, `other.tPerson`; or ""."""
        found = (element.get("typeRef") or "" if written is None else written).strip()
        prefix, colon, name = found.partition(":")
        if not colon:
            return found
        namespace = element.nsmap.get(prefix)
        if namespace is None:
            return found
        if namespace in (self.version.feel, element.getroottree().getroot().get("namespace")):
            return name
        return f"{{{namespace}}}{name}"

    def language(self, element: Element) -> str:
        """That of the nearest element which names one, up to the file itself (6.3.1, 7.3.1); or ""."""
        at: Element | None = element
        while at is not None:
            named = (at.get("expressionLanguage") or "").strip()
            if named:
                return named
            at = at.getparent()
        return ""

    def reference(self, element: Element) -> Reference:
        namespace, _, id = (element.get("href") or "").strip().rpartition("#")
        own = element.getroottree().getroot().get("namespace")
        return Reference(place(element), "" if namespace == own else namespace, id)


def local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def name_of(element: Element, attribute: str = "name") -> str:
    """Without spaces around it, and one between its words (10.3.1.4)."""
    return " ".join((element.get(attribute) or "").split())


def place(element: Element) -> Place:
    return Place(element.get("id") or "", line_of(element))


def flag(element: Element, name: str) -> bool:
    return (element.get(name) or "").strip() in ("true", "1")
