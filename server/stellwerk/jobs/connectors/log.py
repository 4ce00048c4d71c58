"""`log`: write a line to the server's log."""

from __future__ import annotations

import logging
from typing import Literal

from stellwerk.handlers import MARK, Declaration, Job, service

Level = Literal["debug", "info", "warning", "error"]


def connector() -> Declaration:
    @service("log")
    def log(message: str, job: Job, level: Level = "info") -> None:
        """Write a line to the server's log, with the instance and the element."""
        job.log(message, logging.getLevelNamesMapping()[level.upper()])

    made: Declaration = getattr(log, MARK)[0]
    return made
