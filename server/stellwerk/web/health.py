"""Is the server alive, is it ready, and how much does it do: for load balancers and Prometheus.

`/healthz` and `/readyz` say nothing but yes or no and need no sign-in. `/metrics` is for administrators, and for
programs on this machine while the server listens on loopback only.
"""

from __future__ import annotations

import time

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from stellwerk.errors import StorageUnavailable
from stellwerk.store import incidents, instances, tasks
from stellwerk.store.instances import InstanceFilter
from stellwerk.store.tasks import TaskFilter
from stellwerk.usecases.access import require
from stellwerk.usecases.runtime import Runtime
from stellwerk.web import auth
from stellwerk.web.errors import WebError
from stellwerk.web.headers import is_loopback

MOST_COUNTED = 10_000
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Of one application. Requests are counted by route, never by address, so that ids make no series."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("stellwerk_requests", "Web requests.", labels, registry=self.registry)
        self.seconds = Histogram(
            "stellwerk_request_seconds", "Time of web requests.", ("route",), buckets=BUCKETS, registry=self.registry
        )
        self.commits = Counter("stellwerk_commits", "Commits of instances in this process.", registry=self.registry)
        self.gauges = {
            name: Gauge(f"stellwerk_{name}", text, registry=self.registry)
            for name, text in (
                ("instances_active", f"Active instances, counted up to {MOST_COUNTED}."),
                ("tasks_open", f"Open tasks, counted up to {MOST_COUNTED}."),
                ("incidents_open", f"Open incidents, counted up to {MOST_COUNTED}."),
            )
        }

    def measure(self, rt: Runtime) -> None:
        """Read the figures that live in the database."""
        with rt.database.reading() as tx:
            self.gauges["instances_active"].set(
                instances.count_instances(tx, InstanceFilter(state="active"), MOST_COUNTED)
            )
            self.gauges["tasks_open"].set(tasks.count_tasks(tx, TaskFilter(state="open"), MOST_COUNTED))
            self.gauges["incidents_open"].set(incidents.count_open(tx, MOST_COUNTED))


def register(app: Flask, rt: Runtime) -> None:
    metrics = Metrics()
    rt.committed.append(lambda _id: metrics.commits.inc())
    _count_requests(app, metrics)

    @app.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain")

    @app.get("/readyz")
    def readyz() -> Response:
        try:
            with rt.database.reading() as tx:
                incidents.count_open(tx, 1)
        except StorageUnavailable:
            raise WebError("not-ready", "The database does not answer.") from None
        return Response("ready\n", content_type="text/plain")

    @app.get("/metrics")
    def show_metrics() -> Response:
        if not _is_local(rt):
            require(auth.principal(), "metrics.read")
        metrics.measure(rt)
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)


def _is_local(rt: Runtime) -> bool:
    return is_loopback(rt.settings.host) and is_loopback(request.remote_addr or "")


def _count_requests(app: Flask, metrics: Metrics) -> None:
    @app.before_request
    def begin() -> None:
        g.stellwerk_began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "(none)"
        method = request.method if request.url_rule else "(any)"
        metrics.requests.labels(method, route, str(response.status_code)).inc()
        began = g.get("stellwerk_began")
        if began is not None:
            metrics.seconds.labels(route).observe(time.perf_counter() - began)
        return response
