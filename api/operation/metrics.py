"""
``GET /metrics`` for Prometheus, with a token of its own; absent where none is set.

Labels are the method, the template of the route and the status: never an address that was
asked for, a caller or an organisation.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from api.access import AbsentError
from api.db.engine import DatabaseAwayError
from api.db.tables.jobs import run
from api.db.tables.journal import journal_head
from api.jobs.asking import FAILED, QUEUED, RUNNING
from api.requests import UnknownCallerError, service_of, token_of
from api.routing import Route
from api.service import Service

router = APIRouter(include_in_schema=False, route_class=Route)
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10)


@dataclass(frozen=True)
class Metrics:
    """What one application has counted."""

    registry: CollectorRegistry = field(
        default_factory=lambda: CollectorRegistry(auto_describe=True)
    )
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)

    def __post_init__(self) -> None:
        """Make the meters."""
        requests = Counter(
            "passerelle_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        seconds = Histogram(
            "passerelle_request_seconds",
            "Time to the end of the answer.",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        object.__setattr__(self, "requests", requests)
        object.__setattr__(self, "seconds", seconds)

    def answered(self, method: str, route: str, *, status: int, seconds: float) -> None:
        """Count a request."""
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route).observe(seconds)


class FromDatabase(Collector):
    """Figures read when they are asked for: the same from every process."""

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing: being registered asks nothing of the database."""
        return iter(())

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Runs by state, the length of the journal; nothing of it while the database is away."""
        up = GaugeMetricFamily("passerelle_database_up", "Whether the database answers.")
        try:
            states, entries = self._read()
        except DatabaseAwayError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        runs = GaugeMetricFamily("passerelle_runs", "Jobs by state.", labels=["state"])
        for state in (QUEUED, RUNNING, FAILED):
            runs.add_metric([state], states.get(state, 0))
        yield runs
        yield GaugeMetricFamily("passerelle_journal_entries", "Entries of the journal.", entries)

    def _read(self) -> tuple[dict[str, int], int]:
        by_state = sa.select(run.c.state, sa.func.count()).group_by(run.c.state)
        with self._service.database.reading() as connection:
            states = {str(state): int(n) for state, n in connection.execute(by_state)}
            entries = connection.scalar(sa.select(journal_head.c.sequence))
        return states, int(entries or 0)


@router.get("/metrics")
def read_metrics(request: Request) -> Response:
    """The meters, for who has the token."""
    service = service_of(request)
    file = service.settings.metrics_token_file
    if file is None:
        raise AbsentError("No metrics here.")
    if not hmac.compare_digest(token_of(request).encode(), _token(file)):
        raise UnknownCallerError("Not the token.")
    metrics: Metrics = request.app.state.metrics
    return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _token(file: Path) -> bytes:
    return file.read_text(encoding="utf-8").strip().encode()
