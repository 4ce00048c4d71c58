"""docs/elements.md from the vocabulary: `python -m stellwerk.engine.elements_page > docs/elements.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from stellwerk.engine import vocabulary

INTRODUCTION = """\
# Elements

What the engine reads in a BPMN file. This page is made from the table in `server/stellwerk/engine/vocabulary/`, from
which parser, deployment report and properties panel derive as well; do not edit it by hand.
What an element means in detail is on the page [Modelling](modelling.md). What a file holds beyond this page is kept in
the file, and the deployment report names it.
"""


def page() -> str:
    return "\n".join([INTRODUCTION, *_elements(), *_attributes(), *_places(), *_refused()]) + "\n"


def _elements() -> Iterator[str]:
    yield "## Elements\n"
    yield "| element | family | meaning | since |\n|---|---|---|---|"
    for e in vocabulary.ELEMENTS:
        yield f"| `{e.tag}` | {e.family} | {e.meaning} | {e.since} |"


def _attributes() -> Iterator[str]:
    for group in vocabulary.GROUPS:
        yield f"\n## {group}\n"
        yield "| attribute | of | type | meaning | default | since |\n|---|---|---|---|---|---|"
        for a in vocabulary.ATTRIBUTES:
            if a.group == group:
                of = ", ".join("every element" if e == "*" else f"`{e}`" for e in a.elements)
                form = "" if a.form == "attribute" else " (element)"
                choices = f" ({', '.join(a.choices)})" if a.choices else ""
                yield f"| `{a.name}`{form} | {of} | {a.type}{choices} | {a.meaning} | {a.default} | {a.since} |"


def _places() -> Iterator[str]:
    yield "\n## Where each kind of event may stand\n"
    yield "| event | places |\n|---|---|"
    for kind, places in vocabulary.EVENT_PLACES.items():
        yield f"| {kind} | {', '.join(f'`{place}`' for place in places)} |"


def _refused() -> Iterator[str]:
    yield "\n## Refused at deployment\n"
    yield "| element | what it is | what to do instead |\n|---|---|---|"
    for tag, (name, way_out) in vocabulary.REFUSED.items():
        yield f"| `{tag}` | {name} | {way_out} |"


if __name__ == "__main__":
    sys.stdout.write(page())
