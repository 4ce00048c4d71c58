"""Benchmarks: one command for each question. They gate on counts and report times; see README.md."""
