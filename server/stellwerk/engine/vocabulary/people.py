"""Attributes of user tasks and their forms."""

from __future__ import annotations

from stellwerk.engine.vocabulary.model import Attribute

_FORMS = ("userTask", "startEvent")

PEOPLE: tuple[Attribute, ...] = (
    Attribute(
        "camunda:assignee", "template", "Assignee", "The person who shall do the task.", ("userTask",), "What it does"
    ),
    Attribute(
        "camunda:candidateUsers",
        "template",
        "Candidate users",
        "People who may claim the task, separated by commas; or an expression that gives a list.",
        ("userTask",),
        "What it does",
    ),
    Attribute(
        "camunda:candidateGroups",
        "template",
        "Candidate groups",
        "Groups whose members may claim the task, separated by commas; or an expression that gives a list.",
        ("userTask",),
        "What it does",
    ),
    Attribute("camunda:formKey", "template", "Form", "The key of a deployed form.", _FORMS, "What it does"),
    Attribute("camunda:formRef", "template", "Form", "The id of a deployed form.", _FORMS, "What it does"),
    Attribute(
        "camunda:formRefBinding",
        "enumeration",
        "Form version",
        "Which version of the form is shown; always the latest one.",
        _FORMS,
        "What it does",
        default="latest",
        choices=("latest",),
    ),
    Attribute(
        "camunda:formData",
        "fields",
        "Form fields",
        "A form made of fields, where no form is deployed.",
        _FORMS,
        "What it does",
        form="extension",
    ),
    Attribute(
        "camunda:dueDate", "template", "Due", "Until when: a date, or a duration from now.", ("userTask",), "Timing"
    ),
    Attribute(
        "camunda:followUpDate",
        "template",
        "Follow up",
        "When to come back to it: a date, or a duration from now.",
        ("userTask",),
        "Timing",
    ),
    Attribute(
        "camunda:priority",
        "template",
        "Priority",
        "A whole number; higher ones come first.",
        ("userTask",),
        "What it does",
        default="50",
    ),
)
