"""Rules that a diagram can break: one small function for each, registered by its name."""

from stellwerk.engine.lint import activities, data, events, flows, gateways, references, structure, support
from stellwerk.engine.lint.registry import RULES, Rule, check

# Importing a module registers its rules.
MODULES = (references, support, structure, flows, gateways, events, activities, data)

__all__ = ["MODULES", "RULES", "Rule", "check"]
