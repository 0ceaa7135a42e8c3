"""The application: every feature's routes under ``/api/v1``, one shape of error, safe headers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from functools import cache

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from allocation.rules import load_rulebook
from api import errors
from api.accompaniment.following_routes import router as following
from api.accompaniment.routes import router as accompaniment
from api.agreements.routes import router as agreement_documents
from api.applications.act_routes import router as application_acts
from api.applications.routes import router as applications
from api.auth.oauth import router as oauth
from api.auth.oidc.provider import Provider
from api.auth.pages import router as session_pages
from api.auth.routes import router as session
from api.auth.staff_routes import router as staff
from api.bodies import takes_json
from api.buildings.routes import router as buildings
from api.campaigns.routes import router as campaigns
from api.common_file.routes import router as common_file
from api.deadlines.routes import router as followed_deadlines
from api.decisions.routes import router as decisions
from api.description import DescribedApp
from api.duplicates.routes import router as duplicates
from api.dwellings.routes import router as dwellings
from api.erasure.routes import router as erasure
from api.fresh_proofs.routes import router as fresh_proofs
from api.jobs.routes import router as runs
from api.jobs.workers import worker_of
from api.journal.pages import router as journal_pages
from api.journal.routes import router as journal
from api.mandates.routes import router as mandates
from api.meetings.routes import router as meetings
from api.occupancies.routes import router as occupancies
from api.offers.routes import router as offers
from api.operation.gate import Gate, headers_of
from api.operation.health import router as health
from api.operation.limits import Limits
from api.operation.metrics import FromDatabase, Metrics
from api.operation.metrics import router as metrics
from api.orientation.network_routes import router as networks
from api.orientation.routes import router as orientation
from api.partners.routes import router as partners
from api.places.routes import router as places
from api.points.routes import router as points
from api.practice.routes import router as practice
from api.procedures.routes import router as procedures
from api.proofs.routes import router as proofs
from api.quotas.routes import router as quotas
from api.reports.routes import router as reports
from api.rights.routes import router as rights
from api.routing import Route
from api.separations.routes import router as separations
from api.service import Service
from api.studies.routes import router as studies
from api.web.pages import router as first_page
from api.web.rendering import STATIC
from api.webhooks.routes import router as webhooks
from api.worklists.routes import router as worklists

API = "/api/v1"
FEATURES = (
    session,
    staff,
    applications,
    application_acts,
    campaigns,
    duplicates,
    worklists,
    dwellings,
    meetings,
    decisions,
    offers,
    procedures,
    occupancies,
    quotas,
    reports,
    studies,
    runs,
    journal,
    erasure,
    partners,
    agreement_documents,
    places,
    buildings,
    mandates,
    proofs,
    fresh_proofs,
    points,
    separations,
    common_file,
    followed_deadlines,
    webhooks,
    accompaniment,
    following,
    orientation,
    networks,
    rights,
    practice,
)
PAGES = (first_page, session_pages, journal_pages)


def create_app(service: Service) -> FastAPI:
    """The application over an opened service; the caller closes the service."""
    app = DescribedApp(
        routes=list(_whole().routes),
        title="Passerelle",
        version="1",
        summary="Allocation of Walloon public housing: it proposes, people decide.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # those pages load scripts of a third party
        redoc_url=None,
        # Its log records would carry the messages of exceptions, and with them data of persons.
        telemetry={"logs": False},
        responses=errors.RESPONSES,
        lifespan=_lifespan,
    )
    app.state.service = service
    app.state.oidc = Provider.of(service.settings, service.now)
    errors.install(app)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.state.limits = Limits.of(service.settings, service.database)
    app.state.metrics = Metrics()
    app.state.metrics.registry.register(FromDatabase(service))
    app.state.headers = headers_of(service.settings)
    app.add_middleware(
        Gate,
        headers=app.state.headers,
        max_body_bytes=service.settings.max_body_bytes,
        metrics=app.state.metrics,
        prefix=API,
    )
    return app


@cache
def _whole() -> APIRouter:
    """Every route, made once for all applications of a process: it takes longer than a start."""
    whole = APIRouter(responses=errors.RESPONSES, route_class=Route)
    for router in (health, metrics, oauth):
        whole.include_router(router)
    for router in FEATURES:
        whole.include_router(router, prefix=API, dependencies=[Depends(takes_json)])
    for router in PAGES:
        whole.include_router(router)
    return whole


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Read the rules before the first request, and work while the application serves."""
    service: Service = app.state.service
    load_rulebook("wallonia")
    current_default_thread_limiter().total_tokens = service.settings.threads
    with ExitStack() as open_for_the_while:
        if service.settings.has_worker:
            app.state.worker = worker_of(service)
            open_for_the_while.enter_context(app.state.worker.running())
        yield
