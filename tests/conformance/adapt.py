"""Rewrites the neutral vocabulary of the corpora into ours before deployment: the same way for every file.

| neutral (`urn:engine-neutral:conformance`)        | ours                                              |
|---|---|
| `handler="x"` on a service, send or rule task     | `camunda:type="external" camunda:topic="x"`       |
| a service task without any implementation         | the topic `noop`                                  |
| `collection`, `elementVariable`                   | the `camunda:` attributes of the same name        |
| `<in/out source\\|sourceExpression target/>`       | `<camunda:in/out .../>`                           |
"""

from __future__ import annotations

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
NEUTRAL = "urn:engine-neutral:conformance"
NOOP = "noop"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def parse(xml: bytes) -> etree._Element:
    """The root element, parsed as any untrusted upload."""
    return etree.fromstring(xml, PARSER)


def adapt(xml: bytes) -> bytes:
    """The file in our vocabulary; unchanged, byte for byte, if it needs nothing."""
    try:
        root = parse(xml)
    except etree.XMLSyntaxError:
        return xml  # the product must say what is wrong with it
    changed = [_adapt_element(element) for element in root.iter(etree.Element)]
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") if any(changed) else xml


def topics(xml: bytes) -> set[str]:
    """The topics that an adapted file asks for."""
    found = (element.get(f"{{{CAMUNDA}}}topic") for element in parse(xml).iter(etree.Element))
    return {topic for topic in found if topic}


def _adapt_element(element: etree._Element) -> bool:
    name = etree.QName(element)
    neutral = {str(key): str(value) for key, value in element.items() if str(key).startswith(f"{{{NEUTRAL}}}")}
    for key, value in neutral.items():
        del element.attrib[key]
        local = etree.QName(key).localname
        if local == "handler":
            _set_topic(element, value)
        else:
            element.set(f"{{{CAMUNDA}}}{local}", value)
    if name.namespace == NEUTRAL:
        element.tag = f"{{{CAMUNDA}}}{name.localname}"
        return True
    if name.namespace == BPMN and name.localname == "serviceTask" and not neutral and not _implemented(element):
        _set_topic(element, NOOP)
        return True
    return bool(neutral)


def _implemented(task: etree._Element) -> bool:
    return any(etree.QName(key).namespace for key in task.attrib)


def _set_topic(task: etree._Element, topic: str) -> None:
    task.set(f"{{{CAMUNDA}}}type", "external")
    task.set(f"{{{CAMUNDA}}}topic", topic)
