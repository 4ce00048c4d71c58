"""Python scripts of diagrams, in worker processes with limits. The door is `Sandbox`."""

from stellwerk.sandbox.scripts import Sandbox

__all__ = ["Sandbox"]
