"""The examples in the documentation do what is said there."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.engine.expression_support import NoSandbox
from tests.jobs.handler_support import record

from stellwerk.engine.expressions import parse_expression
from stellwerk.engine.values import to_json
from stellwerk.errors import ErrorThrown
from stellwerk.jobs.connectors import builtin
from stellwerk.jobs.handlers import Registry
from stellwerk.jobs.sources import Source
from stellwerk.sandbox import Sandbox
from stellwerk.settings import Settings
from stellwerk.usecases.runtime import Permanent

DOCS = Path(__file__).parents[2] / "docs"
HANDLERS = (DOCS / "handlers.md").read_text(encoding="utf-8")
CONNECTORS = (DOCS / "connectors.md").read_text(encoding="utf-8")
SCRIPTS = (DOCS / "scripts.md").read_text(encoding="utf-8")
EXAMPLES = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", HANDLERS, re.MULTILINE | re.DOTALL)]
VALUES: dict[str, Any] = {
    "amount": 1200,
    "status": "new",
    "order": {"total": 41, "lines": [{"pieces": 2}]},
    "note": None,
    "prices": [1.5, 3.5],
}


def blocks(text: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """The handlers of the page, as one file."""
    file = tmp_path_factory.mktemp("docs") / "documented_handlers.py"
    file.write_text("\n".join(blocks(HANDLERS)), encoding="utf-8")
    return Registry([[Source(str(file), "docs/handlers.md")]])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["topic"]))
def test_each_example_gives_the_result_that_is_shown(registry: Registry, example: dict[str, Any]) -> None:
    topic, variables = example["topic"], example["variables"]
    assert to_json(registry.run(topic, record(topic, **variables), variables)) == example["result"]


def test_every_handler_of_the_page_has_an_example(registry: Registry) -> None:
    assert registry.topics() == {example["topic"] for example in EXAMPLES}


def test_the_errors_of_the_page_are_those_of_the_program(registry: Registry) -> None:
    with pytest.raises(Permanent) as failed:
        registry.run("charge-card", record(), {"order_id": "A", "amount": "much"})
    assert str(failed.value) in HANDLERS
    with pytest.raises(ErrorThrown, match="is more than the bank allows"):
        registry.run("charge-card", record(), {"order_id": "A", "amount": 20_000})


def test_every_connector_and_parameter_is_documented() -> None:
    for described in Registry(own=builtin(Settings())).describe():
        _, _, section = CONNECTORS.partition(f"## `{described['topic']}`")
        section = section.partition("\n## ")[0]
        assert section, described["topic"]
        missing = [p["name"] for p in described["parameters"] if f"`{p['name']}`" not in section]
        assert missing == [], described["topic"]


@pytest.mark.parametrize(("text", "value"), re.findall(r"^\| `([^|]+)` \| `([^`]+)` \|$", SCRIPTS, re.MULTILINE))
def test_each_expression_of_the_page_has_the_value_that_is_shown(text: str, value: str) -> None:
    expression = parse_expression(text)
    assert expression.evaluate(VALUES, NoSandbox()) == ast.literal_eval(value)


def test_the_script_of_the_page_does_what_is_said() -> None:
    (script,) = blocks(SCRIPTS)
    with Sandbox(workers=1, seconds=5) as sandbox:
        lines = [{"pieces": 2, "price": 5}]
        assigned = sandbox.run_script(script, {"lines": lines, "limit": 10}).assigned
        assert assigned == {"total": 10, "summary": {"total": 10, "half": 5.0}}
        with pytest.raises(ErrorThrown, match="10 is more than 9"):
            sandbox.run_script(script, {"lines": lines, "limit": 9})
