"""docs/rules.md is what the register says."""

from pathlib import Path

from stellwerk.engine.lint import RULES, page

ROOT = Path(__file__).parents[2]


def test_the_page_of_rules_is_made_from_the_register():
    written = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
    assert written == page.page(), "run: python -m stellwerk.engine.lint.page > docs/rules.md"


def test_each_rule_says_what_it_means_and_what_to_do():
    assert [rule.id for rule in RULES.values() if not rule.meaning.endswith(".")] == []
    assert [rule.id for rule in RULES.values() if not rule.remedy.endswith(".")] == []
