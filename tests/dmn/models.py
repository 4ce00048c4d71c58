"""Small models for the tests: the file around what a test looks at."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from stellwerk import dmn
from stellwerk.dmn.versions import VERSIONS

NEWEST = VERSIONS[-1]
URI = "https://stellwerk.test/own"


def file(body: str, *, uri: str = URI, namespace: str = NEWEST.model, attributes: str = "") -> bytes:
    return f'<definitions xmlns="{namespace}" name="own" namespace="{uri}" {attributes}>{body}</definitions>'.encode()


def library(*files: bytes) -> dmn.Library:
    return dmn.load((f"{number}.dmn", content) for number, content in enumerate(files))


def model(body: str, **options: Any) -> dmn.Model:
    """The model of a file without problems."""
    found = library(file(body, **options))
    assert found.problems == ()
    return found.models[options.get("uri", URI)]


def literal(text: str, attributes: str = "") -> str:
    return f"<literalExpression {attributes}><text>{escape(text)}</text></literalExpression>"


def inputs(**types: str) -> str:
    return "".join(
        f'<inputData id="{name}" name="{name}"><variable name="{name}" typeRef="{kind}"/></inputData>'
        for name, kind in types.items()
    )


def decision(name: str, logic: str, *, needs: str = "", type: str = "", knows: str = "") -> str:
    """`needs` and `knows` are hrefs; an input is written with a star: `#order*`."""
    links = "".join(
        f'<informationRequirement><requiredInput href="{each[:-1]}"/></informationRequirement>'
        if each.endswith("*")
        else f'<informationRequirement><requiredDecision href="{each}"/></informationRequirement>'
        for each in needs.split()
    )
    links += "".join(
        f'<knowledgeRequirement><requiredKnowledge href="{each}"/></knowledgeRequirement>' for each in knows.split()
    )
    kind = f'typeRef="{type}"' if type else ""
    return (
        f"<decision id={quoteattr(name)} name={quoteattr(name)}><variable name={quoteattr(name)} {kind}/>"
        f"{links}{logic}</decision>"
    )


def knowledge(name: str, parameters: dict[str, str], logic: str, *, type: str = "", knows: str = "") -> str:
    formal = "".join(
        f'<formalParameter name="{each}"{f" typeRef={quoteattr(kind)}" if kind else ""}/>'
        for each, kind in parameters.items()
    )
    links = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="{each}"/></knowledgeRequirement>' for each in knows.split()
    )
    kind = f'typeRef="{type}"' if type else ""
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}" {kind}/>'
        f"<encapsulatedLogic>{formal}{logic}</encapsulatedLogic>{links}</businessKnowledgeModel>"
    )


def table(
    inputs: list[str],
    outputs: list[str],
    rules: list[tuple[list[str], list[str]]],
    attributes: str = "",
) -> str:
    """`inputs` are expressions; an output is `name` or `name=values`, or `name=values=default`."""
    columns = "".join(
        f"<input id='in{at}'><inputExpression><text>{escape(each)}</text></inputExpression></input>"
        for at, each in enumerate(inputs)
    )
    for each in outputs:
        name, values, default = [*each.split("="), "", ""][:3]
        columns += f'<output name="{name}">'
        columns += f"<outputValues><text>{escape(values)}</text></outputValues>" if values else ""
        columns += f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
        columns += "</output>"
    rows = "".join(
        f'<rule id="r{number}">'
        + "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in cells)
        + "".join(f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in results)
        + "</rule>"
        for number, (cells, results) in enumerate(rules, 1)
    )
    return f'<decisionTable id="table" {attributes}>{columns}{rows}</decisionTable>'


def value(logic: str, given: dict[str, Any] | None = None, *, before: str = "", **types: str) -> Any:
    """The value of one decision with these inputs, as Python has it."""
    return evaluation(logic, given, before=before, **types).python


def evaluation(logic: str, given: dict[str, Any] | None = None, *, before: str = "", **types: str) -> dmn.Evaluation:
    needs = " ".join(f"#{name}*" for name in types)
    return model(before + inputs(**types) + decision("d", logic, needs=needs)).evaluate("d", given)


def rules(body: str, **options: Any) -> list[str]:
    """The rules that a file breaks."""
    return [problem.rule for problem in library(file(body, **options)).problems]
