"""What the panel edits beside attributes: data, correlation, events of loops, and what a file declares."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from .islands import Islands
from .test_modeler import Server, open_modeler, pick, problem, replaced, undo, xml_of


@pytest.fixture
def server(islands: Islands) -> Server:
    return Server(islands)


@pytest.fixture
def panel(page: Page, server: Server) -> Locator:
    open_modeler(page, server)
    return page.locator(".md-panel")


def draw(tab: Page, code: str) -> Any:
    """Run code with bpmn-js's services at hand."""
    return tab.evaluate(
        """(code) => { const m = document.querySelector('[data-island]').island.modeler;
        const [modeling, factory, registry, canvas] = ['modeling', 'elementFactory', 'elementRegistry', 'canvas']
          .map((name) => m.get(name));
        const run = new Function('modeling', 'factory', 'registry', 'canvas', code);
        return run(modeling, factory, registry, canvas); }""",
        code,
    )


def put(field: Locator, text: str) -> None:
    field.fill(text)
    field.blur()


def keyed(panel: Locator, key: str) -> Locator:
    """The field with this key, in whatever part of the element."""
    return panel.locator(f"[data-key$='{key}']")


def nothing_selected(tab: Page) -> None:
    tab.evaluate("document.querySelector('[data-island]').island.modeler.get('selection').select([])")


def test_a_data_object_is_a_variable_with_a_state_and_a_type(page: Page, panel: Locator) -> None:
    id = draw(
        page,
        """const shape = factory.createShape({ type: 'bpmn:DataObjectReference' });
        return modeling.createShape(shape, { x: 340, y: 380 }, canvas.getRootElement()).id;""",
    )
    pick(page, id)
    put(panel.get_by_label("Variable", exact=True), "order")
    put(panel.get_by_label("State", exact=True), "paid")
    panel.get_by_label("Collection", exact=True).check()
    panel.get_by_label("Item definition", exact=True).select_option(label="New item definition…")
    xml = xml_of(page)
    assert re.search(r'<bpmn:dataObject id="\w+" name="order" itemSubjectRef="\w+" isCollection="true" />', xml)
    assert re.search(r'<bpmn:dataState (id="\w+" )?name="paid" />', xml)
    assert 'structureRef="xsd:string"' in xml


def test_a_drawn_association_carries_data_through_an_input(page: Page, panel: Locator) -> None:
    id = draw(
        page,
        """const shape = factory.createShape({ type: 'bpmn:DataObjectReference' });
        const order = modeling.createShape(shape, { x: 340, y: 380 }, canvas.getRootElement());
        modeling.updateProperties(order, { name: 'Order' });
        return modeling.connect(order, registry.get('decide')).id;""",
    )
    pick(page, id)
    panel.get_by_label("Into", exact=True).select_option(label="New data input…")
    input = re.search(r'<bpmn:dataInput id="(\w+)" name="order" />', xml_of(page))
    assert input
    assert f"<bpmn:dataInputRefs>{input[1]}</bpmn:dataInputRefs>" in xml_of(page)
    assert f"<bpmn:targetRef>{input[1]}</bpmn:targetRef>" in xml_of(page)
    put(panel.get_by_label("Transformation", exact=True), "order.total * 2")
    panel.get_by_role("button", name="Add an assignment").click()
    expect(panel.get_by_label("Value", exact=True)).to_be_focused()
    put(panel.get_by_label("Value", exact=True), "1")
    put(keyed(panel, "assignment-0-to"), "order.count")
    xml = xml_of(page)
    for text in (">order.total * 2</bpmn:transformation>", ">1</bpmn:from>", ">order.count</bpmn:to>"):
        assert text in xml
    assert xml.count("tFormalExpression") == 3  # a transformation is formal by the schema

    pick(page, "decide")
    panel.locator("summary", has_text="order").click()
    panel.get_by_label("Optional").check()
    assert f"<bpmn:optionalInputRefs>{input[1]}</bpmn:optionalInputRefs>" in xml_of(page)
    panel.get_by_role("button", name="Remove data input order").click()
    assert input[1] not in xml_of(page)
    assert "ioSpecification" not in xml_of(page)


def test_a_conversation_is_correlated_by_keys_of_the_collaboration(page: Page, panel: Locator) -> None:
    pools = draw(
        page,
        """const put = (x, y, parent) => modeling.createShape(factory.createParticipantShape(), { x, y }, parent).id;
        return [put(500, 250, canvas.getRootElement()), put(500, 650, canvas.getRootElement())];""",
    )
    nothing_selected(page)
    expect(panel.get_by_role("heading")).to_have_text("Collaboration")
    panel.get_by_role("button", name="Add a message").click()
    expect(panel.get_by_label("Name", exact=True).last).to_be_focused()
    put(panel.get_by_label("Name", exact=True).last, "Paid")
    panel.get_by_role("button", name="Add a correlation property").click()
    put(keyed(panel, "correlationProperty-0-name"), "orderId")
    keyed(panel, "correlationProperty-0-correlationPropertyRetrievalExpression-add").click()
    read = "correlationProperty-0-correlationPropertyRetrievalExpression-0-"
    keyed(panel, f"{read}messageRef").select_option(label="Paid")
    put(keyed(panel, f"{read}messagePath"), "order.id")
    panel.get_by_role("button", name="Add a correlation key").click()
    put(keyed(panel, "correlationKey-0-name"), "order")
    panel.get_by_label("orderId", exact=True).check()

    pick(page, pools[1])
    panel.get_by_role("button", name="Add a key").click()
    panel.get_by_label("Key", exact=True).select_option(label="order")
    panel.get_by_role("button", name="Add a property", exact=True).first.click()
    panel.get_by_label("Property", exact=True).select_option(label="orderId")
    put(panel.get_by_label("Value", exact=True), "order.id")
    xml = xml_of(page)
    key = re.search(r'<bpmn:correlationKey id="(\w+)" name="order">', xml)
    assert key
    assert f'correlationKeyRef="{key[1]}"' in xml
    assert ">order.id</bpmn:messagePath>" in xml
    assert ">order.id</bpmn:dataPath>" in xml
    assert re.search(r"<bpmn:correlationPropertyRef>\w+</bpmn:correlationPropertyRef>", xml)


def test_what_is_removed_from_the_file_is_named_nowhere_any_more(page: Page, panel: Locator) -> None:
    replaced(page, "decide", "bpmn:ReceiveTask")
    panel.get_by_label("Message", exact=True).select_option(label="New message…")
    nothing_selected(page)
    expect(panel.get_by_text("used once")).to_be_visible()
    before = xml_of(page)
    panel.get_by_role("button", name="Remove message Message 1").click()
    assert "messageRef" not in xml_of(page)
    assert "<bpmn:message " not in xml_of(page)
    undo(page)
    assert xml_of(page) == before


def test_a_loop_throws_events_and_collects_results(page: Page, panel: Locator) -> None:
    pick(page, "decide")
    panel.get_by_label("Repeat").select_option("parallel")
    put(panel.get_by_label("Collection", exact=True), "orders")
    put(panel.get_by_label("Results", exact=True), "answers")
    put(panel.get_by_label("Result of one", exact=True), "answer")
    expect(panel.get_by_label("Event after each")).to_have_count(0)
    panel.get_by_label("Behaviour").select_option("None")
    panel.get_by_label("Event after each").select_option(label="New signal…")
    panel.get_by_label("Signal", exact=True).select_option(label="New signal…")
    xml = xml_of(page)
    event = re.search(r'<bpmn:signalEventDefinition id="(\w+)" signalRef="\w+" />', xml)
    assert event
    assert f'noneBehaviorEventRef="{event[1]}"' in xml
    assert "<bpmn:loopDataOutputRef>answers</bpmn:loopDataOutputRef>" in xml
    assert re.search(r'<bpmn:outputDataItem id="\w+" name="answer" />', xml)
    panel.get_by_label("Behaviour").select_option("Complex")
    expect(panel.get_by_label("Event after each")).to_have_count(0)
    panel.get_by_role("button", name="Add an event").click()
    put(keyed(panel, "complexBehaviorDefinition-0-condition-variable"), "answer")
    put(keyed(panel, "complexBehaviorDefinition-0-condition-value"), "1")
    panel.get_by_label("Event", exact=True).select_option("escalation")
    panel.get_by_label("Escalation", exact=True).select_option(label="New escalation…")
    xml = xml_of(page)

    assert ">=answer = 1</bpmn:condition>" in xml
    assert re.search(r'<bpmn:escalationEventDefinition id="\w+" escalationRef="\w+" />\s*</bpmn:event>', xml)


def test_links_have_names_and_nothing_without_effect_is_shown(page: Page, panel: Locator) -> None:
    ids = draw(
        page,
        """const put = (properties, host, at) => modeling.createShape(factory.createShape(properties), at, host,
          host === canvas.getRootElement() ? {} : { attach: true }).id;
        const kind = (name) => `bpmn:${name}EventDefinition`;
        const link = { type: 'bpmn:IntermediateThrowEvent', eventDefinitionType: kind('Link') };
        const undo = { type: 'bpmn:BoundaryEvent', eventDefinitionType: kind('Compensate') };
        const task = registry.get('decide');
        return [put(link, canvas.getRootElement(), { x: 700, y: 400 }), put(undo, task, { x: task.x, y: task.y })];""",
    )
    pick(page, ids[0])
    put(panel.get_by_label("Link name"), "Onwards")
    assert re.search(r'<bpmn:linkEventDefinition id="\w+" name="Onwards"', xml_of(page))
    pick(page, ids[1])
    for label in ("Interrupts", "All events", "Activity", "Waits", "Data outputs"):
        expect(panel.get_by_text(label, exact=True)).to_have_count(0)
    pick(page, "asked")
    expect(panel.get_by_text("Interrupts", exact=True)).to_have_count(0)


GLOBAL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
  <globalScriptTask id="count" name="Count"><script>n = 1</script></globalScriptTask>
  <process id="caller" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="c"/>
    <callActivity id="c" calledElement="count"/></process></definitions>"""


def test_what_is_typed_is_kept_when_a_button_is_pressed_next(page: Page, panel: Locator) -> None:
    pick(page, "decide")
    panel.get_by_label("Label of field 1").fill("Wish")
    panel.get_by_role("button", name="Add a field").click()
    expect(panel.get_by_label("Label of field 3")).to_be_visible()
    panel.get_by_label("Label of field 3").fill("Amount")
    panel.get_by_label("Type of field 3").click()
    panel.get_by_label("Type of field 3").select_option("double")
    panel.get_by_label("required of field 3").check()
    xml = xml_of(page)
    assert 'label="Wish"' in xml
    assert 'id="amount" label="Amount" type="double"' in xml
    assert '<camunda:constraint name="required" />' in xml.partition('id="amount"')[2]


def test_global_tasks_of_a_file_are_kept_and_edited(page: Page, panel: Locator) -> None:
    page.evaluate("xml => document.querySelector('[data-island]').island.load(xml)", GLOBAL)
    panel.locator("summary", has_text="Count").click()
    put(panel.get_by_label("Script", exact=True), "n = 2")

    assert re.search(r'<(bpmn:)?globalScriptTask id="count" name="Count">\s*<(bpmn:)?script>n = 2<', xml_of(page))


CONVERSATION = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
  <message id="m" name="Paid"/><correlationProperty id="p" name="orderId">
    <correlationPropertyRetrievalExpression messageRef="m"><messagePath>order</messagePath>
    </correlationPropertyRetrievalExpression></correlationProperty>
  <collaboration id="c"><participant id="pool" processRef="shop"/>
    <correlationKey id="k" name="order"><correlationPropertyRef>p</correlationPropertyRef></correlationKey>
  </collaboration>
  <process id="shop" isExecutable="true"><correlationSubscription id="cs" correlationKeyRef="k">
      <correlationPropertyBinding correlationPropertyRef="p"><dataPath>number</dataPath></correlationPropertyBinding>
    </correlationSubscription><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>
    <task id="t"><multiInstanceLoopCharacteristics behavior="Complex"><loopCardinality>2</loopCardinality>
      <complexBehaviorDefinition><condition>enough</condition><event><signalEventDefinition id="e"/></event>
      </complexBehaviorDefinition></multiInstanceLoopCharacteristics></task></process></definitions>"""


def test_nothing_of_a_conversation_or_of_the_events_of_a_loop_is_lost_by_opening(page: Page, panel: Locator) -> None:
    page.evaluate("xml => document.querySelector('[data-island]').island.load(xml)", CONVERSATION)
    xml = re.sub(r">\s+<", "><", xml_of(page))
    for kept in (
        "<messagePath>order</messagePath>",
        "<dataPath>number</dataPath>",
        "<condition>enough</condition>",
        '<event><signalEventDefinition id="e" /></event>',
    ):
        assert kept in xml


def test_a_finding_at_what_is_not_drawn_leads_to_its_element_and_names_kinds(
    page: Page, server: Server, panel: Locator
) -> None:
    replaced(page, "asked", "bpmn:StartEvent", eventDefinitionType="bpmn:MessageEventDefinition")
    event = page.evaluate(
        """() => { const m = document.querySelector('[data-island]').island.modeler;
        return m.get('elementRegistry').get('asked').businessObject.eventDefinitions[0].id; }"""
    )
    server.problems = [problem(event, message="It names no message.")]
    replaced(page, "decide", "bpmn:ReceiveTask")
    expect(page.locator(".md-mark")).to_have_count(1)
    page.get_by_text("1 error").click()
    page.get_by_role("button", name="It names no message.").first.click()
    expect(panel.locator("[data-key=id]")).to_have_value("asked")
    expect(panel.locator(".mp-problem")).to_have_text("It names no message.")
