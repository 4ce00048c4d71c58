"""Attributes of call activities and of the global tasks that they call."""

from __future__ import annotations

from stellwerk.engine.vocabulary.model import Attribute

CALLS: tuple[Attribute, ...] = (
    Attribute(
        "scriptLanguage",
        "string",
        "Language",
        "python, or absent.",
        ("globalScriptTask",),
        "What it does",
        default="python",
    ),
    Attribute(
        "calledElement",
        "template",
        "Called process",
        "The id of the process that is called, or of a global task of the same file.",
        ("callActivity",),
        "What it does",
    ),
    Attribute(
        "camunda:calledElementBinding",
        "enumeration",
        "Version",
        "Which version is called: the active one, the one that was deployed with this process, a number, or a tag.",
        ("callActivity",),
        "What it does",
        default="latest",
        choices=("latest", "deployment", "version", "versionTag"),
    ),
    Attribute(
        "camunda:calledElementVersion",
        "template",
        "Number of the version",
        "Which version is called.",
        ("callActivity",),
        "What it does",
    ),
    Attribute(
        "camunda:calledElementVersionTag",
        "template",
        "Tag of the version",
        "Which version is called: the latest one with this tag.",
        ("callActivity",),
        "What it does",
    ),
)
