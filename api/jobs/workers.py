"""Which worker an installation works with: inside the service, or procrastinate."""

from __future__ import annotations

from api.jobs.handlers import HANDLERS
from api.jobs.procrastination import ProcrastinateWorker
from api.jobs.worker import Worker
from api.service import Service
from api.settings import PROCRASTINATE


def worker_of(service: Service) -> Worker | ProcrastinateWorker:
    """The worker the settings ask for."""
    if service.settings.jobs == PROCRASTINATE:
        return ProcrastinateWorker(service, HANDLERS)
    return Worker(service, HANDLERS)
