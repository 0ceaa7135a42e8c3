"""The committee's proposal, from a frozen register to every line with its ground."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from allocation.matching import LEX, LEX_UNITS, Solver
from allocation.model.proposal import Caveat, NotRanked, Proposal, RankedHousehold
from allocation.model.register import Register
from allocation.proposal.alternatives import alternative, lower_choices, shortage_of
from allocation.proposal.arguments import arguments
from allocation.proposal.grounds import Grounds
from allocation.proposal.rounds import Outcome, run_rounds
from allocation.proposal.serial_grounds import SerialGrounds
from allocation.proposal.serial_session import run_serial, serial_order
from allocation.proposal.session import Session, of_those_kept_out, prepare
from allocation.rules.outcome import Assessments
from allocation.rules.rulebook import Rulebook


def propose(register: Register, rulebook: Rulebook, assessments: Assessments) -> Proposal:
    """
    Propose a household for every vacant dwelling of the register's meeting.

    Parameters
    ----------
    register
        A snapshot with its meeting.
    rulebook
        The rules named by the meeting.
    assessments
        The rules applied to the register on the meeting's date and settings.

    Raises
    ------
    MeetingError
        ``meeting.missing``.
    QuotaError
        ``quota.unresolved``: a share without a value.
    InfeasibleError
        ``matching.infeasible``: hard floors and caps cannot hold together.
    """
    session = prepare(register, rulebook, assessments)
    levels = session.meeting.levels
    solver = Solver()
    outcome = run_rounds(session, levels, solver=solver)
    other = LEX if "units" in levels else LEX_UNITS
    switched = run_rounds(session, other, solver=solver)
    serial = run_serial(session, outcome.resolved)
    if session.meeting.mode == "serial":
        return _serial_proposal(session, outcome, switched, serial)
    grounds = Grounds(session, outcome, levels)
    unserved = grounds.unserved()
    return Proposal(
        **_frame(session),
        dwellings=grounds.dwellings(),
        quotas=grounds.quotas(),
        unserved=unserved,
        halls=tuple(grounds.halls),
        counterfactuals=grounds.counterfactuals(),
        arguments=arguments(outcome, grounds.sets, levels),
        alternatives=(
            alternative(session, "serial", serial, shortage_of(session, outcome, serial)),
            _switched(session, switched, levels),
        ),
        lower_choices=lower_choices(session, outcome.assignment, serial),
        warnings=caveats(session) + outcome.caveats,
    )


def _serial_proposal(
    session: Session, outcome: Outcome, switched: Outcome, serial: Mapping[int, str]
) -> Proposal:
    grounds = SerialGrounds(session, outcome.resolved, serial_order(session), serial)
    joint = outcome.assignment
    return Proposal(
        **_frame(session),
        dwellings=grounds.dwellings(),
        quotas=grounds.quotas(),
        unserved=grounds.unserved(),
        halls=(),
        counterfactuals=(),
        arguments=(),
        alternatives=(
            alternative(session, "joint", joint, shortage_of(session, outcome, joint)),
            _switched(session, switched, session.meeting.levels),
        ),
        lower_choices=lower_choices(session, joint, serial),
        warnings=caveats(session) + outcome.caveats,
    )


def _switched(session: Session, outcome: Outcome, levels: Sequence[str]) -> Any:
    name = "lex" if "units" in levels else "lex_units"
    shortage = shortage_of(session, outcome, outcome.assignment)
    return alternative(session, name, outcome.assignment, shortage)


def _frame(session: Session) -> dict[str, Any]:
    """The parts that do not depend on the mode."""
    register = session.register
    kept_out = of_those_kept_out(session)
    wanted = (*session.demands, *kept_out.demands)
    places = tuple(sorted({place for demand in wanted for place in demand.choices}))
    households = _households(session, places)
    sections = register["sections"]
    return {
        "kind": register.kind,
        "slsp_id": register.slsp_id,
        "meeting": meeting_block(session),
        "register_hash": register.content_hash,
        "rulebook_hash": session.rulebook.content_hash,
        "places": places,
        "sections": dict(zip(sections["section_id"], sections["name"], strict=True)),
        "households": households,
        "vacancies": tuple(session.vacancies.values()),
        "not_ranked": _not_ranked(session, households, _households(kept_out, places)),
    }


def _not_ranked(
    session: Session, ranked: Sequence[RankedHousehold], kept_out: Sequence[RankedHousehold]
) -> tuple[NotRanked, ...]:
    """Those who take no part, with the rank each of those kept out would have alone."""
    keys = [household.order_key for household in ranked]
    would_be = {
        h.application_id: replace(h, rank=bisect_left(keys, h.order_key) + 1) for h in kept_out
    }
    return tuple(replace(n, would_be=would_be.get(n.application_id)) for n in session.not_ranked)


def meeting_block(session: Session) -> dict[str, Any]:
    """The meeting as published: everything but the secret behind the pseudonyms."""
    meeting = session.meeting
    forecast = meeting.forecast
    return {
        "slsp_id": meeting.slsp_id,
        "meeting_on": meeting.meeting_on.isoformat(),
        "draw_seed": meeting.draw_seed,
        "rulebook": meeting.rulebook,
        "mode": meeting.mode,
        "levels": list(meeting.levels),
        "basis": meeting.basis,
        "pacing": meeting.pacing,
        "rules": {"seniority_mode": _value(session, "seniority_mode")},
        "forecast": None
        if forecast is None
        else {
            "allocations": forecast.allocations,
            "vacated": forecast.vacated,
            "made_on": forecast.made_on.isoformat(),
            "source": forecast.source,
        },
        "settings": [{"key": s.key, "value": s.value, "basis": s.basis} for s in meeting.settings],
    }


def _value(session: Session, key: str) -> str:
    meeting = session.meeting
    return str(session.rulebook.parameter(key, meeting.meeting_on, meeting.settings).value)


def _households(session: Session, places: Sequence[tuple[str, str]]) -> tuple[RankedHousehold, ...]:
    place = {p: i for i, p in enumerate(places)}
    quota_ids = [q.rule.quota_id for q in session.quotas]
    groups = {
        mask: tuple(q for i, q in enumerate(quota_ids) if mask >> i & 1)
        for mask in set(session.members)
    }
    accepts: dict[int, Mapping[str, tuple[int, int]]] = {}
    for costs in session.costs:
        if id(costs) not in accepts:
            accepts[id(costs)] = {
                d: cost for t, cost in costs.items() for d in session.types[t].dwellings
            }
    a, ranking = session.assessments, session.ranking
    dates = ranking.order_date.astype("datetime64[D]").astype(object)
    return tuple(
        RankedHousehold(
            application_id=session.identifiers[p],
            rank=p + 1,
            tier=int(ranking.tier[p]),
            nature=int(ranking.nature[p]),
            housing_points=int(a.housing_points[row]),
            personal_points=int(a.personal_points[row]),
            seniority_points=int(a.seniority_points[row]),
            points=int(a.points[row]),
            order_date=dates[p],
            draw=str(ranking.draws[p]),
            bedrooms=session.demands[p].bedrooms,
            income_category=int(a.income_category[row]),
            groups=groups[session.members[p]],
            preferences=session.preferences[p],
            agreements=session.demands[p].agreements,
            accepts=accepts[id(session.costs[p])],
            kind_wanted=session.demands[p].kind_wanted,
            needs_adapted=session.demands[p].needs_adapted,
            choices=tuple(place[c] for c in session.demands[p].choices),
        )
        for p, row in enumerate(ranking.rows.tolist())
    )


def caveats(session: Session) -> tuple[Caveat, ...]:
    """What is assumed, unverified or missing behind this proposal."""
    found = [
        Caveat(
            "quota.value_not_verified",
            {"quota_id": q.rule.quota_id, "mark": q.mark},
        )
        for q in session.quotas
        if q.mark in ("assumed", "M", "D") and not q.rule.parameter
    ]
    n_unknown = sum(n.ground == "unknown" for n in session.not_ranked)
    if n_unknown:
        found.append(Caveat("register.facts_missing", {"n": str(n_unknown)}))
    if session.meeting.forecast is None:
        found.append(Caveat("meeting.no_forecast"))
    return (*session.rulebook.caveats(session.meeting.meeting_on, session.meeting.settings), *found)
