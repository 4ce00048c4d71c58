"""The versions of DMN by the namespace of their models, and what differs between them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Version:
    """`number` such as (1, 3); `model` and `feel` are its namespaces."""

    number: tuple[int, int]
    model: str
    feel: str

    def __str__(self) -> str:
        return f"{self.number[0]}.{self.number[1]}"


VERSIONS = (
    Version((1, 1), "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/FEEL/20140401"),
    Version((1, 2), "http://www.omg.org/spec/DMN/20180521/MODEL/", "http://www.omg.org/spec/DMN/20180521/FEEL/"),
    Version((1, 3), "https://www.omg.org/spec/DMN/20191111/MODEL/", "https://www.omg.org/spec/DMN/20191111/FEEL/"),
    Version((1, 4), "https://www.omg.org/spec/DMN/20211108/MODEL/", "https://www.omg.org/spec/DMN/20211108/FEEL/"),
    Version((1, 5), "https://www.omg.org/spec/DMN/20230324/MODEL/", "https://www.omg.org/spec/DMN/20230324/FEEL/"),
)
BY_MODEL = {version.model: version for version in VERSIONS}
CAMUNDA, ZEEBE = "http://camunda.org/schema/1.0/dmn", "http://camunda.org/schema/zeebe/1.0"
FEEL_LANGUAGES = frozenset({"", "feel", *(version.feel for version in VERSIONS)})
SINCE: dict[str, tuple[int, int]] = {name: (1, 4) for name in ("conditional", "for", "filter", "every", "some")} | {
    "typeConstraint": (1, 5)
}


def is_feel(language: str) -> bool:
    """Does the name of an expression language mean FEEL, of any version?"""
    return language.lower() in FEEL_LANGUAGES or language in FEEL_LANGUAGES


def not_run(language: str) -> str:
    return f"'{language}' is not run here. Write it in FEEL."
