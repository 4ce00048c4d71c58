"""docs/conformance.md: the figures of the last recorded runs, written by the command, read by a test."""

from __future__ import annotations

import re
from pathlib import Path

from .report import Verdict, figures, marked

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
HEAD = """# Conformance

Measured with corpora that we did not write: processes through the use cases on SQLite, with a virtual clock and the
snapshot reloaded before every step; decision models through `stellwerk.dmn` itself.
`python -m tests.conformance CORPUS DIR --record` writes this page; a test holds that no figure gets worse. The corpora
lie outside of the project; `STELLWERK_CONFORMANCE` names their folder. With `--json FILE` the command also writes what
was observed in each case; it always prints the reason of each failure.

What is counted:
- **betsy**: the tokens that scripts log, as a multiset; their order where the diagram fixes it; nothing before its
  timer; each instance ends or waits as its diagram says; no incident is left. Upstream looks at the multiset alone.
- **camunda**: every step and every check of a scenario, and at its end no open incident and no lost token.
- **constraints**: a refusal that names the offending element and speaks of the broken rule, by a rule that refuses
  no valid model.
- **dmn**: every result of a test of decision models, those with a value and those that are null apart. A null counts
  only if the evaluation came to it by the rules of FEEL, with an error where the test says so, and if nine tenths of
  the values in its folder (of the level, where a folder has only nulls) are right. External functions (Java)
  are never run: those cases fail, and are named apart.
- **miwg**: every well-formed file is read, and an executable one deployed, or refused at a place in the file by a rule
  that refuses no valid model.

The rows "all with" count the cases of which something more is known, and how many of them pass: the right multiset of
tokens (upstream verdict), what BPMN demands of every engine (standard), executable or schema-valid files.

How the neutral vocabulary of the corpora becomes ours stands in `tests/conformance/adapt.py`. A start that ends in an
incident counts as refused, and the runner cancels that instance as an operator would.
"""
SECTION = re.compile(r"^## (\w+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| ([^|]+?) \| (\d+) \| (\d+) \|$", re.MULTILINE)


def section(corpus: str, verdicts: list[Verdict]) -> str:
    """One corpus: a row for each group, one for all, and the names of the cases that fail."""
    rows = [(name, group["total"], group["passed"]) for name, group in sorted(figures(verdicts).items())]
    rows.append(("all", len(verdicts), sum(v.passed for v in verdicts)))
    rows += [(f"all with: {name}", mark["total"], mark["passed"]) for name, mark in sorted(marked(verdicts).items())]
    lines = [f"## {corpus}", "", "| group | cases | passed |", "|---|---|---|"]
    lines += [f"| {name} | {total} | {passed} |" for name, total, passed in rows]
    failed = sorted(v.name + (f" ({v.note})" if v.note else "") for v in verdicts if not v.passed)
    if failed:
        lines += ["", "<details><summary>Failing</summary>", "", *(f"- {id}" for id in failed), "", "</details>"]
    return "\n".join([*lines, "", ""])


def record(corpus: str, verdicts: list[Verdict], page: Path = PAGE) -> None:
    """Replace the section of this corpus, keep the others."""
    sections = dict(SECTION.findall(page.read_text())) if page.exists() else {}
    texts = {name: f"## {name}\n{body}" for name, body in sections.items()}
    texts[corpus] = section(corpus, verdicts)
    page.write_text(HEAD + "\n" + "".join(texts[name].rstrip() + "\n\n" for name in sorted(texts)).rstrip() + "\n")


def recorded(page: Path = PAGE) -> dict[str, dict[str, tuple[int, int]]]:
    """How many cases and how many passed, by corpus and group."""
    text = page.read_text() if page.exists() else ""
    return {
        corpus: {name: (int(total), int(passed)) for name, total, passed in ROW.findall(body)}
        for corpus, body in SECTION.findall(text)
    }
