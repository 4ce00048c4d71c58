"""REST API, pages, authentication. `wiring.register(app, runtime)` adds all of it to an application."""
