"""The command line as a person or a script meets it: what it prints where, and how it ends."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stellwerk.cli import main

ROOT = Path(__file__).parents[1]
BPMN = ROOT / "bpmn"
BROKEN = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:x">
  <process id="odd" name="Odd" isExecutable="true">
    <startEvent id="begin" /><sequenceFlow id="f1" sourceRef="begin" targetRef="ask" />
    <serviceTask id="ask" name="Ask the stars" />
  </process>
</definitions>
"""


class Shell:
    """Runs commands in one data folder."""

    def __init__(self, folder: Path) -> None:
        self.env = {"STELLWERK_DATA": str(folder / "data")}

    def __call__(self, *words: str | Path, stdin: str | None = None, env: Mapping[str, str] | None = None) -> Result:
        result = CliRunner().invoke(main, [str(word) for word in words], input=stdin, env={**self.env, **(env or {})})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def json(self, *words: str | Path) -> dict[str, object]:
        result = self(*words, "--json")
        assert result.exit_code == 0, result.stderr
        answer: dict[str, object] = json.loads(result.stdout)
        return answer


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_help_needs_no_server_libraries() -> None:
    heavy = "('flask', 'sqlalchemy', 'SpiffWorkflow', 'lxml', 'pydantic', 'uvicorn')"
    code = f"import sys, stellwerk.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_command_is_wrong_usage(shell: Shell) -> None:
    assert shell("fly").exit_code == 2


# -- settings
def test_settings_show_the_value_in_force_and_hide_secrets(shell: Shell) -> None:
    result = shell("settings", "--json", env={"STELLWERK_PORT": "9000", "STELLWERK_SECRET_KEY": "very secret"})
    rows = {row["variable"]: row for row in json.loads(result.stdout)["items"]}
    assert rows["STELLWERK_PORT"]["value"] == "9000"
    assert rows["STELLWERK_PORT"]["default"] == "8080"
    assert rows["STELLWERK_SECRET_KEY"]["value"] == "(set)"
    assert "very secret" not in result.output


def test_a_setting_that_cannot_be_used_is_named_without_a_traceback(shell: Shell) -> None:
    result = shell("settings", env={"STELLWERK_PORT": "eighty"})
    assert result.exit_code == 2
    assert "STELLWERK_PORT is 'eighty'. It must be a whole number." in result.stderr
    assert result.stdout == ""


def test_a_time_zone_that_does_not_exist_is_named(shell: Shell) -> None:
    result = shell("settings", env={"STELLWERK_TIME_ZONE": "Europe/Nowhere"})
    assert result.exit_code == 2
    assert "STELLWERK_TIME_ZONE is 'Europe/Nowhere'. It must name a time zone" in result.stderr
    assert "Asia/Tokyo" in shell("settings", env={"STELLWERK_TIME_ZONE": "Asia/Tokyo"}).stdout


# -- check
def test_checking_the_samples_finds_no_error(shell: Shell) -> None:
    result = shell("check", BPMN)
    assert result.exit_code == 0
    assert result.stderr == "Errors: 0. Other findings: 0.\n"


def test_checking_needs_no_database(shell: Shell) -> None:
    assert (
        shell(
            "check", BPMN / "order.bpmn", env={"STELLWERK_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}
        ).exit_code
        == 0
    )


def test_a_problem_names_file_line_element_and_rule_and_fails(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "odd.bpmn").write_text(BROKEN)
    result = shell("check", tmp_path / "odd.bpmn")
    assert result.exit_code == 1
    assert re.search(r"^odd\.bpmn:5: error: .* has no topic.*element 'Ask the stars'\]$", result.stdout, re.MULTILINE)
    found = json.loads(shell("check", "--json", tmp_path / "odd.bpmn").stdout)["problems"]
    assert {"file", "line", "elementId", "elementName", "rule", "message", "severity", "fix"} == set(found[0])
    assert "ask" in [problem["elementId"] for problem in found]


def test_what_is_certain_is_mended_in_the_file(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "odd.bpmn"
    file.write_text(BROKEN.replace("<process ", "<process processType='Public' "))
    result = shell("check", "--fix", file)
    assert "Make it private [process-type, element" in result.stderr
    assert 'processType="Private"' in file.read_text()
    before = file.read_bytes()
    shell("check", "--fix", file)
    assert file.read_bytes() == before


def test_a_form_that_is_no_json_is_a_problem_of_the_form(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "bad.form").write_text("{")
    result = shell("check", tmp_path / "bad.form")
    assert result.exit_code == 1
    assert "bad.form: error: The form is not JSON" in result.stdout


def test_a_missing_file_or_an_empty_folder_is_wrong_usage(shell: Shell, tmp_path: Path) -> None:
    assert shell("check", tmp_path / "none.bpmn").exit_code == 2
    assert shell("check", tmp_path).exit_code == 2


def test_two_files_of_one_name_are_wrong_usage(shell: Shell, tmp_path: Path) -> None:
    other = tmp_path / "order.bpmn"
    other.write_text(BROKEN)
    result = shell("check", BPMN / "order.bpmn", other)
    assert result.exit_code == 2
    assert "Two files are named order.bpmn" in result.stderr


# -- deploy and start
def test_deploying_prints_each_process_and_the_same_content_makes_no_new_version(shell: Shell) -> None:
    first = shell("deploy", BPMN)
    assert first.exit_code == 0, first.stderr
    assert {"order", "approval", "customer", "supplier"} <= {line.split()[0] for line in first.stdout.splitlines()}
    again = shell.json("deploy", BPMN)
    assert isinstance(again["definitions"], list)
    assert {definition["version"] for definition in again["definitions"]} == {1}


def test_a_diagram_with_an_error_is_not_deployed(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "odd.bpmn").write_text(BROKEN)
    result = shell("deploy", tmp_path / "odd.bpmn", BPMN / "order.bpmn")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "odd.bpmn:5: error:" in result.stderr
    assert "Nothing was deployed." in result.stderr
    assert shell("start", "order").exit_code == 1


def test_starting_prints_the_id_alone(shell: Shell) -> None:
    shell("deploy", BPMN)
    result = shell("start", "customer", "--variables", '{"item": "Tea", "quantity": 1}', "--business-key", "P-1")
    assert result.exit_code == 0, result.stderr
    assert re.fullmatch(r"[0-9a-f-]{36}\n", result.stdout)
    assert "Purchase: customer version 1: active." in result.stderr


def test_variables_come_from_a_file_and_awaiting_ends_when_the_process_waits_for_a_person(
    shell: Shell, tmp_path: Path
) -> None:
    shell("deploy", BPMN)
    values = {"title": "Plan", "author": "anna", "reviewer_names": "ben, cleo"}
    (tmp_path / "plan.json").write_text(json.dumps(values))
    started = shell.json("start", "approval", "--variables", f"@{tmp_path / 'plan.json'}", "--await", "5")
    assert (started["state"], started["settled"], started["incidentCount"]) == ("active", True, 0)
    found = shell.json("tasks", "--process", "approval")["items"]
    assert isinstance(found, list)
    assert sorted(task["assignee"] for task in found) == ["ben", "cleo"]
    assert [task["assignee"] for task in json.loads(shell("tasks", "--json", "--assignee", "ben").stdout)["items"]] == [
        "ben"
    ]
    assert "Review the document" in shell("tasks").stdout


@pytest.mark.parametrize("text", ["{", "[1]", "@missing.json"])
def test_variables_that_are_no_object_are_wrong_usage(shell: Shell, text: str) -> None:
    result = shell("start", "order", "--variables", text)
    assert result.exit_code == 2
    assert result.stdout == ""


def test_starting_what_does_not_exist_fails_and_says_so(shell: Shell) -> None:
    result = shell("start", "nothing")
    assert result.exit_code == 1
    assert "nothing" in result.stderr
    assert "Traceback" not in result.output


# -- decisions
def age(text: str = "today().year - born.year") -> str:
    return f"""<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="age" namespace="urn:age">
  <inputData id="born_in" name="born"><variable name="born" typeRef="date"/></inputData>
  <decision id="age" name="Age"><variable name="Age"/><informationRequirement><requiredInput href="#born_in"/>
  </informationRequirement><literalExpression><text>{text}</text></literalExpression></decision></definitions>"""


def test_decision_models_are_checked_together_and_deployed_with_their_folder(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "age.dmn").write_text(age())
    assert shell("check", tmp_path).stderr == "Errors: 0. Other findings: 0.\n"
    assert shell("deploy", tmp_path).stdout.splitlines()[1].split()[:4] == ["age", "1", "decision", "Age"]
    (tmp_path / "same.dmn").write_text(age())
    result = shell("check", tmp_path)
    assert result.exit_code == 1
    assert "age.dmn, same.dmn: error: The decision id 'age' occurs 2 times." in result.stdout
    (tmp_path / "same.dmn").write_text(age("1 +"))
    before = (tmp_path / "same.dmn").read_bytes()
    assert "[feel-syntax, element 'Age']" in shell("check", "--fix", tmp_path / "same.dmn").stdout
    assert (tmp_path / "same.dmn").read_bytes() == before


def test_a_decision_is_evaluated_with_its_result_alone_on_stdout(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "age.dmn").write_text(age("born.year"))
    shell("deploy", tmp_path)
    result = shell("evaluate", "age", "--feel", 'born=date("2001-05-06")')
    assert (result.stdout, result.exit_code) == ("2001\n", 0)
    nothing = shell("evaluate", "age", "--variables", '{"born": "long ago"}')
    assert nothing.stdout == "null\n"
    assert "age.dmn" in nothing.stderr
    found = shell.json("evaluate", "age", "--variables", '{"born": null}')
    assert (found["decision"], found["version"], found["result"]) == ("age", 1, None)
    assert shell("evaluate", "agee").exit_code == 1
    assert "Do you mean 'age'?" in shell("evaluate", "agee").stderr
    assert shell("evaluate", "age", "--feel", "born").exit_code == 2


# -- accounts and database
def test_a_token_is_all_that_stands_on_stdout(shell: Shell) -> None:
    result = shell("token", "create", "--name", "shop", "--role", "user")
    assert re.fullmatch(r"stw_\S{40,}\n", result.stdout)
    assert "not shown again" in result.stderr


def test_a_user_is_made_once(shell: Shell) -> None:
    words = ("user", "create", "anna", "--group", "warehouse", "--password-stdin")
    assert shell(*words, stdin="correct battery staple\n").exit_code == 0
    again = shell(*words, stdin="correct battery staple\n")
    assert again.exit_code == 1
    assert "anna" in again.stderr


def test_a_weak_password_and_a_missing_one_are_refused(shell: Shell) -> None:
    assert shell("user", "create", "ben", "--password-stdin", stdin="123\n").exit_code == 1
    assert shell("user", "create", "ben", "--password-stdin", stdin="").exit_code == 2


def test_upgrading_says_which_version_the_tables_have(shell: Shell) -> None:
    first = shell.json("db", "upgrade")
    assert shell.json("db", "upgrade") == {"before": first["after"], "after": first["after"]}


def test_a_database_that_cannot_be_reached_is_said_without_a_traceback(shell: Shell) -> None:
    result = shell("tasks", env={"STELLWERK_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})
    assert result.exit_code == 1
    assert "database cannot be reached" in result.stderr
