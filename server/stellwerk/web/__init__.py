"""REST API, pages, authentication, streams."""

from stellwerk.web.register import register

__all__ = ["register"]
