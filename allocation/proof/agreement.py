"""
The certificate says what the proposal says: statement by statement, through the sealed annex.

The checker proves a certificate on its own; here the people who hold ``proposal.json`` and the
annex make sure that it is a certificate of that proposal, figures that no rule ties down
included. Of whoever was erased from the annex, all but the identifier and the draw is compared,
by rank.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from allocation.proof.checker import Json, Session, UnreadableError, equal, refuse, require
from allocation.proof.reported import check_reported

CODE = "not_as_proposed"
HOUSEHOLD = {
    "rank": "rank",
    "tier": "tier",
    "nature": "nature",
    "housing": "housing_points",
    "personal": "personal_points",
    "seniority": "seniority_points",
    "points": "points",
    "date": "order_date",
    "category": "income_category",
    "preferences": "preferences",
}
QUOTA = (
    *("kind", "counting", "is_hard", "weight", "base", "opening", "base_done", "base_planned"),
    *("interim", "closing", "places", "seats", "used", "shortage", "ground", "nis5", "mark"),
)
DWELLING = ("round", "channel", "seat", "seat_quota")
VACANCY = {
    **{name: name for name in ("nis5", "kind", "bedrooms", "accessibility")},
    **{name: name for name in ("designed_for_over_65", "origin", "available_on")},
    "section": "section_id",
    "agreement": "agreement_id",
}
PROFILE = {"kind_wanted": "kind_wanted", "adapted_wanted": "needs_adapted"}


class Names:
    """Application -> pseudonym: those the annex still opens, then everybody by rank."""

    def __init__(self, annex: Json) -> None:
        openings = annex["openings"].items()
        self.known = {o["opened"]["application_id"]: name for name, o in openings}
        self.open = set(self.known.values())
        self.draws = {name: o["opened"]["draw"] for name, o in openings}

    def complete(self, certificate: Json, proposal: Json) -> None:
        """Once ranks agree they name the erased too: nothing said of them goes unread."""
        for said in proposal["households"]:
            name = certificate["households"][said["rank"] - 1]["id"]
            self.known[said["application_id"]] = name
            self.open.add(name)

    def of(self, application_id: str | None) -> str | None:
        """Pseudonym, or ``None`` for nobody and for an erased application."""
        return None if application_id is None else self.known.get(application_id)

    def listed(self, application_ids: Iterable[str]) -> list[str]:
        """Pseudonyms still open, in the order given."""
        return [self.known[a] for a in application_ids if a in self.known]

    def kept(self, pseudonyms: Iterable[str]) -> list[str]:
        """The same on the certificate's side."""
        return [name for name in pseudonyms if name in self.open]

    def pairs(self, items: Iterable[tuple[str, str]]) -> list[list[str]]:
        """Sorted [pseudonym, dwelling] of (application, dwelling)."""
        return sorted([self.known[a], dwelling] for a, dwelling in items if a in self.known)


def check_agreement(certificate: Json, annex: Json | None, proposal_bytes: bytes) -> None:
    """
    Compare a certificate that was checked with the proposal it is about.

    Parameters
    ----------
    certificate, annex
        Already accepted by ``checker.check``; without annex only the hash is compared.
    proposal_bytes
        Content of ``proposal.json``.

    Raises
    ------
    FalseStatementError
        ``certificate.proposal_hash`` or ``certificate.not_as_proposed``.
    UnreadableError
        ``proposal.json`` is not a proposal.
    """
    found = hashlib.sha256(proposal_bytes).hexdigest()
    equal(certificate["proposal_hash"], found, "proposal_hash", "proposal_hash")
    if annex is None:
        return
    try:
        proposal = json.loads(proposal_bytes)
        names = Names(annex)
        _compare_frame(certificate, proposal)
        session = Session(certificate)
        _compare_households(session, proposal, names)
        names.complete(certificate, proposal)
        _compare_vacancies(certificate, proposal)
        _compare_dwellings(certificate, proposal, names)
        _compare_quotas(certificate, proposal, names)
        _compare_unserved(certificate, proposal, names)
        _compare_sets(certificate, proposal, names)
        check_reported(session, proposal)
    except (LookupError, TypeError, ValueError) as error:
        raise UnreadableError(f"proposal.json: {error!r}") from error


def public_witness(
    witness: Mapping[str, Any], pairs: Callable[[Iterable[tuple[str, str]]], list[list[str]]]
) -> Json:
    """Why a floor stays short: how many members could be housed together, others by pseudonym."""
    public = {name: value for name, value in witness.items() if name not in ("members", "without")}
    if "members" in witness:
        public["at_most"] = len(witness["members"])
    if "without" in witness:
        public["without"] = {name: pairs(d.items()) for name, d in witness["without"].items()}
    return public


def _compare(stated: object, found: object, path: str) -> None:
    equal(stated, found, CODE, path)


def _compare_frame(certificate: Json, proposal: Json) -> None:
    for name in ("kind", "register_hash", "rulebook_hash"):
        _compare(certificate[name], proposal[name], name)
    for name, value in certificate["meeting"].items():
        if name == "base_is_settled":
            codes = [w["code"] for w in proposal["warnings"]]
            _compare(value, "quota.base_not_settled" not in codes, f"meeting.{name}")
        elif name == "settings":
            told = [{k: s[k] for k in ("key", "value")} for s in proposal["meeting"]["settings"]]
            _compare(value, told, "meeting.settings")
        elif name == "forecast" and value is not None:
            said = {k: proposal["meeting"]["forecast"][k] for k in value}
            _compare(value, said, "meeting.forecast")
        else:
            _compare(value, proposal["meeting"][name], f"meeting.{name}")
    for name, value in proposal["meeting"]["rules"].items():
        _compare(certificate["rules"][name], value, f"rules.{name}")


def _compare_households(session: Session, proposal: Json, names: Names) -> None:
    """Every household by its rank, erased or not: a name erased changes no figure."""
    certificate = session.all
    ranks = sorted(h["rank"] for h in proposal["households"])
    _compare([h["rank"] for h in certificate["households"]], ranks, "households")
    homes = session.stock(session.type_of)
    accepted: dict[str, Json] = {}
    for said in proposal["households"]:
        i, name = said["rank"] - 1, names.of(said["application_id"])
        mine, path = certificate["households"][i], f"households[{i}]"
        if name is None:
            require(mine["id"] not in names.open, CODE, f"{path}.id")
        else:
            _compare(mine["id"], name, f"{path}.id")
            _compare(names.draws[name], said["draw"], f"{path}.draw")
        for here, there in HOUSEHOLD.items():
            _compare(mine[here], said[there], f"{path}.{here}")
        _compare(sorted(mine["groups"]), sorted(said["groups"]), f"{path}.groups")
        profile = mine["profile"]
        if profile not in accepted:
            accepted[profile] = {
                d: list(cost) for t, cost in session.cost[i].items() for d in homes[t]
            }
        _compare(accepted[profile], said["accepts"], f"{path}.profile")
        demand = session.profiles[profile]
        _compare(demand["bedrooms"], said["bedrooms"], f"{path}.profile")
        _compare(sorted(demand["agreements"]), sorted(said["agreements"]), f"{path}.profile")
        for here, there in PROFILE.items():
            _compare(demand[here], said[there], f"{path}.profile")
        choices = [[n, *proposal["places"][p]] for n, p in enumerate(said["choices"], 1)]
        _compare(demand["choices"], choices, f"{path}.profile")


def _compare_vacancies(certificate: Json, proposal: Json) -> None:
    """The facts that decide who may have a dwelling."""
    said = {v["dwelling_id"]: v for v in proposal["vacancies"]}
    _compare(sorted(d["id"] for d in certificate["dwellings"]), sorted(said), "dwellings")
    for i, mine in enumerate(certificate["dwellings"]):
        for here, there in VACANCY.items():
            _compare(mine[here], said[mine["id"]][there], f"dwellings[{i}].{here}")


def _compare_dwellings(certificate: Json, proposal: Json, names: Names) -> None:
    given = {a["dwelling"]: (i, a) for i, a in enumerate(certificate["assignments"])}
    empty = {e["dwelling"]: (i, e) for i, e in enumerate(certificate["empty"])}
    stated = sorted(d["id"] for d in certificate["dwellings"])
    _compare(stated, sorted(d["dwelling_id"] for d in proposal["dwellings"]), "dwellings")
    for said in proposal["dwellings"]:
        home, who = said["dwelling_id"], said["application_id"]
        part = given if who else empty
        if home not in part:
            refuse(CODE, "empty" if who else "assignments", dwelling=home)
        i, mine = part[home]
        if not who:
            _compare(mine["ground"], said["ground"], f"empty[{i}].ground")
            _compare(mine["quotas"], sorted(said["ground_quotas"]), f"empty[{i}].quotas")
            continue
        path = f"assignments[{i}]"
        if names.of(who):
            _compare(mine["household"], names.of(who), f"{path}.household")
        for name in DWELLING:
            _compare(mine[name], said[name], f"{path}.{name}")
        _compare(mine["critical_for"], sorted(said["critical_for"]), f"{path}.critical_for")


def _compare_quotas(certificate: Json, proposal: Json, names: Names) -> None:
    _compare(len(certificate["quotas"]), len(proposal["quotas"]), "quotas")
    at = {q["id"]: i for i, q in enumerate(certificate["quotas"])}
    for said in proposal["quotas"]:
        i = at[said["quota_id"]]
        mine, path = certificate["quotas"][i], f"quotas[{i}]"
        for name in QUOTA:
            _compare(mine[name], said[name], f"{path}.{name}")
        for name in ("passed_over", "instead"):
            _compare(names.kept(mine[name]), names.listed(said[name]), f"{path}.{name}")
        _compare(mine["counts_transfers"], said["counts_transfers"], f"{path}.counts_transfers")
        group = said["group"]
        stated = {**group, "agreement": group["agreement_id"]}
        stated["income_categories"] = sorted(group["income_categories"])
        _compare(mine["group"], {k: stated[k] for k in mine["group"]}, f"{path}.group")
        value = {"share": said["share"], "period_seats": said["period_seats"]}
        _compare(mine["value"], value.get(mine["limit"], said["seats"]), f"{path}.value")
        _compare(
            mine["witness"],
            public_witness(said["shortage_witness"], names.pairs),
            f"{path}.witness",
        )


def _compare_unserved(certificate: Json, proposal: Json, names: Names) -> None:
    _compare(len(certificate["unserved"]), len(proposal["unserved"]), "unserved")
    at = {u["household"]: i for i, u in enumerate(certificate["unserved"])}
    for said in proposal["unserved"]:
        name = names.of(said["application_id"])
        if name is None:
            continue
        mine, path = certificate["unserved"][at[name]], f"unserved[{at[name]}]"
        for key in ("reason", "hall", "is_rank_known"):
            _compare(mine[key], said[key], f"{path}.{key}")
        _compare(mine["quotas"], sorted(said["quotas"]), f"{path}.quotas")
        other = said["must_outrank"]
        if other is None or names.of(other):
            _compare(mine["must_outrank"], names.of(other), f"{path}.must_outrank")


def _compare_sets(certificate: Json, proposal: Json, names: Names) -> None:
    _compare(len(certificate["halls"]), len(proposal["halls"]), "halls")
    for i, (mine, said) in enumerate(zip(certificate["halls"], proposal["halls"], strict=True)):
        found = names.listed(said["households"])
        _compare(names.kept(mine["households"]), found, f"halls[{i}].households")
        _compare(mine["dwellings"], said["dwellings"], f"halls[{i}].dwellings")
    _compare(
        sorted(certificate["arguments"]),
        sorted(a["name"] for a in proposal["arguments"]),
        "arguments",
    )
    for said in proposal["arguments"]:
        mine = dict(certificate["arguments"][said.pop("name")])
        unproved = names.listed(said.pop("unproved"))
        _compare(names.kept(mine.pop("unproved")), unproved, "arguments.unproved")
        _compare(mine, said, "arguments")
    counterfactuals = {c["name"]: c["assignment"].items() for c in proposal["counterfactuals"]}
    alternatives = {
        a["name"]: [(who, home) for home, who in a["assignment"].items()]
        for a in proposal["alternatives"]
    }
    parts: Mapping[str, Mapping[str, Iterable[tuple[str, str]]]] = {
        "counterfactuals": counterfactuals,
        "alternatives": alternatives,
    }
    for part, said_sets in parts.items():
        _compare(sorted(certificate[part]), sorted(said_sets), part)
        for name, items in said_sets.items():
            mine = sorted(p for p in certificate[part][name] if p[0] in names.open)
            _compare(mine, names.pairs(items), f"{part}.{name}")
