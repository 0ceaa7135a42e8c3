"""Facts against the rulebook's catalogue: known, about the right thing, of the right type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from allocation.errors import Problem
from allocation.exchange.cells import Fault, suggestion
from allocation.exchange.draft import Draft
from allocation.exchange.frame import Frame
from allocation.rules.schema import FactDef, ProofDef

_INTEGER = re.compile(r"-?[0-9]{1,15}")
_EXPECTED = {
    "date": "register.fact_needs_a_date",
    "flag": "register.fact_needs_yes_or_no",
    "integer": "register.fact_needs_a_number",
    "choice": "register.fact_needs_a_choice",
}


def check(draft: Draft) -> Iterator[Problem]:
    """Every row of facts; left out when the rulebook could not be opened (told elsewhere)."""
    facts = draft["facts"]
    if draft.is_known("household_members"):
        yield from _members(facts, draft["household_members"])
    rulebook = draft.rulebook
    if rulebook is None:
        return
    listed = {code: d for code, d in rulebook.facts.items() if d.from_ == "facts"}

    def unknown_fact(code: str) -> Fault | None:
        if code in listed:
            return None
        elsewhere = rulebook.facts.get(code)
        if elsewhere is not None:
            facts_ = (("value", code), ("place", elsewhere.from_))
            return Fault("register.fact_read_elsewhere", facts_)
        closest = suggestion(code, listed) if len(code) < 60 else "…"
        return Fault("register.unknown_fact", (("value", code), ("suggestion", closest)))

    yield from facts.problems_by_value("fact", unknown_fact)
    yield from _rows(facts, listed, rulebook.proofs)


def _rows(
    facts: Frame, listed: Mapping[str, FactDef], proofs: Mapping[str, ProofDef]
) -> Iterator[Problem]:
    rows = zip(
        facts["fact"].tolist(),
        facts["member_id"].tolist(),
        facts["value"].tolist(),
        facts["proof"].tolist(),
        strict=True,
    )
    for idx, (code, member, value, proof) in enumerate(rows):
        definition = listed.get(code)
        if definition is None:
            continue
        if definition.level == "member" and not member:
            yield facts.problem(idx, "member_id", "register.fact_of_a_member", value=code)
        if definition.level == "household" and member:
            yield facts.problem(idx, "member_id", "register.fact_of_the_household", value=code)
        if value and not _is_of_type(value, definition):
            yield facts.problem(
                idx, "value", _EXPECTED[definition.type],
                fact=code, value=value[:60], suggestion=suggestion(value, definition.choices),
            )  # fmt: skip
        if proof and proof not in proofs:
            closest = suggestion(proof, definition.proofs or proofs)
            yield facts.problem(
                idx, "proof", "register.unknown_proof", value=proof, suggestion=closest
            )
        elif proof and definition.proofs and proof not in definition.proofs:
            accepted = ", ".join(definition.proofs)
            yield facts.problem(
                idx, "proof", "register.proof_of_another_fact",
                value=proof, fact=code, accepted=accepted,
            )  # fmt: skip


def _is_of_type(value: str, definition: FactDef) -> bool:
    if definition.type == "flag":
        return value in ("yes", "no")
    if definition.type == "integer":
        return bool(_INTEGER.fullmatch(value))
    if definition.type == "choice":
        return value in definition.choices
    return _is_day(value)


def _is_day(value: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _members(facts: Frame, members: Frame) -> Iterator[Problem]:
    """A fact about a member names a member of that very household."""
    known = set(zip(members["application_id"].tolist(), members["member_id"].tolist(), strict=True))
    pairs = zip(facts["application_id"].tolist(), facts["member_id"].tolist(), strict=True)
    for idx, pair in enumerate(pairs):
        if pair[0] and pair[1] and pair not in known:
            yield facts.problem(
                idx, "member_id", "register.member_of_another_household",
                value=pair[1], application=pair[0],
            )  # fmt: skip
