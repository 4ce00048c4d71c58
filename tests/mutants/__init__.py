"""Mutants prove the tests: the engine with one deliberate fault, which the tests must find (`make mutants`).

A fault is an edit of one function while it is in memory; no file changes, and the engine knows nothing of it.
"""
