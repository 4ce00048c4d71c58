"""REST API, pages, authentication, streams."""
