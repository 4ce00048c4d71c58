"""Attributes of business rule tasks: which decision is called, in which version, and what becomes of its result."""

from __future__ import annotations

from stellwerk.engine.vocabulary.model import Attribute

_RULES = ("businessRuleTask", "globalBusinessRuleTask")
_ZEEBE = ("zeebe:calledDecision",)
_MAPPERS = ("singleEntry", "singleResult", "collectEntries", "resultList")

DECISIONS: tuple[Attribute, ...] = (
    Attribute(
        "camunda:decisionRef", "template", "Decision", "The id of the decision that is called.", _RULES, "What it does"
    ),
    Attribute(
        "camunda:decisionRefBinding",
        "enumeration",
        "Version",
        "Which version is called: the latest one, the one that was deployed with this process, a number, or a tag.",
        _RULES,
        "What it does",
        default="latest",
        choices=("latest", "deployment", "version", "versionTag"),
    ),
    Attribute(
        "camunda:decisionRefVersion",
        "template",
        "Number of the version",
        "Which version is called.",
        _RULES,
        "What it does",
    ),
    Attribute(
        "camunda:decisionRefVersionTag",
        "template",
        "Tag of the version",
        "Which version is called: the latest one with this tag.",
        _RULES,
        "What it does",
    ),
    Attribute(
        "camunda:mapDecisionResult",
        "enumeration",
        "Result is",
        "What the result variable takes: one value, one row as an object, a list of values, or a list of rows.",
        _RULES,
        "Data in and out",
        default="resultList",
        choices=_MAPPERS,
    ),
    Attribute(
        "zeebe:calledDecision",
        "element",
        "Decision",
        "The decision that is called, as Camunda 8 writes it.",
        _RULES,
        "What it does",
        form="extension",
    ),
    Attribute("decisionId", "template", "Decision", "The id of the decision that is called.", _ZEEBE, "What it does"),
    Attribute(
        "resultVariable",
        "string",
        "Result variable",
        "The variable that takes the value of the decision as it is.",
        _ZEEBE,
        "Data in and out",
    ),
    Attribute(
        "bindingType",
        "enumeration",
        "Version",
        "Which version is called: the latest one, the one that was deployed with this process, or one with a tag.",
        _ZEEBE,
        "What it does",
        default="latest",
        choices=("latest", "deployment", "versionTag"),
    ),
    Attribute(
        "versionTag",
        "string",
        "Tag of the version",
        "Which version is called: the latest one with this tag.",
        _ZEEBE,
        "What it does",
    ),
    Attribute(
        "spiffworkflow:calledDecisionId",
        "string",
        "Decision",
        "The id of the decision that is called, as SpiffWorkflow writes it: each output becomes a variable.",
        _RULES,
        "What it does",
        form="extension",
    ),
)
