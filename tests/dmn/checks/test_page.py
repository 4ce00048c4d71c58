"""docs/table-rules.md is what the register says."""

from pathlib import Path

from stellwerk.dmn.checks import RULES, page

ROOT = Path(__file__).parents[3]


def test_the_page_of_rules_is_made_from_the_register() -> None:
    written = (ROOT / "docs/table-rules.md").read_text(encoding="utf-8")
    assert written == page.page(), "run: python -m stellwerk.dmn.checks.page > docs/table-rules.md"


def test_every_rule_says_what_it_means_and_what_to_do() -> None:
    for rule in RULES.values():
        assert rule.meaning.endswith(".")
        assert rule.remedy.endswith(".")
        assert f"| {rule.clause} |" in page.page()
