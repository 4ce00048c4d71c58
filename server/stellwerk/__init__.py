"""Stellwerk: a BPMN 2.0 process manager.

Exported here is what handlers of service tasks need (docs/handlers.md). The web application is `stellwerk.app`.
"""

from stellwerk.handlers import BpmnError, Job, Permanent, service

__all__ = ["BpmnError", "Job", "Permanent", "service"]
