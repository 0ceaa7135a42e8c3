"""A session of the demo kind: proposed by the engine, certified, checked, changed, refused."""

from __future__ import annotations

import copy
import hashlib
import json
import random
import re
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

import pytest
import rfc8785

from allocation.documents.proposal_json import proposal_json
from allocation.model import Register
from allocation.proof import checker
from allocation.proof.agreement import check_agreement
from allocation.proof.certificate import build_certificate, canonical, fingerprint
from allocation.proposal import propose
from allocation.proposal.grounds import RANKS_WORKED_OUT
from allocation.rules import evaluate_register, load_rulebook
from scenarios.synthetic import synthesise
from tests.oracles.mutations import CHANGES, mutants
from tests.oracles.proposal_mutations import PROPOSAL_CHANGES
from tests.oracles.small_sessions import sealed

Json = dict[str, Any]


class Written(NamedTuple):
    """What a meeting leaves behind."""

    register: Register
    proposal: bytes
    certificate: Json
    annex: Json


@cache
def written(mode: str = "joint", *, secret: str = "") -> Written:
    """A month of a small company, in the mode asked."""
    rulebook = load_rulebook("wallonia")
    register = synthesise(9, households=240, vacancies=20, on=date(2026, 11, 1))
    meeting = register.meeting
    assert meeting is not None
    assert mode in ("joint", "serial")
    changed = replace(meeting, mode="serial" if mode == "serial" else "joint")
    if secret:
        changed = replace(changed, pseudonym_secret=secret)
    register = replace(register, meeting=changed)
    on, settings = changed.meeting_on, changed.settings
    assessments = evaluate_register(rulebook, register, on, settings=settings)
    proposal = propose(register, rulebook, assessments)
    content = proposal_json(proposal)
    documents = build_certificate(proposal, register, assessments, rulebook, proposal_bytes=content)
    return Written(register, content, *documents)


def is_refused(certificate: Json, made: Written) -> bool:
    """Certificate changed, hashes recomputed, checked with annex and proposal."""
    changed = sealed(certificate)
    annex = {**made.annex, "certificate": changed["hash"]}
    try:
        checker.check(changed, annex)
        check_agreement(changed, annex, made.proposal)
    except checker.FalseStatementError:
        return True
    return False


@pytest.mark.parametrize("mode", ["joint", "serial"])
def test_the_certificate_of_a_proposal_is_accepted(mode: str) -> None:
    made = written(mode)
    counted = checker.check(made.certificate, made.annex)
    check_agreement(made.certificate, made.annex, made.proposal)
    assert (
        counted["opened"] == counted["households"] == len(json.loads(made.proposal)["households"])
    )
    assert counted["served"] > 0


def test_the_session_has_several_rounds_channels_and_grounds() -> None:
    certificate = written().certificate
    assert {"main", "over_65"} <= {a["round"] for a in certificate["assignments"]}
    assert {"reserve", "list"} <= {a["channel"] for a in certificate["assignments"]}
    assert {"outranked", "no_compatible_dwelling"} < {u["reason"] for u in certificate["unserved"]}
    assert {"met", "short"} <= {q["ground"] for q in certificate["quotas"]}


@pytest.mark.parametrize("mode", ["joint", "serial"])
@pytest.mark.parametrize("name", sorted(CHANGES))
def test_every_single_change_is_refused(name: str, mode: str) -> None:
    made = written(mode)
    for _, done, changed in mutants(made.certificate, 7, each=4, names=(name,)):
        assert is_refused(changed, made), done


SERIAL = (
    *("ground", "unserved_quotas", "unserved_all_dropped", "unserved_dropped", "must_outrank"),
    *("empty_all_dropped", "empty_ground", "quota_ground", "shortage_witness", "held_back"),
)


@pytest.mark.parametrize("name", SERIAL)
def test_the_grounds_of_a_serial_meeting_are_replayed_without_the_proposal(name: str) -> None:
    made = written("serial")
    for _, done, changed in mutants(made.certificate, 11, each=6, names=(name,)):
        with pytest.raises(checker.FalseStatementError):
            checker.check(sealed(changed))
        assert done


@pytest.mark.parametrize("is_erased", [False, True])
@pytest.mark.parametrize("mode", ["joint", "serial"])
@pytest.mark.parametrize("name", sorted(PROPOSAL_CHANGES))
def test_every_single_change_to_the_proposal_is_refused(
    name: str, mode: str, is_erased: bool
) -> None:
    """Hashes recomputed; with the annex of everybody, then of nobody (all erased)."""
    if is_erased and name == "draw":
        return  # a draw is opened by the annex alone
    made, tried = written(mode), 0
    for n in range(4):
        said = json.loads(made.proposal)
        done = PROPOSAL_CHANGES[name](said, random.Random(n))
        if done is None:
            continue
        content, tried = canonical(said), tried + 1
        proposal_hash = hashlib.sha256(content).hexdigest()
        changed = sealed({**made.certificate, "proposal_hash": proposal_hash})
        annex = {**made.annex, "certificate": changed["hash"]}
        annex |= {"openings": {}} if is_erased else {}
        checker.check(changed, annex)
        with pytest.raises(checker.FalseStatementError):
            check_agreement(changed, annex, content)
    assert tried, name


def any_other(u: Json, certificate: Json, source: random.Random) -> str:
    """A household ranked above, other than the one that must be outranked."""
    names = [h["id"] for h in certificate["households"]]
    above = set(names[: names.index(u["household"])]) - {u["must_outrank"]}
    return source.choice(sorted(above))


def test_another_rank_that_would_have_been_enough_is_refused() -> None:
    made, source = written(), random.Random(1)
    for _ in range(8):
        changed = copy.deepcopy(made.certificate)
        unserved = [u for u in changed["unserved"] if u["must_outrank"] is not None]
        u = source.choice(unserved[5:])
        u["must_outrank"] = any_other(u, changed, source)
        assert is_refused(changed, made)


def test_a_date_that_changes_nothing_is_refused() -> None:
    made, source = written(), random.Random(2)
    for _ in range(8):
        changed = copy.deepcopy(made.certificate)
        h = source.choice(changed["households"])
        h["date"] = (date.fromisoformat(h["date"]) - timedelta(days=1)).isoformat()
        assert is_refused(changed, made)


@pytest.mark.parametrize(
    ("field", "value"),
    [("opening", 99), ("weight", 7), ("counting", "twice"), ("is_hard", True), ("places", 10**6)],
)
def test_a_figure_no_rule_ties_down_is_compared_with_the_proposal(
    field: str, value: object
) -> None:
    made = written()
    for i in range(len(made.certificate["quotas"])):
        changed = copy.deepcopy(made.certificate)
        changed["quotas"][i][field] = value
        assert is_refused(changed, made), changed["quotas"][i]["id"]


def test_a_rank_not_worked_out_is_no_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checker.WORKED_OUT == RANKS_WORKED_OUT
    monkeypatch.setattr(checker, "WORKED_OUT", 0)  # as if the meeting were large
    made = written()
    changed = copy.deepcopy(made.certificate)
    for u in changed["unserved"]:
        u.update(must_outrank=None, is_rank_known=False)
    checker.check(sealed(changed))
    for u, whole in zip(changed["unserved"], made.certificate["unserved"], strict=True):
        u["is_rank_known"] = whole["must_outrank"] is not None
    with pytest.raises(checker.FalseStatementError):
        checker.check(sealed(changed))


@pytest.mark.parametrize("mode", ["calendar", "confirmations"])
def test_another_way_of_counting_seniority_is_refused(mode: str) -> None:
    made = written()
    changed = copy.deepcopy(made.certificate)
    changed["rules"]["seniority_mode"] = mode
    assert is_refused(changed, made)


def test_another_proposal_is_refused() -> None:
    made = written()
    with pytest.raises(checker.FalseStatementError) as refused:
        check_agreement(made.certificate, made.annex, made.proposal + b" ")
    assert refused.value.code == "certificate.proposal_hash"


def test_a_person_may_be_erased_and_the_rest_still_compared() -> None:
    made = written()
    erased = copy.deepcopy(made.annex)
    gone = [made.certificate["assignments"][0]["household"]]
    gone += [made.certificate["unserved"][0]["household"]]
    for name in gone:
        del erased["openings"][name]
    checker.check(made.certificate, erased)
    check_agreement(made.certificate, erased, made.proposal)


def test_nobody_is_named_in_public() -> None:
    made = written()
    text = canonical(made.certificate).decode()
    members = made.register["household_members"]
    for name in ("family_name", "national_number"):
        assert not any(value and value in text for value in members.text(name))
    applications = made.register["applications"].text("application_id")
    assert not any(f'"{a}"' in text for a in applications)
    secret = made.register.meeting.pseudonym_secret if made.register.meeting else ""
    assert secret not in text
    assert secret not in canonical(made.annex).decode()


def test_pseudonyms_and_commitments_are_fresh_for_each_meeting() -> None:
    here, there = written().certificate, written(secret="ab" * 32).certificate
    for field in ("id", "commitment"):
        mine = {h[field] for h in here["households"]}
        assert not mine & {h[field] for h in there["households"]}


def test_the_bytes_are_those_of_rfc_8785() -> None:
    made = written()
    for document in (made.certificate, made.annex):
        assert canonical(document) == rfc8785.dumps(document)


def test_the_hash_is_that_of_the_canonical_form_without_it() -> None:
    certificate = written().certificate
    assert certificate["hash"] == fingerprint(certificate) == checker.digest(certificate)
    assert re.fullmatch("[0-9a-f]{64}", certificate["hash"])


def test_the_same_meeting_gives_the_same_bytes() -> None:
    first = canonical(written().certificate)
    written.cache_clear()
    assert canonical(written().certificate) == first
