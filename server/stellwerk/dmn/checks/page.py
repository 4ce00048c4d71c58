"""docs/table-rules.md from the register: `python -m stellwerk.dmn.checks.page > docs/table-rules.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from stellwerk.dmn.checks import MODULES, RULES

INTRODUCTION = """\
# Rules for decision tables

What the check looks at in the decision tables of a file, beside what the file must be to be read at all. An **error**
refuses the file, a **warning** or an **info** does not. Each finding names its rule, the element, the line, and what to
do. This page is made from the rules in `server/stellwerk/dmn/checks/`; do not edit it by hand.

*Clause* is the section of DMN 1.5 (formal/2024-08-01) behind a rule. [Decision models](dmn.md#checks-of-tables) says
what is certain and what is not.
"""

BESIDE = """
## Beside the rules

| rule | severity | meaning | what to do |
|---|---|---|---|
| `dmn-table-too-large` | info | A rule did not look everywhere: it would take too long. | Divide the table. |
| `feel-syntax` | error | An expression or a cell can be read. | Correct it where the message points to. |
| `dmn-unknown-type` | error | A type is built in, defined in the file, or imported. | Define it, or choose another. |
| `dmn-output-values` | error | PRIORITY and OUTPUT ORDER have output values in their order. | Give them. |
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
            if rule.find.__module__ == module.__name__:
                yield f"| `{rule.id}` | {rule.severity} | {rule.meaning} | {rule.clause} | {rule.remedy} |"


if __name__ == "__main__":
    sys.stdout.write(page())
