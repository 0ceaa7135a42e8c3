"""
The certificate of a proposal: what was decided and on what grounds, without naming anyone.

Two documents. The public certificate carries pseudonyms fresh for each meeting, totals of points
and one salted commitment per household. The sealed annex opens the commitments: application
identifiers, draws and lines of points, for those who may see them. Destroying a person's salt in
the annex makes their data unreadable and leaves the certificate provable.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import numpy as np

from allocation.model.proposal import Argument, DwellingLine, Proposal, QuotaLine, RankedHousehold
from allocation.model.quota import QuotaRule
from allocation.model.register import Register
from allocation.proof.agreement import public_witness
from allocation.proof.pseudonyms import Pseudonyms, meeting_of
from allocation.quotas import counts_transfers
from allocation.ranking import demands, points_list_regimes, presentations, vacant_dwellings
from allocation.ranking.acceptance import SPARE, Demand
from allocation.rules.outcome import Assessments
from allocation.rules.rulebook import Rulebook

SCHEMA, ANNEX_SCHEMA = "certificate/1", "certificate-annex/1"
SPARE_OVER_65 = 1
STATED = ("tier", "nature", "housing", "personal", "seniority", "points", "date", "category")
Json = dict[str, Any]
_ENCODER = msgspec.json.Encoder(order="sorted")


def build_certificate(
    proposal: Proposal,
    register: Register,
    assessments: Assessments,
    rulebook: Rulebook,
    *,
    proposal_bytes: bytes,
) -> tuple[Json, Json]:
    """
    Write the public certificate of a proposal and its sealed annex.

    Parameters
    ----------
    proposal
        The proposal to certify.
    register, assessments, rulebook
        What it was made from: demands of the households, dwellings, quotas, parameters.
    proposal_bytes
        Content of ``proposal.json``; the certificate holds its SHA-256.

    Returns
    -------
    tuple of dict
        The certificate (``certificate/1``) and the annex (``certificate-annex/1``), hashed.

    Raises
    ------
    CertificateError
        ``certificate.impossible``: the register has no meeting, hence no pseudonyms.
    """
    names = Pseudonyms(register)
    rows = _rows(proposal, register)
    wanted = demands(register, assessments, rows, presentations(register))
    profiles = _profiles(wanted)
    households, openings = _households(proposal, assessments, rows, wanted, names, profiles)
    certificate: Json = {
        "schema": SCHEMA,
        "kind": proposal.kind,
        "register_hash": proposal.register_hash,
        "rulebook_hash": proposal.rulebook_hash,
        "proposal_hash": hashlib.sha256(proposal_bytes).hexdigest(),
        "meeting": _meeting(proposal),
        "rules": _rules(register, rulebook),
        "profiles": [p for _, p in sorted(profiles.values(), key=lambda item: item[1]["id"])],
        "dwellings": _dwellings(register, points_list_regimes(rulebook, meeting_of(register))),
        "households": households,
        "counts": _counts(proposal),
        "quotas": [_quota(line, register, rulebook, names) for line in proposal.quotas],
        **_outcome(proposal, names),
    }
    certificate["hash"] = fingerprint(certificate)
    annex = {"schema": ANNEX_SCHEMA, "certificate": certificate["hash"], "openings": openings}
    return certificate, annex


def _outcome(proposal: Proposal, names: Pseudonyms) -> Json:
    """Who gets what, who does not and why, and what the grounds rest on."""
    rank = {h.application_id: h.rank for h in proposal.households}
    return {
        "assignments": [_assignment(d, names) for d in proposal.dwellings if d.application_id],
        "unserved": [
            {
                "household": names.of(u.application_id),
                "reason": u.reason,
                "quotas": sorted(u.quotas),
                "must_outrank": names.of(u.must_outrank) if u.must_outrank else None,
                "is_rank_known": u.is_rank_known,
                "hall": u.hall,
            }
            for u in sorted(proposal.unserved, key=lambda u: rank[u.application_id])
        ],
        "halls": [
            {"households": [names.of(a) for a in h.households], "dwellings": list(h.dwellings)}
            for h in proposal.halls
        ],
        "counterfactuals": {
            c.name: names.pairs(c.assignment.items()) for c in proposal.counterfactuals
        },
        "arguments": {a.name: _argument(a, names) for a in proposal.arguments},
        "empty": [
            {
                "dwelling": d.dwelling_id,
                "ground": d.ground,
                "quotas": sorted(d.ground_quotas),
                "waiting": _waiting(d, proposal, names) if d.ground == "cap" else [],
            }
            for d in proposal.dwellings
            if not d.application_id
        ],
        "alternatives": {
            a.name: names.pairs((who, home) for home, who in a.assignment.items())
            for a in proposal.alternatives
        },
    }


def _waiting(line: DwellingLine, proposal: Proposal, names: Pseudonyms) -> list[Any]:
    """Who could have had a dwelling left empty, in rank order, and the full caps of each."""
    if proposal.meeting["mode"] == "serial":
        return []  # there the caps are those full when the dwelling's turn came
    caps = set(line.ground_quotas)
    served = {d.application_id for d in proposal.dwellings}
    return [
        [names.of(h.application_id), sorted(caps.intersection(h.groups))]
        for h in proposal.households
        if line.dwelling_id in h.accepts and h.application_id not in served
    ]


def _argument(argument: Argument, names: Pseudonyms) -> Json:
    """Why a served set is the best one."""
    stated: Json = msgspec.json.decode(canonical(argument))
    del stated["name"]
    return {**stated, "unproved": [names.of(a) for a in argument.unproved]}


def canonical(value: object) -> bytes:
    """
    Canonical JSON (RFC 8785) of whole numbers, texts, lists and objects with ASCII keys.

    For these a sorting encoder gives exactly the bytes the RFC asks for, a hundred times faster
    than a general implementation; a test compares both.
    """
    return _ENCODER.encode(value)


def fingerprint(value: Json, *, salt: bytes = b"") -> str:
    """SHA-256 of the canonical form without the member ``hash``, after the salt."""
    rest = {name: item for name, item in value.items() if name != "hash"}
    return hashlib.sha256(salt + canonical(rest)).hexdigest()


def _rows(proposal: Proposal, register: Register) -> Any:
    index = register["applications"].index
    return np.array([index[h.application_id][0] for h in proposal.households], dtype=np.intp)


def _profiles(wanted: Iterable[Demand]) -> dict[int, tuple[str, Json]]:
    """Each demand (equal ones are one object) with the digest of its content and its profile."""
    found: dict[int, tuple[str, Json]] = {}
    for demand in {id(demand): demand for demand in wanted}.values():
        profile = {
            "id": "",
            "bedrooms": demand.bedrooms,
            "choices": [[i, nis5, section] for i, (nis5, section) in enumerate(demand.choices, 1)],
            "kind_wanted": demand.kind_wanted,
            "adapted_wanted": demand.needs_adapted,
            "has_disabled": demand.has_disabled_member,
            "has_over_65": demand.has_member_over_65,
            "agreements": list(demand.agreements),
        }
        digest = fingerprint(profile)
        found[id(demand)] = (digest, {**profile, "id": f"p-{len(found) + 1:05d}"})
    return found


def _households(
    proposal: Proposal,
    assessments: Assessments,
    rows: Any,
    wanted: list[Demand],
    names: Pseudonyms,
    profiles: Mapping[int, tuple[str, Json]],
) -> tuple[list[Json], Json]:
    """Households in rank order, and what opens their commitments."""
    found: list[Json] = []
    openings: Json = {}
    before: tuple[object, ...] = ()
    tie = 0
    for h, row, demand in zip(proposal.households, rows.tolist(), wanted, strict=True):
        key = (h.tier, h.nature if h.tier == 0 else -h.points, h.order_date)
        tie = tie + 1 if key == before else 1
        before = key
        digest, profile = profiles[id(demand)]
        line = _household(h, names.of(h.application_id), tie=tie, profile=profile["id"])
        stated = {name: line[name] for name in STATED}
        opened = {
            "application_id": h.application_id,
            "draw": h.draw,
            "lines": _lines(assessments, row),
            "stated": {**stated, "preferences": line["preferences"], "profile": digest},
        }
        salt = names.salt(h.application_id)
        line["commitment"] = fingerprint(opened, salt=bytes.fromhex(salt))
        openings[line["id"]] = {"salt": salt, "opened": opened}
        found.append(line)
    return found, openings


def _household(h: RankedHousehold, name: str, *, tie: int, profile: str) -> Json:
    return {
        "id": name,
        "rank": h.rank,
        "tier": h.tier,
        "nature": h.nature,
        "housing": h.housing_points,
        "personal": h.personal_points,
        "seniority": h.seniority_points,
        "points": h.points,
        "date": h.order_date.isoformat(),
        "tie": tie,
        "category": h.income_category,
        "profile": profile,
        "groups": sorted(h.groups),
        "preferences": list(h.preferences),
    }


def _lines(assessments: Assessments, row: int) -> list[Json]:
    """The best line of each table, the only ones that count."""
    tables = {
        "housing_situation": (assessments.housing_line, assessments.housing_points),
        "personal_situation": (assessments.personal_line, assessments.personal_points),
    }
    return [
        {"code": assessments.lines[line[row]], "table": table, "points": int(points[row])}
        for table, (line, points) in tables.items()
        if line[row] >= 0
    ]


def _meeting(proposal: Proposal) -> Json:
    stated = proposal.meeting
    forecast = stated["forecast"]
    names = ("slsp_id", "meeting_on", "draw_seed", "rulebook", "mode", "basis", "pacing")
    figures = ("allocations", "vacated", "made_on")
    return {
        **{name: stated[name] for name in names},
        "levels": list(stated["levels"]),
        "settings": [{"key": s["key"], "value": s["value"]} for s in stated["settings"]],
        "forecast": None if forecast is None else {name: forecast[name] for name in figures},
        "base_is_settled": all(w.code != "quota.base_not_settled" for w in proposal.warnings),
    }


def _rules(register: Register, rulebook: Rulebook) -> Json:
    """The parameters the statements rest on, as read for this meeting."""
    meeting = meeting_of(register)

    def value(key: str) -> Any:
        return rulebook.parameter(key, meeting.meeting_on, meeting.settings).value

    return {
        "seniority_mode": str(value("seniority_mode")),
        "seniority_cap": int(value("seniority.cap")),
        "seniority_per_year": int(value("seniority.points_per_year")),
        "spare": {**SPARE, "designed_for_over_65": SPARE_OVER_65},
    }


def _dwellings(register: Register, regimes: tuple[str, ...]) -> list[Json]:
    """Every vacant dwelling with all that the compatibility tests look at."""
    left_out = vacant_dwellings(register, regimes=regimes)[1]
    dwellings = register["dwellings"]
    found = []
    for vacancy in register["vacancies"].rows():
        name = str(vacancy["dwelling_id"])
        d = dwellings.row(dwellings.index[name][0])
        ground = left_out.get(name, "")
        to_partner = ground == "excluded_regime" and d["regime"] == "social"
        found.append(
            {
                "id": name,
                "nis5": str(d["nis5"]),
                "section": str(d["section_id"] or ""),
                "kind": str(d["kind"]),
                "bedrooms": int(str(d["bedrooms"])),
                "accessibility": str(d["accessibility"]),
                "designed_for_over_65": d["designed_for_over_65"] == "yes",
                "agreement": str(vacancy["agreement_id"] or ""),
                "available_on": str(vacancy["available_on"]),
                "origin": str(vacancy["origin"]),
                "regime": "partner_lease" if to_partner else str(d["regime"]),
                "is_available": not ground,
            }
        )
    return found


def _counts(proposal: Proposal) -> Json:
    """Applications read: ranked, and not ranked by ground."""
    return {
        "applications": len(proposal.households) + len(proposal.not_ranked),
        "ranked": len(proposal.households),
        "not_ranked": dict(sorted(Counter(n.ground for n in proposal.not_ranked).items())),
    }


def _quota(line: QuotaLine, register: Register, rulebook: Rulebook, names: Pseudonyms) -> Json:
    rule = next(q for q in register.quotas if q.quota_id == line.quota_id)
    meeting = meeting_of(register)
    limit, value = _limit(rule, line)
    return {
        "id": line.quota_id,
        "kind": line.kind,
        "counting": line.counting,
        "weight": line.weight,
        "is_hard": line.is_hard,
        "counts_transfers": counts_transfers(rule, rulebook, meeting),
        "base": line.base,
        "group": {
            "income_categories": sorted(rule.group.income_categories),
            "list": rule.group.list,
            "agreement": rule.group.agreement_id,
        },
        "nis5": rule.nis5,
        "limit": limit,
        "value": value,
        "parameter": rule.parameter if limit == "share" else "",
        "mark": line.mark,
        "places": line.places,
        "opening": line.opening,
        "base_done": line.base_done,
        "base_planned": line.base_planned,
        "interim": line.interim,
        "closing": line.closing,
        "seats": line.seats,
        "used": line.used,
        "shortage": line.shortage,
        "ground": line.ground,
        "witness": public_witness(line.shortage_witness, names.pairs),
        "passed_over": [names.of(a) for a in line.passed_over],
        "instead": [names.of(a) for a in line.instead],
    }


def _limit(rule: QuotaRule, line: QuotaLine) -> tuple[str, int | str]:
    """How the quota is given: seats of the meeting, seats of the year, or a share ``p/q``."""
    if rule.seats is not None:
        return "seats", rule.seats
    if line.period_seats is not None:
        return "period_seats", line.period_seats
    share = line.share or 0
    return "share", f"{share.numerator}/{share.denominator}"


def _assignment(line: DwellingLine, names: Pseudonyms) -> Json:
    return {
        "dwelling": line.dwelling_id,
        "household": names.of(str(line.application_id)),
        "round": line.round,
        "channel": line.channel,
        "seat": line.seat,
        "seat_quota": line.seat_quota,
        "critical_for": sorted(line.critical_for),
    }
