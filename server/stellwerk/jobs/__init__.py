"""Runs what is due: handlers, timers, deliveries."""
