"""A register without names ranks the same households, and nobody goes back without the secret."""

from __future__ import annotations

import numpy as np

from allocation.rules import evaluate_register, load_rulebook
from scenarios.pseudonymous import known_again, pseudonymous
from scenarios.synthetic import synthesise

REAL = synthesise(7, slsp_id="la-sambrienne", households=120, vacancies=5)
SECRET, OTHER = b"s" * 32, b"t" * 32


def test_the_rules_see_the_same_households() -> None:
    found = pseudonymous(REAL, SECRET)
    meeting = REAL.meeting
    assert meeting is not None
    rules = load_rulebook("wallonia")
    sides = [
        evaluate_register(rules, r, meeting.meeting_on, settings=meeting.settings)
        for r in (REAL, found)
    ]
    back = known_again(SECRET, REAL)
    mine = {back[i]: p for i, p in zip(sides[1].application_ids, sides[1].points, strict=True)}
    assert mine == dict(zip(sides[0].application_ids, sides[0].points, strict=True))


def test_nothing_of_who_somebody_is_stays() -> None:
    found = pseudonymous(REAL, SECRET)
    names = {
        str(v)
        for c in ("family_name", "given_name", "national_number", "member_id")
        for v in REAL["household_members"][c]
    } | set(REAL["applications"]["application_id"].tolist())
    names.discard("")
    for table in found.tables.values():
        for column in table.schema.columns:
            if column.kind in ("id", "text"):
                assert not names & set(table[column.name].tolist()), column.name
    assert not "".join(found["dwellings"]["address"].tolist())


def test_every_reference_still_leads_somewhere() -> None:
    found = pseudonymous(REAL, SECRET)
    known = set(found["applications"]["application_id"].tolist())
    for name in ("household_members", "facts", "choices", "presentations", "offers"):
        assert set(found[name]["application_id"].tolist()) <= known
    dwellings = set(found["dwellings"]["dwelling_id"].tolist())
    assert set(found["vacancies"]["dwelling_id"].tolist()) <= dwellings
    facts = found["facts"]
    of_members = facts["member_id"] != ""
    people = set(found["household_members"]["member_id"].tolist())
    assert set(facts["member_id"][of_members].tolist()) <= people


def test_two_secrets_have_no_name_in_common() -> None:
    first, second = (
        set(pseudonymous(REAL, s)["applications"]["application_id"].tolist())
        for s in (SECRET, OTHER)
    )
    assert not first & second
    assert len(first) == len(np.unique(REAL["applications"]["application_id"].tolist()))
