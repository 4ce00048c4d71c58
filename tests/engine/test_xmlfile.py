import re

import pytest
from tests.engine.harness import HEAD, bpmn, chain

from stellwerk.engine import compile_bpmn
from stellwerk.xmlsafe import MAX_ATTRIBUTES, MAX_BYTES, MAX_ELEMENTS

GOOD = bpmn(f'<startEvent id="s"/><userTask id="u"/>{chain("s", "u")}')


def first(xml: bytes) -> tuple[str, int | None]:
    result = compile_bpmn(xml, filename="t.bpmn")
    assert not result.definitions
    assert len(result.errors) == 1
    return result.errors[0].rule, result.errors[0].line


@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        (b"", "xml"),
        (b"\x00\xff\xfe", "xml"),
        (b"not xml", "xml"),
        (GOOD[:-5], "xml"),
        (b'<?xml version="1.0" encoding="UTF-16"?>' + GOOD, "xml"),
        (b'<?xml version="1.0" encoding="nonsense"?>' + GOOD, "xml"),
        (GOOD.replace(b'id="u"', b'id="\xff"'), "xml"),
        (b"<definitions/>", "not-bpmn"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "not-bpmn"),
        (b"<!DOCTYPE definitions>" + GOOD, "xml-doctype"),
        (b'<!DOCTYPE d [<!ENTITY x "y">]>' + GOOD.replace(b'name="P"', b'name="&x;"'), "xml-doctype"),
        (GOOD.replace(b'id="u"', b" ".join(b'a%d=""' % n for n in range(MAX_ATTRIBUTES + 1))), "xml-attributes"),
        (GOOD.replace(b"</process>", b"<task/>" * MAX_ELEMENTS + b"</process>"), "xml-elements"),
        (b" " * (MAX_BYTES + 1), "xml-size"),
        (GOOD.replace(b"</process>", b"<a>" * 1000 + b"</a>" * 1000 + b"</process>"), "xml-depth"),
        (GOOD.replace(b"</process>", b"<a>" * 3000 + b"</a>" * 3000 + b"</process>"), "xml"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem(xml, rule):
    assert first(xml)[0] == rule


def test_a_file_that_is_too_deep_is_told_so_in_our_words():
    for depth in (1_001, 5_000):
        [problem] = compile_bpmn(b"<a>" * depth + b"</a>" * depth, filename="t").errors
        assert problem.message.startswith("The file is nested deeper than 1,000 elements")


def test_a_problem_of_the_xml_has_its_line():
    assert first(b"<a>\n<b>\n</a>") == ("xml", 3)


def test_an_external_entity_is_never_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    xml = b'<!DOCTYPE d [<!ENTITY x SYSTEM "%s">]>' % str(secret).encode()
    result = compile_bpmn(
        xml + GOOD.replace(b"<userTask", b"<documentation>&x;</documentation><userTask"), filename="t"
    )
    assert [p.rule for p in result.errors] == ["xml-doctype"]


def test_other_encodings_are_read():
    text = GOOD.decode()
    assert compile_bpmn(('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16"), filename="t").definitions
    latin = ('<?xml version="1.0" encoding="ISO-8859-1"?>' + text.replace('name="P"', 'name="Prüfung"')).encode(
        "latin-1"
    )
    assert compile_bpmn(latin, filename="t").definitions[0].name == "Prüfung"


def test_flows_without_ids_and_prefixed_references_are_read():
    body = (
        '<startEvent id="s"/><task id="t"/><sequenceFlow sourceRef="s" targetRef="t"/>'
        '<receiveTask id="r" messageRef="x:m"/><sequenceFlow sourceRef="t" targetRef="r"/>'
    )
    xml = bpmn(body).replace(b'id="definitions"', b'id="definitions" xmlns:x="t"')
    assert compile_bpmn(xml, filename="t").errors == ()


def test_where_a_file_declares_no_error_a_reference_is_a_code_of_its_own():
    body = '<startEvent id="s"/><endEvent id="e"><errorEventDefinition errorRef="X9"/></endEvent>' + chain("s", "e")
    none = re.sub(rb"<error [^>]*/>", b"", bpmn(body))
    definition = compile_bpmn(none, filename="t").definitions[0]
    assert definition.process.task_specs["e"].event_definition.code == "X9"
    assert [p.rule for p in compile_bpmn(bpmn(body), filename="t").errors] == ["reference-dangling"]


def test_a_file_may_hold_several_processes():
    two = bpmn("<task id='a'/>").replace(
        b"</definitions>",
        b'<process id="two" isExecutable="1"><task id="b"/></process>'
        b'<process id="three"><callActivity id="c"/></process>'
        b"</definitions>",
    )
    result = compile_bpmn(two, filename="t")
    assert [d.key for d in result.definitions] == ["proc", "two"]
    assert not result.errors


def test_a_file_without_an_executable_process_says_what_to_do():
    xml = f'{HEAD}<process id="p"><task id="a"/></process></definitions>'.encode()
    assert first(xml)[0] == "no-executable-process"


@pytest.mark.parametrize("id", ["Start", "End", "Root", "__class__", "proc.EndJoin"])
def test_a_node_may_be_called_like_something_inside_of_the_library(id):
    assert not compile_bpmn(bpmn(f'<startEvent id="{id}"/><task id="b"/>{chain(id, "b")}'), filename="t").errors


@pytest.mark.parametrize("id", ["$scope", "a b", "u [child]"])
def test_an_id_that_xml_does_not_allow_is_refused(id):
    result = compile_bpmn(bpmn(f'<startEvent id="{id}"/><userTask id="u"/>{chain(id, "u")}'), filename="t")
    assert [(p.rule, p.element_id) for p in result.errors] == [("id-form", id)]
