"""Names that a model does not declare: as Camunda's files read process variables, and outputs of required tables."""

from stellwerk import dmn

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">'


def _table(id: str, input: str, outputs: dict[str, str], test: str, needs: str = "") -> str:
    required = f'<informationRequirement><requiredDecision href="#{needs}"/></informationRequirement>' if needs else ""
    columns = "".join(f'<output name="{name}"/>' for name in outputs)
    entries = "".join(f"<outputEntry><text>{text}</text></outputEntry>" for text in outputs.values())
    return (
        f'<decision id="{id}" name="The {id}">{required}<decisionTable><input><inputExpression><text>{input}</text>'
        f"</inputExpression></input>{columns}<rule><inputEntry><text>{test}</text></inputEntry>{entries}</rule>"
        "</decisionTable></decision>"
    )


def _model(*decisions: str) -> dmn.Model:
    library = dmn.load([("d.dmn", (HEAD + "".join(decisions) + "</definitions>").encode())])
    assert not library.problems
    return library.models["urn:d"]


SEASON = _table("season", "degrees", {"season": '"Summer"', "light": "degrees * 2"}, "&gt; 20")


def test_a_name_that_is_not_declared_is_read_from_the_surroundings_only():
    model = _model(SEASON)
    assert not model.evaluate("season", {"degrees": 30}).reached
    found = model.evaluate("season", surroundings={"degrees": 30, "other": 1})
    assert found.python == {"season": "Summer", "light": 60}
    assert found.read == {"degrees": 30}
    assert found.reached


def test_a_required_decision_is_read_by_the_names_of_its_outputs():
    dish = _table("dish", "season", {"dish": '"Salad"', "glasses": "light"}, '"Summer"', needs="season")
    model = _model(SEASON, dish)
    found = model.evaluate("dish", surroundings={"degrees": 30, "season": "Winter"})
    assert found.python == {"dish": "Salad", "glasses": 60}
    assert [each.decision_id for each in found.matched] == ["season", "dish"]
    assert not model.evaluate("dish", {"degrees": 30}).reached


def test_one_output_is_the_value_of_the_required_decision_itself():
    one = _table("season", "degrees", {"warm": "true"}, "&gt; 20")
    dish = _table("dish", "warm", {"dish": '"Salad"'}, "true", needs="season")
    assert _model(one, dish).evaluate("dish", surroundings={"degrees": 30}).python == "Salad"


def test_what_is_declared_comes_before_the_surroundings():
    dish = (
        '<inputData id="in" name="degrees"/><decision id="dish" name="dish"><informationRequirement>'
        '<requiredInput href="#in"/></informationRequirement><literalExpression><text>degrees + wind</text>'
        "</literalExpression></decision>"
    )
    found = _model(dish).evaluate("dish", {"degrees": 1}, surroundings={"degrees": 50, "wind": 2})
    assert (found.python, found.read) == (3, {"degrees": 1, "wind": 2})


def test_a_violated_hit_policy_is_told_apart_and_null():
    rule = "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
    model = _model(_table("d", "degrees", {"a": "1"}, "-").replace("</decisionTable>", f"{rule}</decisionTable>"))
    found = model.evaluate("d", surroundings={"degrees": 1})
    assert found.value is None
    assert found.reached
    assert [warning.kind for warning in found.warnings] == [dmn.Kind.VIOLATION]


def test_camunda_has_names_of_its_own_for_number():
    for name in ("integer", "long", "double"):
        decision = _table("d", "degrees", {"a": "degrees + 1"}, "&gt; 20").replace(
            "<inputExpression>", f'<inputExpression typeRef="{name}">'
        )
        assert _model(decision).evaluate("d", surroundings={"degrees": 30}).python == 31
