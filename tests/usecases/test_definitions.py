"""Deploying: all or nothing, no version twice, and which version takes new starts."""

from __future__ import annotations

import json

import pytest
from tests.installation import ADMIN, ALL, Installation, bpmn, flow
from tests.usecases.test_step import rows

from stellwerk.errors import InvalidDefinition, NotPermitted, Problem, TooLarge
from stellwerk.store.definitions import DefinitionFilter, list_definitions
from stellwerk.store.records import DefinitionRecord
from stellwerk.usecases import definitions, samples
from stellwerk.usecases.access import Principal

FORM = json.dumps({"type": "default", "id": "ask", "schemaVersion": 18, "components": []})


def process(key: str = "p", name: str = "end", start: str = "", task: str = "") -> str:
    body = f'<bpmn:startEvent id="start" {start}/><bpmn:userTask id="u" {task}/><bpmn:endEvent id="{name}"/>'
    return bpmn(key, body + flow("start", "u", name))


def listed(home: Installation, **wanted: object) -> list[DefinitionRecord]:
    with home.rt.database.reading() as tx:
        return list(list_definitions(tx, DefinitionFilter(**wanted), ALL).items)  # type: ignore[arg-type]


def refused(home: Installation, *files: tuple[str, bytes]) -> list[Problem]:
    before = rows(home)
    with pytest.raises(InvalidDefinition) as error:
        definitions.deploy(home.rt, ADMIN, files)
    assert rows(home) == before
    return list(error.value.problems)


def test_a_deployment_makes_versions_and_the_last_one_takes_new_starts(home: Installation) -> None:
    first = home.deploy(process())
    second = home.deploy(process(name="other"))
    assert [d.version for d in (*first.definitions, *second.definitions)] == [1, 2]
    assert [(d.version, d.takes_starts) for d in listed(home)] == [(2, True), (1, False)]
    assert [d.version for d in listed(home, latest=True)] == [2]


def test_the_same_content_makes_no_new_version(home: Installation) -> None:
    first = home.deploy(process(), forms={"ask.form": FORM})
    before = rows(home)
    again = home.deploy(process(), forms={"ask.form": FORM})
    assert rows(home) == before
    assert again.id == first.id
    assert [d.id for d in again.definitions] == [d.id for d in first.definitions]
    assert home.deploy(forms={"ask.form": FORM}).id == first.id


def test_only_what_changed_gets_a_new_version(home: Installation) -> None:
    home.deploy(process("a"), process("b"))
    again = home.deploy(process("a"), process("b", name="changed"))
    assert [(d.key, d.version) for d in again.definitions] == [("a", 1), ("b", 2)]


def test_versions_are_activated_and_stopped(home: Installation) -> None:
    one = home.deploy(process()).definitions[0].id
    two = home.deploy(process(name="other")).definitions[0].id
    definitions.deactivate(home.rt, ADMIN, two)
    assert [(d.version, d.state, d.takes_starts) for d in listed(home)] == [
        (2, "inactive", False),
        (1, "active", True),
    ]
    definitions.activate(home.rt, ADMIN, two)
    assert [d.id for d in listed(home, takes_starts=True)] == [two]
    definitions.activate(home.rt, ADMIN, one)
    assert [d.id for d in listed(home, takes_starts=True)] == [one]
    definitions.deactivate(home.rt, ADMIN, one)
    definitions.deactivate(home.rt, ADMIN, two)
    assert listed(home, takes_starts=True) == []


def test_deploying_what_was_stopped_activates_it(home: Installation) -> None:
    id = home.deploy(process()).definitions[0].id
    definitions.deactivate(home.rt, ADMIN, id)
    assert home.deploy(process()).definitions[0].takes_starts


def test_one_file_with_an_error_refuses_all(home: Installation) -> None:
    problems = refused(home, ("good.bpmn", process().encode()), ("bad.bpmn", b"<nonsense"))
    assert {p.file for p in problems if p.severity == "error"} == {"bad.bpmn"}


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("d.dmn", b"<definitions/>", "not-dmn"),
        ("d.txt", b"hello", "file-kind"),
        ("f.form", b"{", "form-json"),
        ("f.form", b"[1]", "form-shape"),
        ("", b"", "file-name"),
    ],
)
def test_files_that_cannot_be_used_are_refused_by_name(
    home: Installation, name: str, content: bytes, rule: str
) -> None:
    assert rule in {problem.rule for problem in refused(home, (name, content))}


def test_no_files_two_of_one_name_and_one_key_twice_are_refused(home: Installation) -> None:
    assert refused(home)[0].rule == "files"
    assert "file-name" in {p.rule for p in refused(home, ("a.form", FORM.encode()), ("a.form", FORM.encode()))}
    twice = refused(home, ("a.bpmn", process().encode()), ("b.bpmn", process(name="other").encode()))
    assert "process-id" in {p.rule for p in twice}


def test_ids_that_are_too_long_are_refused(home: Installation) -> None:
    for xml in (process("k" * 256), process(name="e" * 256)):
        assert "id-length" in {p.rule for p in refused(home, ("p.bpmn", xml.encode()))}


def test_a_file_beyond_the_limit_is_refused(home: Installation) -> None:
    with pytest.raises(TooLarge, match="STELLWERK_UPLOAD_LIMIT"):
        definitions.deploy(home.rt, ADMIN, [("big.bpmn", b" " * (2 * 1024 * 1024 + 1))])
    with pytest.raises(TooLarge):
        definitions.deploy(home.rt, ADMIN, [(f"{n}.form", b"") for n in range(101)])


def test_unknown_topics_and_forms_are_warnings(home: Installation) -> None:
    xml = bpmn(
        "p",
        """<bpmn:startEvent id="start"/><bpmn:serviceTask id="s" camunda:type="external" camunda:topic="pay"/>
        <bpmn:userTask id="u" camunda:formKey="ask"/><bpmn:endEvent id="end"/>"""
        + flow("start", "s", "u", "end"),
    )
    report = definitions.check(home.rt, ADMIN, [("p.bpmn", xml.encode())])
    assert report.keys == ("p",)
    found = {p.rule: p.element_id for p in report.problems if p.severity == "warning"}
    assert found == {"topic-unknown": "s", "form-unknown": "u"}
    assert listed(home) == []
    home.handlers.functions["pay"] = lambda job, values: None
    assert home.deploy(xml, forms={"ask.form": FORM}).report == ()


def test_a_name_that_is_nearly_known_is_asked_for(home: Installation) -> None:
    home.handlers.functions["charge-card"] = lambda job, values: None
    task = '<bpmn:startEvent id="start"/><bpmn:userTask id="u" camunda:formKey="{}"/><bpmn:endEvent id="end"/>'
    home.deploy(
        bpmn("q", task.format("questions") + flow("start", "u", "end")),
        forms={"q.form": FORM.replace("ask", "questions")},
    )
    xml = bpmn(
        "p",
        """<bpmn:startEvent id="start"/><bpmn:serviceTask id="s" camunda:type="external" camunda:topic="charge-crad"/>
        <bpmn:userTask id="u" camunda:formKey="question"/><bpmn:endEvent id="end"/>"""
        + flow("start", "s", "u", "end"),
    )
    said = {p.rule: p.message for p in definitions.check(home.rt, ADMIN, [("p.bpmn", xml.encode())]).problems}
    assert "Do you mean 'charge-card'?" in said["topic-unknown"]
    assert "Do you mean 'questions'?" in said["form-unknown"]


def test_a_timer_whose_date_is_over_is_a_warning_at_its_element(home: Installation) -> None:
    timer = "<bpmn:timerEventDefinition><bpmn:timeDate>{}</bpmn:timeDate></bpmn:timerEventDefinition>"
    body = '<bpmn:startEvent id="start"/><bpmn:intermediateCatchEvent id="w">{}</bpmn:intermediateCatchEvent>'
    for date, expected in (("2001-01-01T00:00:00Z", ["w"]), ("2199-01-01T00:00:00Z", [])):
        xml = bpmn("p", body.format(timer.format(date)) + '<bpmn:endEvent id="end"/>' + flow("start", "w", "end"))
        problems = definitions.check(home.rt, ADMIN, [("p.bpmn", xml.encode())]).problems
        assert [p.element_id for p in problems if p.rule == "timer-past"] == expected


def test_a_timer_start_without_a_time_is_refused_with_its_element(home: Installation) -> None:
    xml = bpmn(
        "tick",
        """<bpmn:startEvent id="start"><bpmn:timerEventDefinition><bpmn:timeCycle xsi:type="bpmn:tFormalExpression"
        >R/soon</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent><bpmn:endEvent id="end"/>"""
        + flow("start", "end"),
    )
    assert "start" in {p.element_id for p in refused(home, ("tick.bpmn", xml.encode()))}


def test_lists_count_what_runs(home: Installation) -> None:
    home.deploy(process())
    home.start("p")
    home.start("p")
    assert (listed(home)[0].instances_active, listed(home)[0].instances_with_incidents) == (2, 0)


def test_users_may_not_deploy(home: Installation) -> None:
    anna = Principal("anna", frozenset({"user"}))
    with pytest.raises(NotPermitted):
        definitions.deploy(home.rt, anna, [("p.bpmn", process().encode())])


def test_the_samples_can_be_loaded_and_loading_them_again_changes_nothing(home: Installation) -> None:
    first = samples.load(home.rt, ADMIN)
    assert {d.key for d in first.definitions} >= {"order", "approval", "customer", "supplier"}
    before = rows(home)
    samples.load(home.rt, ADMIN)
    assert rows(home) == before
