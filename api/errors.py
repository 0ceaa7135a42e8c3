"""
Every refusal in one shape: problem details (RFC 9457), with a stable code and sentences.

The sentence of a code is in ``allocation.wording``, its status in ``STATUS``; a code without a
row is answered 422. What we did not foresee is answered 500 with a reference to look up in the
log, and nothing of what was being handled.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from allocation.cli.console import problem_sentence
from allocation.errors import HousingError, ProblemsError
from allocation.file_faults import value_facts
from allocation.wording import Catalogue
from api.bodies import FIELD_TWICE
from api.operation.gate import REQUEST_ID
from api.operation.limits import LimitReachedError
from api.operation.logs import place_of
from api.requests import words_of

log = logging.getLogger("passerelle")
MEDIA_TYPE = "application/problem+json"
STATUS = {
    "access.absent": 404,
    "access.denied": 403,
    "access.scope": 403,
    "accompaniment.no_capacity": 409,
    "accompaniment.not_as_rent_manager": 409,
    "account.absent": 404,
    "account.last_administrator": 409,
    "account.linked_already": 409,
    "account.not_linked": 409,
    "account.signs_in_at_provider": 409,
    "agreement.moved": 409,
    "agreement.present": 409,
    "agreement.refused": 409,
    "application.moved": 409,
    "application.offer_open": 409,
    "application.other_reference": 403,
    "application.status_by_procedure": 409,
    "auth.code_refused": 409,
    "auth.refused": 401,
    "auth.required": 401,
    "auth.token_over": 401,
    "auth.second_factor_needed": 401,
    "auth.second_factor_present": 409,
    "directory.somebody_elses": 409,
    "network.not_the_network": 403,
    "network.present": 409,
    "referral.again": 409,
    "referral.not_the_owner": 409,
    "building.moved": 409,
    "building.present": 409,
    "campaign.closed": 409,
    "campaign.present": 409,
    "dwelling.offered": 409,
    "dwelling.present": 409,
    "duplicates.decided": 409,
    "duplicates.joined": 409,
    "duplicates.kept_apart": 409,
    "duplicates.undone": 409,
    "change.erased": 409,
    "change.pending": 409,
    "common_file.by_procedure": 409,
    "common_file.cannot_hold": 409,
    "common_file.no_folder": 409,
    "common_file.nothing_open": 409,
    "common_file.only_ours": 409,
    "common_file.ours_is_master": 409,
    "cursor.invalid": 400,
    "database.away": 503,
    "erasure.already_done": 409,
    "erasure.closed_on": 422,
    "erasure.moved": 409,
    "erasure.offer_open": 409,
    "erasure.stay_running": 409,
    "erasure.still_on_list": 409,
    "erasure.too_early": 409,
    "http.other_site": 403,
    "idempotency.other_request": 409,
    "derogation.not_needed": 409,
    "jobs.unavailable": 503,
    "limit.reached": 429,
    "mandate.ended": 403,
    "mandate.not_covered": 403,
    "mandate.not_in_force": 403,
    "mandate.nothing_to_confirm": 409,
    "meeting.not_settled": 409,
    "meeting.nothing_held": 409,
    "meeting.register_moved": 409,
    "meeting.wrong_state": 409,
    "erasure.of_the_file": 409,
    "erasure.still_followed": 409,
    "plan.already_linked": 409,
    "plan.before_last_act": 409,
    "plan.moved": 409,
    "plan.over": 409,
    "procedure.illegal_act": 409,
    "procedure.too_early": 409,
    "quota.day_is_frozen": 409,
    "offer.application_not_open": 409,
    "offer.dwelling_has_offer": 409,
    "offer.household_has_offer": 409,
    "offer.next_awaited": 409,
    "offer.next_not_set": 409,
    "offer.nobody_entitled": 409,
    "offer.not_entitled": 409,
    "offer.not_vacant": 409,
    "offer.stay_begun": 409,
    "procedure.never_contacted": 409,
    "procedure.no_answer_time": 409,
    "oidc.account_closed": 403,
    "oidc.no_access": 403,
    "oidc.not_set_up": 404,
    "oidc.other_organisation": 403,
    "oidc.provider_away": 503,
    "oidc.provider_is_another": 503,
    "oidc.refused": 401,
    "oidc.refused_by_provider": 401,
    "oidc.state_refused": 400,
    "oidc.token_expired": 401,
    "oidc.token_not_yet_valid": 401,
    "oidc.token_unreadable": 401,
    "oidc.unknown_account": 403,
    "oidc.wrong_audience": 401,
    "oidc.wrong_issuer": 401,
    "oidc.wrong_nonce": 401,
    "organisation.present": 409,
    "partner.no_credential": 404,
    "presentation.already": 409,
    "presentation.too_many_refused": 429,
    "place.refused": 409,
    "register.absent": 404,
    "register.present": 409,
    "run.cancelled": 409,
    "run.taken_over": 409,
    "separation.seniority_set": 409,
    "standing.absent": 409,
    "stay.act_of_another": 403,
    "stay.approval_present": 409,
    "stay.dwelling_taken": 409,
    "stay.household_elsewhere": 409,
    "stay.refused": 409,
    "studies.not_ready": 404,
    "studies.too_many": 409,
    "webhook.too_many": 409,
}
# What the web server itself refuses.
_OF_STATUS = {
    404: "http.no_such_page",
    405: "http.method",
    413: "http.too_large",
    415: "http.media_type",
}
_KINDS = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "json_invalid": "not_json",
    "string_too_short": "text_too_short",
    "string_too_long": "text_too_long",
    "string_unicode": "text",
    "too_long": "too_many",
    "too_short": "too_few",
    FIELD_TWICE: FIELD_TWICE,
}
_LENGTHS = {
    "text_too_short": "min_length",
    "text_too_long": "max_length",
    "too_few": "min_length",
    "too_many": "max_length",
}


class Fault(BaseModel):
    """One fault of the request: where (a JSON pointer, or `query`/`header` and a name), what."""

    path: str
    code: str
    sentence: str


class ProblemDetails(BaseModel):
    """A refusal."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[Fault] = []


# Shown in the OpenAPI document of every route.
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "model": ProblemDetails,
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {}},
    }
    for status in (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503)
}


def install(app: FastAPI) -> None:
    """Answer every error of the application in this shape."""
    app.add_exception_handler(HousingError, _housing_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unforeseen)


def answer(
    status: int,
    code: str,
    words: Catalogue,
    detail: str,
    errors: list[Fault] | None = None,
    *,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The refusal as a response; ``headers``: what its status asks for beside."""
    problem = ProblemDetails(
        type=f"urn:passerelle:{code}",
        title=words.text(f"service.status.{status}"),
        status=status,
        code=code,
        detail=detail,
        errors=errors or [],
    )
    asked = {"www-authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    told = asked | dict(headers or {})
    return JSONResponse(problem.model_dump(), status, headers=told, media_type=MEDIA_TYPE)


def status_of(error: Exception) -> int:
    """The status of a refusal."""
    return int(STATUS.get(getattr(error, "code", "error"), HTTPStatus.UNPROCESSABLE_ENTITY))


def sentence_of(error: Exception, words: Catalogue) -> str:
    """What a refusal says, in the reader's language."""
    code = getattr(error, "code", "error")
    context = error.context if isinstance(error, HousingError) else {}
    return words.text(code, **context) if code in words else str(error)


async def _housing_error(request: Request, error: Exception) -> JSONResponse:
    words = words_of(request)
    faults = []
    if isinstance(error, ProblemsError):
        faults = [
            Fault(path=f"{p.where}/{p.column}", code=p.code, sentence=problem_sentence(p, words))
            for p in error.problems
        ]
    code = getattr(error, "code", "error")
    told = answer(status_of(error), code, words, sentence_of(error, words), faults)
    if isinstance(error, LimitReachedError):
        told.headers["retry-after"] = str(error.context["seconds"])
    return told


async def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    words = words_of(request)
    found = error.errors() if isinstance(error, RequestValidationError) else []
    faults = [_fault(one, words) for one in found]
    return answer(422, "input.refused", words, words.text("service.input_refused"), faults)


def _fault(error: dict[str, Any], words: Catalogue) -> Fault:
    """One error of a model; nothing of the value itself is repeated, it may be of a person."""
    facts = value_facts(error)
    said = facts.pop("kind", "other")
    kind = _KINDS.get(error["type"], said)
    context = error.get("ctx", {})
    if kind in _LENGTHS:
        facts["limit"] = str(context[_LENGTHS[kind]])
    if f"service.fault.{kind}" not in words:
        kind = "other"
    place, *rest = error["loc"]
    path = "/" + "/".join(str(step) for step in rest) if place == "body" else f"{place} {rest[0]}"
    return Fault(
        path=path, code=f"input.{kind}", sentence=words.text(f"service.fault.{kind}", **facts)
    )


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        return of_status(request, 500)
    headers = error.headers
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"allow": ", ".join(request.app.methods_of(request.url.path))}
    return of_status(request, error.status_code, headers=headers)


def of_status(
    request: Request, status: int, *, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """A refusal by the web server itself: no such page, too large, unreadable."""
    words = words_of(request)
    code = _OF_STATUS.get(status, "http.refused")
    return answer(status, code, words, words.text(f"service.{code}"), headers=headers)


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    """Answered outside the gate: what it adds to every answer is added here."""
    words = words_of(request)
    reference = str(request.scope.get(REQUEST_ID, ""))
    # The message of an error may quote a person's data: only its kind and place are logged.
    kind, place = type(error).__name__, place_of(error)
    log.error("internal error %s: %s at %s", reference, kind, place)
    detail = words.text("service.internal_error", reference=reference)
    told = answer(500, "service.internal", words, detail)
    told.headers.update(request.app.state.headers | {"x-request-id": reference})
    return told
