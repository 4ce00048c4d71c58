"""Python scripts of diagrams, in worker processes with limits."""
