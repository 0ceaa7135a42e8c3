"""
An agreement from draft to end: its states, its acts, and what keeps an act from being done.

Nothing moves by itself. An agreement never ends while a stay depends on it, unless each such stay
has a destination that somebody has recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar

from allocation.accompaniment.agreement_terms import Base, Terms, faults
from allocation.errors import Problem, ProblemsError
from allocation.procedure import Machine, Step

RUNNING_STATES = ("in_force", "suspended", "expiring")
ENDS_OF_AGREEMENTS = ("expire", "terminate_early")
# What becomes of a stay when the agreement that holds it ends.
DESTINATIONS = (
    "stays_under_another_agreement",
    "lease_with_the_landlord",
    "taken_over_by_another_partner",
    "other_home_accepted",
    "runs_to_its_own_end",
)

AGREEMENT = Machine(
    "agreement",
    "drafted",
    (
        Step("negotiate", ("drafted",), "negotiated", "slsp"),
        Step("sign_agreement", ("negotiated",), "signed", "both_parties"),
        Step("take_effect", ("signed", "renewed"), "in_force", "slsp"),
        Step("amend", ("in_force",), "in_force", "both_parties"),
        Step("suspend", ("in_force",), "suspended", "slsp"),
        Step("resume_agreement", ("suspended",), "in_force", "slsp"),
        Step("near_the_end", ("in_force",), "expiring", "slsp"),
        Step("renew_agreement", ("expiring",), "renewed", "both_parties"),
        Step("expire", ("expiring",), "expired", "slsp"),
        Step("terminate_early", (*RUNNING_STATES, "renewed"), "terminated_early", "either_party"),
        Step("abandon", ("drafted", "negotiated", "signed"), "abandoned", "either_party"),
    ),
)
NEEDS_REASON = ("suspend", "terminate_early", "abandon")
NEW_TERMS = ("negotiate", "amend", "renew_agreement")


class AgreementRefusedError(ProblemsError):
    """``agreement.refused``: every reason, with its rule and what would make the act possible."""

    code: ClassVar[str] = "agreement.refused"


@dataclass(frozen=True)
class AgreementDocument:
    """
    An agreement as it stands.

    ``stays``: the stays that depend on it today. ``signed_on``: signature of its terms.
    """

    terms: Terms
    state: str = AGREEMENT.initial
    version: int = 1
    signed_on: date | None = None
    stays: tuple[str, ...] = ()


@dataclass(frozen=True)
class AgreementAct:
    """
    An act on an agreement, with what it records.

    ``terms``: new ones, where the act changes them. ``destinations``: stay -> where it goes, for
    an act that ends the agreement; each of ``DESTINATIONS``.
    """

    act: str
    on: date
    reason: str = ""
    notice_on: date | None = None
    signed_on: date | None = None
    terms: Terms | None = None
    destinations: Mapping[str, str] = field(default_factory=dict)


def conclude(
    document: AgreementDocument,
    asked: AgreementAct,
    *,
    register_kind: str = "real",
    base: Base | None = None,
) -> AgreementDocument:
    """
    The agreement after an act; the one given is untouched.

    Raises
    ------
    IllegalActError
        ``procedure.illegal_act``: not possible in this state.
    AgreementRefusedError
        ``agreement.refused``: every condition that is not met.
    """
    state = AGREEMENT.after(document.state, asked.act)
    problems = sorted(_problems(document, asked, register_kind, base or Base()))
    if problems:
        raise AgreementRefusedError(problems)
    made = replace(document, state=state)
    if asked.terms is not None:
        is_rewritten = asked.act != "negotiate"
        made = replace(made, terms=asked.terms, version=document.version + is_rewritten)
    if asked.signed_on is not None:
        made = replace(made, signed_on=asked.signed_on)
    return made


def _problems(
    document: AgreementDocument, asked: AgreementAct, register_kind: str, base: Base
) -> Iterator[Problem]:
    if asked.act in NEEDS_REASON and not asked.reason.strip():
        yield _at("reason", "agreement.no_reason")
    if asked.terms is not None and asked.act not in NEW_TERMS:
        yield _at("terms", "agreement.terms_not_changed_here", possible=", ".join(NEW_TERMS))
    terms = asked.terms or document.terms
    if terms.kind != document.terms.kind:
        yield _at("terms/kind", "agreement.kind_is_fixed")
    if asked.act in ("sign_agreement", "amend", "renew_agreement"):
        yield from _signature(asked)
        yield from faults(terms, on=asked.on, register_kind=register_kind, base=base)
    yield from _days(document, asked, terms)
    if asked.act in ENDS_OF_AGREEMENTS:
        yield from _stays(document, asked)


def _signature(asked: AgreementAct) -> Iterator[Problem]:
    if asked.signed_on is None or asked.signed_on > asked.on:
        yield _at("signed_on", "agreement.not_signed")
    if asked.act != "sign_agreement" and asked.terms is None:
        yield _at("terms", "agreement.terms_missing")


def _days(document: AgreementDocument, asked: AgreementAct, terms: Terms) -> Iterator[Problem]:
    begins, ends = terms.in_force_from, terms.in_force_to
    if asked.act == "take_effect" and asked.on < begins:
        yield _at("on", "agreement.too_early", day=begins)
    if asked.act == "near_the_end" and ends is None:
        yield _at("on", "agreement.no_end_known")
    if asked.act == "renew_agreement" and asked.terms is not None:
        before = document.terms.in_force_to
        if before is None or (ends is not None and ends <= before):
            yield _at("terms/in_force_to", "agreement.renewal_not_longer")
    if asked.act == "expire" and (ends is None or asked.on < ends):
        yield _at("on", "agreement.runs_still", day=ends or "…")
    if asked.act == "terminate_early" and (asked.notice_on is None or asked.notice_on > asked.on):
        yield _at("notice_on", "agreement.no_notice", months=terms.notice_months)


def _stays(document: AgreementDocument, asked: AgreementAct) -> Iterator[Problem]:
    """No stay is left without a destination, and none is named that does not depend on it."""
    for stay in document.stays:
        if asked.destinations.get(stay) not in DESTINATIONS:
            yield _at(
                f"destinations/{stay}", "agreement.stay_without_destination",
                stay=stay, possible=", ".join(DESTINATIONS),
            )  # fmt: skip
    for stay in sorted(set(asked.destinations) - set(document.stays)):
        yield _at(f"destinations/{stay}", "agreement.not_its_stay", stay=stay)


def _at(column: str, code: str, **facts: object) -> Problem:
    return Problem.at("", 0, column, code, **facts)
