"""Business rule tasks on a server: which version of a decision is evaluated, and what is kept of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.dmn.models import decision, file, inputs, literal, table
from tests.installation import ADMIN, ALL, Installation, bpmn, flow, installation
from tests.usecases.test_calls import calling, statements
from tests.usecases.test_decisions import ANNA, CAMUNDA, kept
from tests.usecases.test_step import rows

from stellwerk.store import history
from stellwerk.store.records import HistoryRecord
from stellwerk.usecases import definitions, incidents, instances, tasks


def deciding(key: str = "p", called: str = "dish", attributes: str = "") -> str:
    """start -> decide -> ask -> end; the result is in `found`."""
    body = f"""<bpmn:startEvent id="start"/>
      <bpmn:businessRuleTask id="decide" name="Choose" camunda:decisionRef="{called}" camunda:resultVariable="found"
        camunda:mapDecisionResult="singleEntry" {attributes}/>
      <bpmn:userTask id="ask"/><bpmn:endEvent id="end"/>"""
    return bpmn(key, body + flow("start", "decide", "ask", "end"))


def dish(meal: str, *, tag: str = "", key: str = "dish") -> str:
    rules = [(['"winter"'], [f'"{meal}"']), (['"summer"'], ['"salad"'])]
    body = decision(key, table(["season"], ['meal=="bread"'], rules), needs="#season*")
    if tag:
        body = body.replace("<decision ", f'<decision camunda:versionTag="{tag}" ', 1)
    return file(inputs(season="string") + body, attributes=CAMUNDA).decode()


def deploy(home: Installation, *xml: str, **models: str) -> definitions.Deployment:
    return home.deploy(*xml, forms={f"{name}.dmn": text for name, text in models.items()})


def found(home: Installation, id: UUID) -> Any:
    return home.variables(id).get("found")


def told(home: Installation, id: UUID) -> list[HistoryRecord]:
    with home.rt.database.reading() as tx:
        return [one for one in history.list_history(tx, id, ALL).items if one.kind == "DecisionEvaluated"]


def test_a_task_evaluates_what_is_deployed_and_its_history_tells_why(home: Installation) -> None:
    deployment = deploy(home, deciding(), dish=dish("roast"))
    assert deployment.report == ()
    id = home.start("p", season="winter", other=1)
    assert found(home, id) == "roast"
    (one,) = kept(home, instance_id=id)
    assert (one.decision_id, one.key, one.version) == (deployment.decisions[0].id, "dish", 1)
    assert (one.root_id, one.element_id, one.by, one.at) == (id, "decide", "admin", home.clock.now)
    assert (one.inputs, one.result, one.matched[0]["ruleIds"]) == ({"season": "winter"}, "roast", ["r1"])
    (event,) = told(home, id)
    assert event.element_id == "decide"
    assert set(event.data) == {"token", "reference", "key", "version"}


def test_deleting_an_instance_removes_its_evaluations_alone(home: Installation) -> None:
    deploy(home, deciding(), dish=dish("roast"))
    stays = home.start("p", season="winter")
    before = rows(home)
    id = home.start("p", season="summer")
    instances.cancel(home.rt, ADMIN, id)
    instances.delete(home.rt, ADMIN, id)
    assert rows(home) == before
    assert [one.instance_id for one in kept(home)] == [stays]


def test_who_may_see_the_instance_sees_its_evaluations(home: Installation) -> None:
    deploy(home, deciding(), dish=dish("roast"))
    request = instances.StartRequest(definition_key="p", variables={"season": "winter"})
    own = instances.start(home.rt, ANNA, request).id
    body = deciding("q").replace('<bpmn:userTask id="ask"/>', '<bpmn:userTask id="ask" camunda:assignee="bert"/>')
    deploy(home, body)
    home.start("q", season="winter")
    assert [one.instance_id for one in kept(home, ANNA)] == [own]
    assert len(kept(home)) == 2


def test_in_a_called_process_it_belongs_to_the_called_instance_of_the_tree(home: Installation) -> None:
    share = '<bpmn:extensionElements><camunda:in variables="all"/></bpmn:extensionElements>'
    deploy(home, calling("main", "p", share), deciding(), dish=dish("roast"))
    id = home.start("main", season="winter")
    (inner,) = home.instances(parent_id=id)
    (one,) = kept(home, root_id=id)
    assert (one.instance_id, one.root_id) == (inner.id, id)
    assert kept(home, instance_id=id) == []


# -- versions
def test_the_latest_version_is_looked_for_each_time(home: Installation) -> None:
    deploy(home, deciding(), dish=dish("roast"))
    assert found(home, home.start("p", season="winter")) == "roast"
    deploy(home, dish=dish("stew"))
    assert found(home, home.start("p", season="winter")) == "stew"


def test_bound_to_the_deployment_it_keeps_what_came_with_it(home: Installation) -> None:
    bound = 'camunda:decisionRefBinding="deployment"'
    deploy(home, deciding(attributes=bound), dish=dish("roast"))
    deploy(home, dish=dish("stew"))
    assert found(home, home.start("p", season="winter")) == "roast"
    deploy(home, deciding(attributes=bound), dish=dish("cake"))
    assert found(home, home.start("p", season="winter")) == "roast", "the process is the same, so it has no new version"
    deploy(home, deciding("q", attributes=bound))
    assert found(home, home.start("q", season="winter")) == "cake"


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('camunda:decisionRefBinding="version" camunda:decisionRefVersion="1"', "roast"),
        ('camunda:decisionRefBinding="versionTag" camunda:decisionRefVersionTag="new"', "stew"),
    ],
)
def test_a_number_or_a_tag_means_that_version(home: Installation, attributes: str, expected: str) -> None:
    for meal, tag in (("roast", "old"), ("stew", "new"), ("cake", "")):
        deploy(home, dish=dish(meal, tag=tag))
    deploy(home, deciding(attributes=attributes))
    assert found(home, home.start("p", season="winter")) == expected


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        ("", "No decision 'dish' is deployed"),
        ('camunda:decisionRefBinding="version" camunda:decisionRefVersion="7"', "numbers 1 to 1"),
        ('camunda:decisionRefBinding="version" camunda:decisionRefVersion="${nine}"', "no version '999"),
        ('camunda:decisionRefBinding="versionTag" camunda:decisionRefVersionTag="none"', "version tag 'none'"),
        ('camunda:decisionRefBinding="deployment"', "deployed only after version 1 of 'p'"),
    ],
)
def test_what_is_not_there_is_an_incident_with_the_way_out(home: Installation, attributes: str, says: str) -> None:
    deploy(home, deciding(attributes=attributes))
    if attributes:
        home.clock.forward(seconds=1)
        deploy(home, dish=dish("roast"))
    id = home.start("p", season="winter", nine="9" * 5000)
    (incident,) = home.incidents(instance_id=id)
    assert incident.kind == "decision"
    assert says in incident.message
    assert kept(home) == []


def test_a_retry_looks_for_it_anew(home: Installation) -> None:
    deploy(home, deciding())
    id = home.start("p", season="winter")
    deploy(home, dish=dish("roast"))
    incidents.retry(home.rt, ADMIN, home.incidents(instance_id=id)[0].id)
    assert home.incidents() == []
    assert found(home, id) == "roast"


def test_what_the_rules_do_not_say_is_an_incident_whose_evaluation_is_kept(home: Installation) -> None:
    deploy(home, deciding(), dish=file(decision("dish", literal("nothing + 1"))).decode())
    id = home.start("p")
    (incident,) = home.incidents(instance_id=id)
    assert (incident.kind, "There is no `nothing`" in incident.message) == ("decision", True)
    (one,) = kept(home, instance_id=id)
    assert (one.result, "There is no `nothing`" in one.warnings[0]) == (None, True)


# -- what is kept
@pytest.mark.parametrize("level", ["activity", "none"])
def test_below_the_full_history_no_values_are_kept(place: tuple[Path, str], level: str) -> None:
    with installation(*place, history=level) as home:
        deploy(home, deciding(), dish=dish("roast"))
        assert found(home, home.start("p", season="winter")) == "roast"
        assert kept(home) == []


def test_a_result_for_a_masked_variable_is_kept_nowhere(home: Installation) -> None:
    deploy(home, deciding().replace('"found"', '"user_password"'), dish=dish("roast"))
    id = home.start("p", season="winter")
    assert home.variables(id)["user_password"] == "roast"
    (one,) = kept(home, instance_id=id)
    assert (one.result, one.matched[0]["outputs"], one.matched[0]["rules"]) == ("•••", [["•••"]], [1])
    with home.rt.database.reading() as tx:
        assert "roast" not in str(history.list_history(tx, id, ALL).items)


def test_masked_names_are_kept_nowhere(home: Installation) -> None:
    body = inputs(password="string") + decision(
        "dish", table(["password"], ["meal"], [(['"geheim"'], ["upper case(password)"])]), needs="#password*"
    )
    deploy(home, deciding(), dish=file(body).decode())
    id = home.start("p", password="geheim")
    (one,) = kept(home, instance_id=id)
    assert one.inputs == {"password": "•••"}
    assert (one.matched[0]["inputs"], one.matched[0]["outputs"]) == (["•••"], [["•••"]])
    assert "geheim" not in str(told(home, id))


# -- deploying
def test_a_decision_that_is_not_there_is_a_warning_at_its_task(home: Installation) -> None:
    def warned(*files: tuple[str, str]) -> list[tuple[str | None, str, str]]:
        sent = [(name, text.encode()) for name, text in files]
        return [(p.element_id, p.rule, p.message) for p in definitions.check(home.rt, ADMIN, sent).problems]

    ((element, rule, _),) = warned(("p.bpmn", deciding()))
    assert (element, rule) == ("decide", "decision-unknown")
    assert warned(("p.bpmn", deciding()), ("d.dmn", dish("roast"))) == []
    ((_, _, message),) = warned(("p.bpmn", deciding(called="dishes")), ("d.dmn", dish("roast", key="dish")))
    assert "Do you mean 'dish'?" in message
    deploy(home, dish=dish("roast"))
    assert warned(("p.bpmn", deciding())) == []


# -- what it costs
def test_a_known_decision_costs_one_question_and_one_row_and_other_steps_nothing(home: Installation) -> None:
    deploy(home, deciding(), dish=dish("roast"))
    id = home.start("p", season="winter")
    asked = statements(home, lambda: home.start("p", season="winter"))
    about = [one.split()[0] for one in asked if "decision" in one]
    assert sorted(about) == ["INSERT", "SELECT"]
    (task,) = [one for one in home.tasks() if one.instance_id == id]
    asked = statements(home, lambda: tasks.complete(home.rt, ADMIN, task.id, {}))
    assert not [one for one in asked if "decision" in one]
