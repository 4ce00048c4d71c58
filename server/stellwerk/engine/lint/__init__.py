"""Rules that a diagram can break: one small function for each, registered by its name."""

from stellwerk.engine.lint import (
    activities,
    data,
    event_subprocesses,
    events,
    flows,
    gateways,
    links,
    references,
    structure,
    support,
)
from stellwerk.engine.lint.registry import RULES, Rule, check

# Importing a module registers its rules.
MODULES = (references, support, structure, flows, gateways, events, event_subprocesses, links, activities, data)

__all__ = ["MODULES", "RULES", "Rule", "check"]
