from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from tests.engine.harness import FakeHost

from stellwerk import dmn
from stellwerk.engine import Binding, Decision
from stellwerk.errors import DecisionNotFound

XMLNS = "https://www.omg.org/spec/DMN/20191111/MODEL/"
GUESTS = f"""<definitions xmlns="{XMLNS}" id="d" name="d" namespace="urn:guests">
<inputData id="in" name="guests"/>
<decision id="tables" name="Tables"><informationRequirement><requiredInput href="#in"/></informationRequirement>
<literalExpression><text>ceiling(guests / 6)</text></literalExpression></decision>
<decision id="day" name="Day"><literalExpression><text>today()</text></literalExpression></decision>
<decisionService id="service" name="Service"><outputDecision href="#tables"/><inputData href="#in"/></decisionService>
</definitions>"""
NOW = datetime(2030, 1, 1, 0, 30, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def host() -> FakeHost:
    return FakeHost().decide(GUESTS)


@pytest.mark.parametrize("key", ["tables", "service"])
def test_a_decision_and_a_service_are_evaluated_by_the_id_of_their_element(host, key):
    reference = host.resolve_decision(key, Binding(), None)
    assert host.decision(reference).evaluate({"guests": 8, "other": 1}, NOW).python == 2


def test_today_is_the_day_of_the_step_in_its_time_zone(host):
    assert str(host.decisions["day"].evaluate({}, NOW).python) == "2030-01-01"


def test_what_is_not_there_is_told(host):
    with pytest.raises(DecisionNotFound):
        host.resolve_decision("other", Binding(), None)
    with pytest.raises(dmn.NoSuchDecision, match="'in'"):
        _ = Decision("in", "guests", 1, host.decisions["day"].model).node
