"""Rules that a diagram can break: one small function for each, registered by its name."""

from stellwerk.engine.lint import (
    activities,
    calls,
    collaborations,
    correlation,
    data,
    deadlocks,
    event_data,
    event_places,
    event_subprocesses,
    events,
    expressions,
    flow_ends,
    flows,
    gateways,
    items,
    links,
    places,
    processes,
    references,
    schema,
    signals,
    structure,
    support,
)
from stellwerk.engine.lint.registry import RULES, Rule, check

# Importing a module registers its rules.
MODULES = (
    schema,
    references,
    support,
    structure,
    flows,
    flow_ends,
    gateways,
    event_places,
    events,
    event_subprocesses,
    signals,
    links,
    activities,
    data,
    calls,
    processes,
    expressions,
    items,
    event_data,
    collaborations,
    correlation,
    places,
    deadlocks,
)

__all__ = ["MODULES", "RULES", "Rule", "check"]
