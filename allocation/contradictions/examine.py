"""Every contradiction of a register's rules, quotas, agreements and meeting, found at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from allocation.accompaniment import Terms
from allocation.contradictions.finding import Certainty, Contradiction
from allocation.contradictions.of_agreements import of_quotas_of_agreements, of_terms
from allocation.contradictions.of_quotas import of_quotas
from allocation.contradictions.of_rules import of_assumptions, of_points, of_preferences
from allocation.model import Meeting, Register
from allocation.rules import Assessments, Rulebook

_ORDER: tuple[Certainty, ...] = ("certain", "register", "to_confirm")


def contradictions(
    register: Register,
    rulebook: Rulebook,
    assessments: Assessments,
    meeting: Meeting,
    *,
    terms: Mapping[str, Terms] | None = None,
) -> tuple[Contradiction, ...]:
    """
    What is asked and cannot be had, the certain first.

    Parameters
    ----------
    register, assessments
        The register with its quotas, and what the rulebook says of its households.
    meeting
        The meeting whose date, settings and forecast hold.
    terms
        Agreement -> its terms in force, of those that are documents.

    Raises
    ------
    QuotaError
        ``quota.unresolved``: a share has no value on that date.
    """
    register = replace(register, meeting=meeting)
    found = [
        *of_quotas(register, rulebook, meeting),
        *of_quotas_of_agreements(register, assessments, meeting),
        *of_points(rulebook, meeting),
        *of_preferences(register, rulebook, assessments, meeting),
        *of_assumptions(register, rulebook, meeting),
    ]
    for agreement_id, text in sorted((terms or {}).items()):
        found += of_terms(agreement_id, text, register, assessments, meeting)
    return tuple(sorted(found, key=lambda one: _ORDER.index(one.certainty)))
