"""
Every act on a stay: what it asks for, what it leads to, what would make a refused one possible.

Nothing here acts by itself. An act that is refused leaves the stay as it was, and every reason is
given at once, with the rule it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from allocation.accompaniment.occupancy import COUPLED, OCCUPANCY
from allocation.accompaniment.stay import NO_ALTERNATIVE, Episode, Stay, anniversaries
from allocation.accompaniment.stay_guards import CRISES, PUBLICS, Asked, Look, StayRefusedError
from allocation.accompaniment.stay_rules import SLSP_BASIS, StayRules
from allocation.rules.periods import after_months

# Exit classes an act may give; the others would say something else than the act does.
CLASSES_OF: Mapping[str, tuple[str, ...]] = {
    "leave_by_choice": ("moved_by_choice",),
    "move_via_bridge": ("moved_for_fit", "moved_by_choice"),
    "end_without_slide": (
        "end_of_term_without_slide",
        "contract_ended",
        "eviction",
        "death",
        "unknown",
    ),
    "end_stay": ("contract_ended", "eviction", "death", "unknown"),
    "end_lease": ("contract_ended", "eviction", "death", "unknown"),
}
ENDS = tuple(CLASSES_OF)


def take(stay: Stay, asked: Asked, rules: StayRules) -> Stay:
    """
    The stay after an act.

    Raises
    ------
    IllegalActError
        ``procedure.illegal_act``: not in this status; ``possible`` lists what is.
    StayRefusedError
        Every condition that is not met, with its rule and what would make the act possible.
    """
    after = OCCUPANCY.after(stay.status, asked.act)
    look = Look(stay, asked, rules)
    last = stay.episode
    if last is not None and asked.on < last.from_on:
        look.refuse("on", "stay.before_the_last_act", from_on=last.from_on)
    done = _end(look, after) if asked.act in ENDS else _ACTS[asked.act](look)
    if look.found:
        raise StayRefusedError(look.found)
    return done


def _enter_emergency(look: Look) -> Stay:
    look.agreement("emergency")
    if look.asked.crisis not in CRISES:
        look.refuse("crisis", "stay.no_crisis", allowed=", ".join(CRISES))
    return look.stay.entered(Episode("emergency", look.asked.on, look.asked.until_on))


def _enter_transit(look: Look) -> Stay:
    """
    Six months at most, for households of category 1 or deprived of housing by force majeure.

    Legal source
    ------------
    Walloon housing code, article 1, 8 (value and mark in the rules of stays).
    """
    asked = look.asked
    look.agreement("transit")
    look.need("transit.informed_before", informed_on="stay.not_informed")
    look.need(signed_on="stay.not_signed")
    if asked.public not in PUBLICS:
        look.refuse("public", "stay.unknown_public", allowed=", ".join(PUBLICS))
    elif asked.public == "income_category":
        look.category("transit.income_category")
    until_on = look.term(after_months(asked.on, look.months("transit.months")), "transit.months")
    return look.stay.entered(Episode("transit", asked.on, until_on, asked.signed_on))


def _renew_transit(look: Look) -> Stay:
    last, asked = look.stay.episodes[-1], look.asked
    ends_on = last.until_on or asked.on
    look.need(situation_persists="stay.situation_not_attested", reason="stay.no_reason")
    if last.n_renewals >= look.months("transit.renewals"):
        n = look.months("transit.renewals")
        look.refuse("act", "stay.no_renewal_left", "transit.renewals", n=n, until_on=ends_on)
        return look.stay
    if asked.on > ends_on:
        look.refuse("on", "stay.term_is_over", until_on=ends_on)
    most_on = after_months(ends_on, look.months("transit.renewal_months"))
    return look.stay.prolonged(look.term(most_on, "transit.renewal_months"))


def _enter_insertion(look: Look) -> Stay:
    """
    Three years at most, for households of category 1.

    Legal source
    ------------
    Walloon housing code, article 1, 7 (value and mark in the rules of stays).
    """
    asked = look.asked
    look.agreement("insertion")
    look.need(signed_on="stay.not_signed")
    look.category("insertion.income_category")
    most_on = after_months(asked.on, look.months("insertion.months"))
    until_on = look.term(most_on, "insertion.months")
    return look.stay.entered(Episode("insertion", asked.on, until_on, asked.signed_on))


def _sign_sliding_lease(look: Look) -> Stay:
    """
    Main lease and sub-lease for a year, between a company, an approved operator and a household.

    Legal source
    ------------
    Walloon decree of 15 March 2018 on residential leases; whether a company of public housing
    may be the landlord is open (U24), so a recorded legal basis is asked for.
    """
    stay, asked = look.stay, look.asked
    if not look.rules.may_hold_a_sliding_lease(stay.operator_kind, asked.on):
        kinds = ", ".join(look.rules.operators)
        key = "sliding_lease.term_months"
        look.refuse("operator_id", "stay.operator_of_another_kind", key, kinds=kinds)
    elif not stay.is_operator_approved:
        key = "sliding_lease.term_months"
        look.refuse("operator_id", "stay.operator_not_approved", key, act_on=asked.on)
    look.agreement("sliding_lease")
    if stay.agreement is not None and not stay.agreement.has_basis:
        look.refuse("agreement_id", "stay.no_legal_basis", SLSP_BASIS)
    look.free_place()
    look.need("sliding_lease.subtenant_named", is_subtenant_named="stay.subtenant_not_named")
    look.need("sliding_lease.objectives", objectives="stay.no_objective")
    look.need("sliding_lease.salubrity", salubrity_on="stay.salubrity_not_attested")
    look.need(
        signed_on="stay.not_signed",
        household_agreed_on="stay.household_not_agreed",
        landlord_agreed_on="stay.landlord_not_agreed",
    )
    most_on = after_months(asked.on, look.months("sliding_lease.term_months"))
    until_on = look.term(most_on, "sliding_lease.term_months")
    entered = stay.entered(Episode("sliding_lease", asked.on, until_on, asked.signed_on))
    numbered = tuple(str(i) for i, _ in enumerate(asked.objectives, start=1))
    return replace(entered, objectives=numbered)


def _extend_sliding_lease(look: Look) -> Stay:
    last, asked = look.stay.episodes[-1], look.asked
    ends_on = last.until_on or asked.on
    look.review()
    look.need(reason="stay.no_reason", support_change="stay.no_support_change")
    most = after_months(last.from_on, look.months("sliding_lease.most_months"))
    if ends_on >= most:
        key = "sliding_lease.most_months"
        look.refuse("until_on", "stay.longest_reached", key, latest_on=most)
        return look.stay
    if asked.on > ends_on:
        look.refuse("on", "stay.term_is_over", until_on=ends_on)
    longer = after_months(ends_on, look.months("sliding_lease.term_months"))
    return look.stay.prolonged(look.term(min(longer, most), "sliding_lease.most_months"))


def _slide(look: Look) -> Stay:
    """
    The household becomes the tenant; the operator establishes it, the landlord cannot object.

    A paper missing from the file takes nothing away from this right.

    Legal source
    ------------
    Walloon decree of 15 March 2018 (values and marks in the rules of stays).
    """
    stay, asked = look.stay, look.asked
    last = stay.episodes[-1]
    look.review()
    look.need(household_agreed_on="stay.household_not_agreed")
    still = [k for k, state in stay.objective_states().items() if state in ("open", "moving")]
    if still:
        numbers = ", ".join(still)
        look.refuse("objectives", "stay.objectives_open", "sliding_lease.objectives", still=numbers)
    most = after_months(last.from_on, look.months("sliding_lease.most_months"))
    days = anniversaries(last.from_on, most, months=look.months("sliding_lease.term_months"))
    if look.rules.rule("sliding_lease.slides_at_anniversary", asked.on).value:
        if asked.on > most:
            key = "sliding_lease.most_months"
            look.refuse("on", "stay.past_maximum", key, asked_on=asked.on, latest_on=most)
        elif asked.on not in days:
            next_on = next(day for day in days if day > asked.on)
            key = "sliding_lease.slides_at_anniversary"
            look.refuse("on", "stay.not_an_anniversary", key, next_on=next_on)
    signed_on = last.signed_on or last.from_on
    until_on = after_months(signed_on, look.months("standard_lease.months"))
    return stay.entered(Episode("standard_lease", asked.on, until_on, signed_on))


def _sign_standard_lease(look: Look) -> Stay:
    asked = look.asked
    look.need(signed_on="stay.not_signed")
    signed_on = asked.signed_on or asked.on
    until_on = after_months(signed_on, look.months("standard_lease.months"))
    return look.stay.entered(Episode("standard_lease", asked.on, until_on, signed_on))


def _start_support(look: Look) -> Stay:
    asked = look.asked
    look.agreement("support_only")
    look.free_place()
    look.need(household_agreed_on="stay.household_not_agreed")
    if asked.until_on is None or asked.until_on <= asked.on:
        look.refuse("until_on", "stay.support_without_end")
    signed_on = look.stay.episodes[-1].signed_on
    return look.stay.entered(Episode("support_only", asked.on, asked.until_on, signed_on))


def _end_support(look: Look) -> Stay:
    """The lease goes on as it was: support ends nothing but itself."""
    lease = next(e for e in reversed(look.stay.episodes) if e.status == "standard_lease")
    return look.stay.entered(replace(lease, from_on=look.asked.on))


def _give_up(look: Look) -> Stay:
    return replace(look.stay, status="never_entered")


def _end(look: Look, after: str) -> Stay:
    """No stay ends without an alternative offered, or the reason why there is none."""
    stay, asked = look.stay, look.asked
    allowed = CLASSES_OF[asked.act]
    if asked.exit_class not in allowed:
        look.refuse("exit_class", "stay.other_exit_class", allowed=", ".join(allowed))
    is_death = asked.exit_class == "death"
    if asked.no_alternative and (asked.no_alternative == "death") != is_death:
        look.refuse("no_alternative", "stay.no_alternative_disagrees")
    elif not stay.n_alternatives and asked.no_alternative not in NO_ALTERNATIVE:
        look.refuse("no_alternative", "stay.no_alternative", "end.alternative")
    if asked.act == "leave_by_choice":
        look.need(household_agreed_on="stay.household_not_agreed")
    elif asked.act == "move_via_bridge":
        look.need(
            household_agreed_on="stay.household_not_agreed",
            landlord_agreed_on="stay.landlord_not_agreed",
            receiver_agreed_on="stay.receiver_not_agreed",
            receiving_landlord="stay.no_receiving_landlord",
        )
    elif not is_death and stay.status in COUPLED:
        look.review()
        look.need(notice_on="stay.no_notice")
    return replace(stay, status=after)


_ACTS: Mapping[str, Callable[[Look], Stay]] = {
    "enter_emergency": _enter_emergency,
    "enter_transit": _enter_transit,
    "renew_transit": _renew_transit,
    "enter_insertion": _enter_insertion,
    "sign_sliding_lease": _sign_sliding_lease,
    "extend_sliding_lease": _extend_sliding_lease,
    "slide": _slide,
    "sign_standard_lease": _sign_standard_lease,
    "start_support": _start_support,
    "end_support": _end_support,
    "give_up": _give_up,
}
