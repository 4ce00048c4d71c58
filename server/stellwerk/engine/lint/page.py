"""docs/rules.md from the register: `python -m stellwerk.engine.lint.page > docs/rules.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from stellwerk.engine.lint import MODULES, RULES

INTRODUCTION = """\
# Rules

What the check at deployment looks at. An **error** refuses the file, a **warning** does not. Each finding names its
rule, the element, the line, and what to do. This page is made from the rules in `server/stellwerk/engine/lint/`; do
not edit it by hand.

*Clause* is the section of BPMN 2.0.2 (formal/2013-12-09) behind a rule; without one, Stellwerk asks for it so that the
diagram can be executed. Rules look at elements also when they are not executed yet. Where the specification asks for
more than what files of common tools keep, see [Modelling](modelling.md#what-the-check-leaves-alone).
"""

BESIDE = """
## Beside the table

| rule | severity | meaning | what to do |
|---|---|---|---|
| `xml`, `xml-...` | error | The file is well-formed XML, without DOCTYPE, not too large. | Export it again. |
| `not-bpmn` | error | The root element is `definitions` of BPMN 2.0. | Save the diagram as BPMN 2.0. |
| `expression` | error | An expression can be read. | Correct it where the message points to. |
| `timer-format` | error | The time of a timer is a date, duration or cycle of ISO 8601. | Correct it. |
| `retry-cycle` | error | The retries of a job are a number and times. | Correct them. |
| `topic-unknown` | warning | A handler on this server does the jobs of a topic. | Register one, or correct the topic. |
| `form-unknown` | warning | A form that is named is deployed, or comes along. | Deploy it, or correct its key. |
| `timer-start` | error | A timer that starts a process has a time. | Write one. |
| `timer-past` | warning | A date that is written down lies ahead. | Write a later one. |
| `not-read` | info | An element or attribute that has no effect here. | Nothing: it is kept in the file. |
"""


def page() -> str:
    return INTRODUCTION + "".join(f"{line}\n" for line in _chapters()) + BESIDE


def _chapters() -> Iterator[str]:
    for module in MODULES:
        title = (module.__doc__ or "").splitlines()[0].rstrip(".").partition(":")[0]
        yield f"\n## {title}\n"
        yield "| rule | severity | meaning | clause | what to do |"
        yield "|---|---|---|---|---|"
        for rule in RULES.values():
            if rule.module == module.__name__.rpartition(".")[2]:
                yield f"| `{rule.id}` | {rule.severity} | {rule.meaning} | {rule.clause} | {rule.remedy} |"


if __name__ == "__main__":
    sys.stdout.write(page())
