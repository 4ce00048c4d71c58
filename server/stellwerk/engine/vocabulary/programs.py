"""Attributes of script tasks, service tasks and send tasks: what a program does, and its jobs."""

from __future__ import annotations

from stellwerk.engine.vocabulary.model import JOBS, Attribute

PROGRAMS: tuple[Attribute, ...] = (
    Attribute(
        "scriptFormat", "string", "Language", "python or feel.", ("scriptTask",), "What it does", default="python"
    ),
    Attribute(
        "script",
        "script",
        "Script",
        "In Python, or one expression of FEEL.",
        ("scriptTask", "globalScriptTask"),
        "What it does",
        form="element",
    ),
    Attribute(
        "camunda:type",
        "enumeration",
        "Kind",
        "external: a handler does it.",
        JOBS,
        "What it does",
        choices=("external",),
    ),
    Attribute("camunda:topic", "template", "Topic", "Says which handler does the job.", JOBS, "What it does"),
    Attribute(
        "camunda:taskPriority",
        "template",
        "Priority",
        "A whole number; jobs with a higher one are done first.",
        JOBS,
        "What it does",
        default="50",
    ),
    Attribute(
        "camunda:resultVariable",
        "string",
        "Result variable",
        "The variable that takes the result.",
        (*JOBS, "scriptTask", "globalBusinessRuleTask"),
        "Data in and out",
    ),
    Attribute(
        "camunda:failedJobRetryTimeCycle",
        "iso-cycle",
        "Retries",
        "R3/PT10S: three tries, ten seconds between them; or waits separated by commas: PT5S,PT1M.",
        JOBS,
        "Errors and retries",
        form="extension",
    ),
)
