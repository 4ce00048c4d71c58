"""The modeler in a real browser, against answers that the test gives; test_modeler_server.py has the real server."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from stellwerk.engine import vocabulary

from .islands import Answer, Islands, Request
from .islands import page as island_page

HANDLER = {
    "topic": "charge-card",
    "description": "Charges the customer's card.",
    "parameters": [
        {"name": "order_id", "required": True, "schema": {"type": "string"}},
        {"name": "amount", "required": False, "schema": {"anyOf": [{"type": "number"}, {"type": "string"}]}},
    ],
}


class Server:
    """What the modeler's server would answer, and what it was asked."""

    def __init__(self, islands: Islands) -> None:
        self.islands = islands
        self.problems: list[dict[str, Any]] = []
        self.changes: list[dict[str, Any]] = []
        self.checked: list[str] = []
        self.deployed: list[str] = []
        self.drafts: dict[str, dict[str, Any]] = {}
        routes = islands.routes
        routes["GET", "/api/v1/vocabulary"] = lambda r: Answer({"vocabulary": vocabulary.as_json()})
        routes["GET", "/api/v1/handlers"] = lambda r: Answer({"items": [HANDLER]})
        routes["POST", "/api/v1/definitions/search"] = lambda r: Answer({"items": [{"key": "order", "name": "Order"}]})
        routes["POST", "/api/v1/deployments/check"] = self.check
        routes["POST", "/api/v1/deployments/compare"] = lambda r: Answer({"changes": self.changes})
        routes["POST", "/api/v1/deployments"] = self.deploy
        routes["POST", "/api/v1/expressions/check"] = lambda r: Answer({"message": None, "offset": None})
        routes["POST", "/api/v1/drafts"] = self.create
        self.open()

    def open(self, **config: Any) -> None:
        self.islands.pages["/modeler"] = island_page("modeler", config)

    def check(self, request: Request) -> Answer:
        self.checked.append(file_of(request))
        deployable = not any(p["severity"] == "error" for p in self.problems)
        return Answer({"deployable": deployable, "problems": self.problems, "variables": ["approved", "request"]})

    def deploy(self, request: Request) -> Answer:
        self.deployed.append(file_of(request))
        key = re.search(r'<bpmn:process id="([^"]+)"', self.deployed[-1])
        name = re.search(r'<bpmn:process [^>]*name="([^"]+)"', self.deployed[-1])
        assert key
        assert name
        version = {"id": "d1", "key": key[1], "name": name[1], "version": len(self.deployed)}
        return Answer({"id": "p1", "definitions": [version], "report": []}, 201)

    def create(self, request: Request) -> Answer:
        id = f"019ab3a4-0000-7000-8000-00000000000{len(self.drafts)}"
        self.drafts[id] = {**request.json, "version": 1, "id": id}
        self.islands.routes["PUT", f"/api/v1/drafts/{id}"] = lambda r: self.save(id, r)
        self.islands.routes["GET", f"/api/v1/drafts/{id}"] = lambda r: self.answer(id)
        return self.answer(id, 201)

    def save(self, id: str, request: Request) -> Answer:
        draft = self.drafts[id]
        if request.headers.get("if-match") != f'"{draft["version"]}"':
            return Answer({"title": "Changed", "detail": "Somebody saved.", "code": "changed-meanwhile"}, 412)
        draft.update(request.json, version=draft["version"] + 1)
        return self.answer(id)

    def answer(self, id: str, status: int = 200) -> Answer:
        draft = {"definitionKey": None, **self.drafts[id], "updatedAt": "2026-11-22T12:04:00+00:00"}
        return Answer(draft, status, headers={"ETag": f'"{draft["version"]}"'})


def file_of(request: Request) -> str:
    """The file in a multipart body."""
    return request.body.decode().split("\r\n\r\n", 1)[1].rsplit("\r\n--", 1)[0]


@pytest.fixture
def server(islands: Islands) -> Server:
    return Server(islands)


def open_modeler(tab: Page, server: Server, query: str = "") -> None:
    tab.goto(f"{server.islands.url}/modeler{query}")
    tab.wait_for_selector("[data-island=modeler]:not([aria-busy]) .djs-shape")


def pick(tab: Page, element: str) -> None:
    tab.evaluate(
        """(id) => { const m = document.querySelector('[data-island]').island.modeler;
        m.get('selection').select(m.get('elementRegistry').get(id)); }""",
        element,
    )
    expect(tab.locator(".md-panel [data-key=id]")).to_have_value(element)


def xml_of(tab: Page) -> str:
    return str(tab.evaluate("document.querySelector('[data-island]').island.xml()"))


def replaced(tab: Page, element: str, type: str, **more: Any) -> None:
    """Turn an element into another one, as the wrench menu does."""
    tab.evaluate(
        """([id, target]) => { const m = document.querySelector('[data-island]').island.modeler;
        m.get('bpmnReplace').replaceElement(m.get('elementRegistry').get(id), target); }""",
        [element, {"type": type, **more}],
    )


def undo(tab: Page) -> None:
    tab.get_by_role("button", name="Undo").click()


def test_a_new_diagram_is_a_small_process_that_can_be_executed(page: Page, server: Server, trouble: list[str]) -> None:
    open_modeler(page, server)
    assert page.locator(".djs-shape").count() >= 5
    xml = xml_of(page)
    assert 'isExecutable="true"' in xml
    assert "camunda:formField" in xml
    expect(page.get_by_text("No problems")).to_be_visible()
    assert trouble == []


def test_the_key_follows_the_name_in_one_step_of_undo(page: Page, server: Server) -> None:
    open_modeler(page, server)
    page.get_by_label("Name of the process").fill("Claim a refund")
    page.get_by_label("Name of the process").press("Enter")
    expect(page.locator(".md-key")).to_have_text("claim_a_refund")
    assert '<bpmn:process id="claim_a_refund" name="Claim a refund"' in xml_of(page)
    undo(page)
    expect(page.locator(".md-key")).to_have_text("new_process")
    assert 'name="New process"' in xml_of(page)


def test_the_key_stays_after_the_first_deployment(page: Page, server: Server) -> None:
    open_modeler(page, server)
    page.get_by_role("button", name="Deploy").click()
    page.get_by_role("button", name="Deploy New process").click()
    expect(page.get_by_text("Deployed: New process, version 1.")).to_be_visible()
    page.get_by_role("button", name="Draw on").click()
    expect(page.locator(".md-state")).to_have_text("Deployed as v1")
    page.get_by_label("Name of the process").fill("Other")
    page.get_by_label("Name of the process").press("Enter")
    expect(page.locator(".md-key")).to_have_text("new_process")


@pytest.mark.parametrize(
    ("element", "label", "value", "expected"),
    [
        ("decide", "Name", "Look at it", 'name="Look at it"'),
        ("decide", "Assignee", "${owner}", 'camunda:assignee="${owner}"'),
        ("decide", "Candidate groups", "boss, hr", 'camunda:candidateGroups="boss, hr"'),
        ("decide", "Due", "P2D", 'camunda:dueDate="P2D"'),
        ("decide", "Documentation", "Be fair.", "<bpmn:documentation>Be fair.</bpmn:documentation>"),
        ("yes", "Condition, variable", "ready", ">=ready = true</bpmn:conditionExpression>"),
    ],
)
def test_what_the_panel_changes_is_in_the_file_and_one_undo_takes_it_back(
    page: Page, server: Server, element: str, label: str, value: str, expected: str
) -> None:
    open_modeler(page, server)
    before = xml_of(page)
    pick(page, element)
    field = page.locator(".md-panel").get_by_label(label, exact=True)
    field.fill(value)
    field.blur()
    assert expected in xml_of(page)
    undo(page)
    # bpmn-js leaves an empty label where one was laid out anew.
    assert re.sub(r"\s*<bpmndi:BPMNLabel />", "", xml_of(page)) == before


def test_a_simple_condition_is_chosen_and_any_other_is_written(page: Page, server: Server) -> None:
    open_modeler(page, server)
    pick(page, "yes")
    panel = page.locator(".md-panel")
    panel.get_by_label("Condition, operator").select_option("is one of")
    panel.get_by_label("Condition, value").fill("gold, silver")
    panel.get_by_label("Condition, value").press("Enter")
    assert '>=approved in ("gold", "silver")</bpmn:conditionExpression>' in xml_of(page)
    panel.get_by_role("button", name="Write an expression").click()
    field = panel.get_by_label("Condition", exact=True)
    expect(field).to_have_value('=approved in ("gold", "silver")')
    expect(panel.locator(".mp-language")).to_have_text("FEEL")
    panel.get_by_role("button", name="Choose variable and value").click()
    expect(panel.get_by_label("Condition, value")).to_have_value("gold, silver")
    panel.get_by_role("button", name="Write an expression").click()
    field.fill("=approved or count > 3")
    field.press("Enter")
    assert ">=approved or count &gt; 3</bpmn:conditionExpression>" in xml_of(page)
    expect(panel.get_by_role("button", name="Choose variable and value")).to_have_count(0)
    field.fill("")
    field.press("Enter")
    assert "conditionExpression" not in xml_of(page)


def test_a_service_task_takes_its_topic_from_the_handlers_with_its_inputs(page: Page, server: Server) -> None:
    open_modeler(page, server)
    replaced(page, "decide", "bpmn:ServiceTask")
    page.locator(".md-panel").get_by_label("Topic").fill("charge-card")
    page.locator(".md-panel").get_by_label("Topic").press("Enter")
    expect(page.get_by_role("paragraph").filter(has_text="Charges the customer's card.")).to_be_visible()
    expect(page.get_by_text("Takes order_id: text, amount: number (optional).")).to_be_visible()
    page.get_by_role("button", name="Add its input").click()
    xml = xml_of(page)
    assert 'camunda:type="external" camunda:topic="charge-card"' in xml
    assert '<camunda:inputParameter name="order_id">=order_id</camunda:inputParameter>' in xml
    undo(page)
    undo(page)
    assert "camunda:topic" not in xml_of(page)
    assert "external" not in xml_of(page)


def test_a_call_activity_says_what_it_calls_and_what_it_passes(page: Page, server: Server) -> None:
    open_modeler(page, server)
    replaced(page, "decide", "bpmn:CallActivity")
    panel = page.locator(".md-panel")
    assert page.locator("#mp-processes option").evaluate_all("all => all.map(one => one.value)") == ["order"]
    panel.get_by_label("Called process", exact=True).fill("order")
    panel.get_by_label("Called process", exact=True).press("Enter")
    expect(panel.get_by_text("Calls “Order”.")).to_be_visible()
    expect(panel.get_by_label("Number of the version")).to_have_count(0)
    panel.get_by_label("Version", exact=True).select_option("version")
    panel.get_by_label("Number of the version").fill("3")
    panel.get_by_label("Number of the version").blur()
    passed_in = panel.get_by_role("group", name="Passed in")
    passed_in.get_by_role("button", name="Add a variable").click()
    panel.get_by_label("Passed in 1, source").fill("${amount * 2}")
    panel.get_by_label("Passed in 1, source").blur()
    panel.get_by_label("Passed in 1, target").fill("double")
    panel.get_by_label("Passed in 1, target").blur()
    passed_in.get_by_role("button", name="Pass a business key").click()
    panel.get_by_role("group", name="Passed back").get_by_role("button", name="Pass all variables").click()
    xml = xml_of(page)
    assert 'calledElement="order" camunda:calledElementBinding="version" camunda:calledElementVersion="3"' in xml
    assert '<camunda:in sourceExpression="${amount * 2}" target="double" />' in xml
    assert '<camunda:in businessKey="#{execution.processBusinessKey}" />' in xml
    assert '<camunda:out variables="all" />' in xml
    panel.get_by_label("Passed back 1, local").check()
    assert re.search(r'<camunda:out (variables="all" local="true"|local="true" variables="all") />', xml_of(page))
    undo(page)
    panel.get_by_role("button", name="Remove passed in 1").click()
    assert "sourceExpression" not in xml_of(page)
    undo(page)
    assert xml_of(page) == xml


def test_form_fields_are_added_changed_and_removed(page: Page, server: Server) -> None:
    open_modeler(page, server)
    pick(page, "decide")
    page.get_by_role("button", name="Add a field").click()
    page.get_by_label("Label of field 3").fill("Reason")
    page.get_by_label("Label of field 3").blur()
    page.get_by_label("Type of field 3").select_option("enum")
    page.get_by_label("Variable of field 3").fill("reason")
    page.get_by_label("Variable of field 3").blur()
    page.get_by_label("Choices of field 3").fill("late: Too late, broken")
    page.get_by_label("Choices of field 3").blur()
    page.get_by_label("required of field 3").check()
    page.get_by_role("button", name="Remove field 1").click()
    xml = xml_of(page)
    assert '<camunda:formField id="reason" label="Reason" type="enum">' in xml
    assert '<camunda:value id="late" name="Too late" />' in xml
    assert '<camunda:constraint name="required" />' in xml
    assert 'label="Request"' not in xml


def test_a_message_is_made_and_named_where_it_is_used(page: Page, server: Server) -> None:
    open_modeler(page, server)
    replaced(page, "decide", "bpmn:ReceiveTask")
    panel = page.locator(".md-panel")
    panel.get_by_label("Message", exact=True).select_option(label="New message…")
    panel.get_by_label("Message name").fill("Payment arrived")
    panel.get_by_label("Message name").press("Enter")
    xml = xml_of(page)
    id = re.search(r'<bpmn:message id="([^"]+)" name="Payment arrived"', xml)
    assert id
    assert f'messageRef="{id[1]}"' in xml


def test_a_timer_is_a_duration_a_date_or_a_cycle(page: Page, server: Server) -> None:
    open_modeler(page, server)
    replaced(page, "asked", "bpmn:StartEvent", eventDefinitionType="bpmn:TimerEventDefinition")
    panel = page.locator(".md-panel")
    panel.get_by_label("Time", exact=True).fill("PT1H")
    panel.get_by_label("Time", exact=True).press("Enter")
    assert ">PT1H</bpmn:timeDuration>" in xml_of(page)
    panel.get_by_label("When").select_option("timeCycle")
    panel.get_by_label("Time", exact=True).fill("R3/PT10M")
    panel.get_by_label("Time", exact=True).press("Enter")
    xml = xml_of(page)
    assert ">R3/PT10M</bpmn:timeCycle>" in xml
    assert "timeDuration" not in xml


def test_a_task_is_repeated_for_each_item(page: Page, server: Server) -> None:
    open_modeler(page, server)
    pick(page, "decide")
    panel = page.locator(".md-panel")
    panel.get_by_label("Repeat").select_option("sequential")
    panel.get_by_label("Collection").fill("reviewers")
    panel.get_by_label("Collection").press("Enter")
    assert '<bpmn:multiInstanceLoopCharacteristics isSequential="true" camunda:collection="reviewers" />' in xml_of(
        page
    )


def problem(element: str, severity: str = "error", message: str = "This is wrong.") -> dict[str, Any]:
    place = {"file": "diagram.bpmn", "line": 3, "elementId": element, "elementName": element}
    return {**place, "rule": "rule", "message": message, "severity": severity}


def test_the_servers_findings_stand_at_their_elements_and_the_list_leads_there(page: Page, server: Server) -> None:
    server.problems = [
        problem("decide", "warning", "Nobody can do this task."),
        problem("yes", message="No such name."),
    ]
    open_modeler(page, server)
    expect(page.locator(".md-mark")).to_have_count(2)
    page.get_by_text("1 error, 1 warning").click()
    page.get_by_role("button", name="Nobody can do this task. decide").click()
    expect(page.locator(".md-panel .mp-problem")).to_have_text("Nobody can do this task.")
    server.problems = []
    page.locator(".md-panel").get_by_label("Assignee").fill("ann")
    page.locator(".md-panel").get_by_label("Assignee").blur()
    expect(page.get_by_text("No problems")).to_be_visible()
    expect(page.locator(".md-mark")).to_have_count(0)
    assert 'camunda:assignee="ann"' in server.checked[-1]


def test_a_fix_is_done_by_its_button_and_taken_back_by_undo(page: Page, server: Server) -> None:
    fix = {"elementId": "decide", "property": "camunda:assignee", "value": "ann", "label": "Give it to Ann"}
    server.problems = [{**problem("decide"), "fix": fix}]
    open_modeler(page, server)
    page.get_by_text("1 error").click()
    server.problems = []
    page.get_by_role("button", name="Give it to Ann").click()
    expect(page.get_by_text("No problems")).to_be_visible()
    assert 'camunda:assignee="ann"' in server.checked[-1]
    undo(page)
    assert "camunda:assignee" not in xml_of(page)


def test_an_answer_that_a_later_question_has_overtaken_is_dropped(page: Page, server: Server) -> None:
    open_modeler(page, server)
    page.evaluate("""async () => {
        const { checker } = document.querySelector('[data-island]').island;
        const shown = []; checker.show = (problems) => shown.push(problems.map((p) => p.message));
        let first; const read = checker.read;
        checker.read = () => new Promise((resolve) => { first = resolve; });
        const slow = checker.now();
        checker.read = read;
        await checker.now();
        first(await read());
        await slow.catch(() => {});
        window.shown = shown;
    }""")
    assert page.evaluate("window.shown.length") == 1


def test_a_draft_is_saved_and_goes_on_under_its_address(page: Page, server: Server) -> None:
    open_modeler(page, server)
    page.get_by_label("Name of the process").fill("Refund")
    page.keyboard.press("Control+s")
    expect(page.locator(".md-state")).to_contain_text("Saved")
    (draft,) = server.drafts.values()
    assert draft["name"] == "Refund"
    assert f"?draft={draft['id']}" in page.url
    server.open(draftId=draft["id"])
    open_modeler(page, server)
    expect(page.get_by_label("Name of the process")).to_have_value("Refund")
    expect(page.locator(".md-state")).to_contain_text("Saved")


def test_when_two_save_the_same_draft_both_are_kept(page: Page, server: Server) -> None:
    open_modeler(page, server)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".md-state")).to_contain_text("Saved")
    (theirs,) = server.drafts.values()
    theirs.update(version=7, content=theirs["content"].replace("New process", "Theirs"))
    page.get_by_label("Name of the process").fill("Mine")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody else saved this draft meanwhile.")).to_be_visible()
    page.get_by_role("button", name="Save mine as a second draft").click()
    expect(page.locator(".md-state")).to_contain_text("Saved")
    assert sorted(d["name"] for d in server.drafts.values()) == ["Mine", "New process"]
    assert "Theirs" in theirs["content"]


def test_what_was_drawn_and_not_saved_is_offered_again(page: Page, server: Server) -> None:
    open_modeler(page, server)
    page.get_by_label("Name of the process").fill("Lost and found")
    page.get_by_label("Name of the process").press("Enter")
    page.wait_for_selector("[data-island][data-copy=new]")
    page.on("dialog", lambda dialog: dialog.accept())
    open_modeler(page, server)
    expect(page.get_by_label("Name of the process")).to_have_value("New process")
    page.get_by_role("button", name="Restore them").click()
    expect(page.get_by_label("Name of the process")).to_have_value("Lost and found")


FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:own="http://example.com/own"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">
  <process id="foreign" name="Foreign" isExecutable="true">
    <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>
    <userTask id="t" name="Look" own:colour="blue"><extensionElements><own:thing key="a"><own:inner>text</own:inner>
      </own:thing>      <camunda:taskListener event="create" class="x.Y"/></extensionElements>
      <multiInstanceLoopCharacteristics><loopDataInputRef>items</loopDataInputRef></multiInstanceLoopCharacteristics></userTask>
  </process></definitions>"""


def give(tab: Page, name: str, text: str) -> None:
    with tab.expect_file_chooser() as chooser:
        tab.get_by_role("button", name="Open file").click()
    chooser.value.set_files({"name": name, "mimeType": "application/xml", "buffer": text.encode()})


def test_a_file_of_another_tool_is_laid_out_and_keeps_what_nobody_here_knows(page: Page, server: Server) -> None:
    open_modeler(page, server)
    give(page, "foreign.bpmn", FOREIGN)
    expect(page.get_by_text("foreign.bpmn is open.")).to_be_visible()
    expect(page.locator(".djs-shape[data-element-id=t]")).to_be_visible()
    pick(page, "t")
    page.locator(".md-panel").get_by_label("Due").fill("P1D")
    page.locator(".md-panel").get_by_label("Due").blur()
    xml = xml_of(page)
    for kept in ('own:colour="blue"', 'own:thing key="a"', "text</own:inner>", 'class="x.Y"', "items<", "P1D"):
        assert kept in xml, kept


def test_a_file_that_cannot_be_read_changes_nothing(page: Page, server: Server) -> None:
    open_modeler(page, server)
    before = xml_of(page)
    give(page, "broken.bpmn", "<definitions><process")
    expect(page.get_by_text("broken.bpmn cannot be opened; what was here is unchanged.")).to_be_visible()
    assert xml_of(page) == before


@pytest.mark.parametrize(
    ("kind", "magic"), [("BPMN file", b"<?xml"), ("SVG picture", b"<?xml"), ("PNG picture", b"\x89PNG")]
)
def test_the_diagram_is_downloaded(page: Page, server: Server, kind: str, magic: bytes) -> None:
    open_modeler(page, server)
    page.get_by_text("Download", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=kind).click()
    data = download.value.path().read_bytes()
    assert data.startswith(magic)
    assert b"var(--" not in data
    assert download.value.suggested_filename.startswith("new_process.")


def test_the_menu_of_an_element_offers_what_can_be_run(page: Page, server: Server) -> None:
    open_modeler(page, server)
    pick(page, "decide")
    page.locator("[data-action=replace]").click()
    ids = page.locator(".djs-popup [data-id]").evaluate_all("items => items.map(i => i.dataset.id)")
    assert {"replace-with-service-task", "replace-with-call-activity", "replace-with-rule-task"} <= set(ids)


def test_a_diagram_with_errors_is_not_deployed(page: Page, server: Server) -> None:
    server.problems = [problem("decide", message="The condition cannot be read.")]
    open_modeler(page, server)
    page.get_by_role("button", name="Deploy").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text("cannot be deployed yet")).to_be_visible()
    expect(sheet.get_by_text("The condition cannot be read.")).to_be_visible()
    sheet.get_by_role("button", name="Back to the diagram").click()
    assert server.deployed == []


def test_the_drawing_is_not_under_the_palette(page: Page, server: Server) -> None:
    open_modeler(page, server)
    give(page, "wide.bpmn", FOREIGN)
    expect(page.locator(".djs-shape[data-element-id=t]")).to_be_visible()
    page.set_viewport_size({"width": 760, "height": 700})
    page.get_by_role("button", name="Show all").click()
    palette, start, last = (
        page.locator(selector).bounding_box()
        for selector in (".djs-palette", "[data-element-id=s] .djs-visual", "[data-element-id=t] .djs-visual")
    )
    canvas = page.locator(".md-canvas").bounding_box()
    assert palette and start and last and canvas  # noqa: PT018
    assert start["x"] > palette["x"] + palette["width"]
    assert last["x"] + last["width"] < canvas["x"] + canvas["width"]


def test_the_watermark_is_not_covered(page: Page, server: Server) -> None:
    server.problems = [problem("decide")]
    open_modeler(page, server)
    page.locator(".md-problems summary").click()
    mark = page.locator(".bjs-powered-by")
    expect(mark).to_be_visible()
    assert mark.evaluate("""e => { const b = e.getBoundingClientRect();
        return e.contains(document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2)); }""")


def test_nothing_is_refused_by_the_content_security_policy(page: Page, server: Server, trouble: list[str]) -> None:
    open_modeler(page, server)
    pick(page, "decide")
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    page.locator(".djs-minimap .toggle").click()
    replaced(page, "decide", "bpmn:ScriptTask")
    assert json.dumps(trouble) == "[]"
