"""What changes between two versions of a process, by the ids of the elements."""

from __future__ import annotations

from tests.engine.harness import bpmn, chain

from stellwerk.engine import Difference, compare

BODY = (
    '<startEvent id="s"/><userTask id="u" name="Pack"/><subProcess id="sub"><task id="in"/></subProcess>'
    '<endEvent id="e"><messageEventDefinition id="d" messageRef="m"/></endEvent>' + chain("s", "u", "sub", "e")
)
BESIDE = '<message id="m" name="Sent"/>'


def version(old: str = "", new: str = "") -> bytes:
    xml = bpmn(BODY, BESIDE)
    return xml.replace(old.encode(), new.encode()) if old else xml


def ids(differences: tuple[Difference, ...]) -> list[str]:
    return [one.id for one in differences]


def test_the_same_file_changes_nothing():
    found = compare(version(), version(), "proc")
    assert (found.added, found.removed, found.changed) == ((), (), ())


def test_what_is_added_removed_and_changed_is_told_by_id_name_and_kind():
    new = version('<userTask id="u" name="Pack"/>', '<userTask id="u" name="Pack it"/><task id="more"/>')
    found = compare(version(), new, "proc")
    assert found.changed == (Difference("u", "Pack it", "userTask"),)
    assert found.added == (Difference("more", "more", "task"),)
    assert compare(new, version(), "proc").removed == found.added


def test_a_change_inside_belongs_to_the_innermost_element_that_people_know():
    assert ids(compare(version(), version('<task id="in"/>', '<task id="in" name="x"/>'), "proc").changed) == ["in"]
    ended = version('<messageEventDefinition id="d" messageRef="m"/>', '<terminateEventDefinition id="d"/>')
    assert ids(compare(version(), ended, "proc").changed) == ["e"]


def test_ids_that_modelers_make_up_and_drawings_are_no_change():
    assert compare(version(), version('id="d"', 'id="other"'), "proc").changed == ()
    drawn = version("</definitions>", '<collaboration id="c"/></definitions>')
    assert compare(version(), drawn, "proc").added == ()


def test_a_declaration_beside_the_process_is_an_element():
    found = compare(version(), version('name="Sent"', 'name="Gone"'), "proc")
    assert found.changed == (Difference("m", "Gone", "message"),)


def test_another_process_of_the_file_does_not_count():
    assert compare(version(), version(), "other").changed == ()
    assert {"m", "proc", "s", "u", "in"} <= set(ids(compare(b"no xml", version(), "proc").added))


def test_a_diagram_of_any_depth_is_compared():
    deep = "".join(f'<subProcess id="d{n}">' for n in range(300)) + "<task/>" + "</subProcess>" * 300
    assert len(compare(bpmn(""), bpmn(deep), "proc").added) == 300
