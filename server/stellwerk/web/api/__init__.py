"""The REST API under /api/v1: one module for each noun, one declaration for each route. `mounting.py` has the list."""
