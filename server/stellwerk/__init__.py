"""Stellwerk: a BPMN 2.0 process manager."""
