"""
When a lease ends at a term, or at the end of a trial: the company finds the conditions not met.

The day on which a household no longer meets the conditions, if it ever does, and whether a trial
is ended are drawn for the dwelling and the number of its tenancy, the same in every arm. The
terms only decide when it is found out: a nine-year lease sees it later than one of three years.
"""

from __future__ import annotations

from math import log1p

from scenarios.bridges import later
from scenarios.parameters import Parameters
from scenarios.policy import Leases
from scenarios.population import DAYS_OF_A_YEAR

TERM, TRIAL = "term", "trial"
_NEVER_MONTHS = 1200


def term_of(
    leases: Leases, begins: int, drawn: tuple[float, float], parameters: Parameters
) -> tuple[int, str]:
    """
    Day and reason of the end of a lease by the company, if the household stays that long.

    Parameters
    ----------
    leases
        Terms and trial, in months.
    begins
        First day, counted from 1970.
    drawn
        Uniforms: when the conditions are no longer met, and whether a trial is ended.
    parameters
        ``simulator.leases``: yearly rate of losing the conditions, share of trials ended, months
        of notice before a term.

    Returns
    -------
    tuple of int and str
        Days counted from 1970; ``term`` or ``trial``.
    """
    lapses, fails = drawn
    if leases.trial_months and fails < parameters["simulator.leases.trial_ended_share"]:
        return later(begins, leases.trial_months), TRIAL
    rate = parameters["simulator.leases.conditions_lost_rate"]
    lost = begins - log1p(-lapses) / rate * DAYS_OF_A_YEAR if rate else float("inf")
    notice = int(parameters["simulator.leases.notice_months"])
    months, terms = 0, iter(leases.terms_months)
    while True:
        months += next(terms, leases.terms_months[-1])
        if months >= _NEVER_MONTHS or later(begins, months - notice) >= lost:
            return later(begins, months), TERM
