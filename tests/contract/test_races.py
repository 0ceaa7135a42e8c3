"""
Two people in the same second: one wins, the other reads why, and the sum is right.

Real threads with connections of their own, on both databases, round after round.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import sqlalchemy as sa

from api.auth import credentials, sessions
from api.auth.actor import Actor
from api.db.tables.idempotency import idempotency_key
from api.db.tables.organisations import account
from api.db.tables.register import allocations_ytd, presentations
from tests.contract.matrix import CANDIDATE, PLAN
from tests.fixtures.partners import program_headers
from tests.fixtures.service import OURS, Caller, World
from tests.fixtures.sitting import Meeting

ROUNDS = 12


def together(*acts: Callable[[], Any]) -> list[Any]:
    """What acts begun at the same moment give, in their order."""
    start = Barrier(len(acts))

    def begin(act: Callable[[], Any]) -> Any:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))


def statuses(told: list[Any]) -> list[int]:
    return sorted(answer.status_code for answer in told)


def is_sound(world: World) -> bool:
    told = world.as_role("auditor").get("/journal/verification").json()
    return bool(told["is_sound"])


def test_two_decisions_on_one_meeting_are_one(meeting: Meeting) -> None:
    first, *_ = meeting.lines()
    not_let = {first["dwelling_id"]: {"decision": "not_let", "reason": "Damp."}}
    told = together(meeting.decide, partial(meeting.decide, **not_let), meeting.decide)
    assert statuses(told) == [200, 409, 409]
    codes = {t.json()["code"] for t in told if t.status_code == 409}
    assert codes == {"meeting.wrong_state"}
    entries = meeting.world.as_role("auditor").get("/journal?limit=200").json()["items"]
    assert sum(e["act"] == "meeting.decided" for e in entries) == 1
    won = next(n for n, t in enumerate(told) if t.status_code == 200)
    decision = meeting.right(first["dwelling_id"])["decision"]
    assert decision == ("not_let" if won == 1 else "follow")


def test_every_dwelling_is_offered_once_however_many_ask(meeting: Meeting) -> None:
    """Each of the meeting's dwellings, four at once; then accepted and refused at once."""
    meeting.decide()
    n_before = n_allocations(meeting.world)
    homes = [(d["dwelling_id"], d["application_id"]) for d in meeting.lines()]
    accepted = 0
    for dwelling, household in [h for h in homes if h[1]]:
        offer = partial(meeting.offer, dwelling, household)
        told = together(offer, offer, partial(offer, meeting.manager), partial(offer))
        assert statuses(told) == [201, 409, 409, 409], [t.text for t in told]
        offer_id = next(t for t in told if t.status_code == 201).json()["offer_id"]
        answers = [partial(meeting.answer, offer_id, said) for said in ("accept", "refuse")]
        said = together(*answers)
        # Who refuses after accepting is heard too; nobody accepts what was refused.
        assert said[1].status_code in (200, 409), said[1].text
        assert 200 in statuses(said)
        state = meeting.clerk.get(f"/offers/{offer_id}").json()["state"]
        accepted += state == "accepted"
    assert n_allocations(meeting.world) - n_before == accepted
    assert is_sound(meeting.world)


def n_allocations(world: World) -> int:
    with world.service.database.reading() as connection:
        # One undone keeps its row, and counts no more.
        counted = sa.select(sa.func.count()).where(allocations_ytd.c.undone_on.is_(None))
        return int(connection.scalar(counted) or 0)


def test_a_household_of_two_meetings_accepts_one_dwelling(meeting: Meeting) -> None:
    """Its two dwellings are offered and accepted at once: the household has one in the end."""
    from api.decisions.entitlements import change

    (first, household), (second, _) = [
        (d["dwelling_id"], d["application_id"]) for d in meeting.lines() if d["application_id"]
    ][:2]
    meeting.decide()
    with meeting.world.service.database.writing() as connection:
        change(connection, meeting.id, second, {"application_id": household})
    for n in range(ROUNDS):
        told = together(
            partial(meeting.offer, first, household), partial(meeting.offer, second, household)
        )
        assert statuses(told) == [201, 409], n
        offer_id = next(t for t in told if t.status_code == 201).json()["offer_id"]
        open_offers = meeting.clerk.get("/offers?state=open").json()["items"]
        assert [o["offer_id"] for o in open_offers] == [offer_id]
        taken_back = meeting.manager.post(f"/offers/{offer_id}/withdrawal", {"reason": "A test."})
        assert taken_back.status_code == 200, taken_back.text
        with meeting.world.service.database.writing() as connection:
            for dwelling in (first, second):
                change(
                    connection,
                    meeting.id,
                    dwelling,
                    {"application_id": household, "ground": "proposal"},
                )
    told = meeting.world.as_role("auditor").get("/journal/verification").json()
    assert told["broken_sequence"] is None
    # What this test wrote behind the service's back is named, and nothing else.
    assert {row["table"] for row in told["altered"]} == {"entitlement"}


def test_a_credential_ended_is_of_no_use_from_that_moment(world: World) -> None:
    """Used while it is ended: done before, or refused; never done after the end was answered."""
    for _ in range(ROUNDS):
        headers = program_headers(world.service)
        program = Caller(world.client, headers)
        credential_id = headers["authorization"].split("_")[1]

        def end(credential_id: str = credential_id) -> None:
            with world.service.database.writing() as connection:
                credentials.revoke(connection, credential_id, now=world.service.now())

        told, _ = together(partial(program.get, "/presentations"), end)
        assert told.status_code in (200, 401)
        assert program.get("/presentations").status_code == 401


def test_a_session_closed_or_an_account_shut_is_of_no_use_from_that_moment(world: World) -> None:
    for n in range(ROUNDS):
        clerk = world.as_role("clerk")
        token = clerk.headers["authorization"].removeprefix("Bearer ")

        def shut(is_session: bool = n % 2 == 0, token: str = token) -> None:
            with world.service.database.writing() as connection:
                if is_session:
                    sessions.close_session(connection, token)
                else:
                    mine = account.c.account_id == f"acc-{OURS}-clerk"
                    connection.execute(account.update().where(mine).values(is_active=False))

        told, _ = together(partial(clerk.post, "/meetings", PLAN), shut)
        assert told.status_code in (201, 401)
        assert clerk.post("/meetings", PLAN).status_code == 401
        with world.service.database.writing() as connection:
            connection.execute(account.update().values(is_active=True))
    assert is_sound(world)


def test_one_candidate_presented_from_everywhere_is_presented_once(world: World) -> None:
    program = Caller(world.client, program_headers(world.service))
    for _ in range(ROUNDS):
        present = partial(program.post, "/presentations", CANDIDATE)
        told = together(*[present] * 4)
        assert statuses(told) == [201, 409, 409, 409], [t.text for t in told]
        path = f"/presentations/{CANDIDATE['agreement_id']}/{CANDIDATE['application_id']}"
        withdraw = partial(program.post, f"{path}/withdrawal", {"reason": "other"})
        gone = together(withdraw, withdraw)
        assert 204 in statuses(gone), [g.text for g in gone]
    with world.service.database.reading() as connection:
        mine = presentations.c.application_id == CANDIDATE["application_id"]
        under = presentations.c.agreement_id == CANDIDATE["agreement_id"]
        assert connection.execute(sa.select(presentations).where(mine, under)).all() == []
    assert is_sound(world)


def test_one_key_is_one_act_however_many_send_it(world: World) -> None:
    clerk = world.as_role("clerk")
    for n in range(ROUNDS):
        send = partial(clerk.post, "/meetings", PLAN, headers={"Idempotency-Key": f"k-{n}"})
        other = partial(send.func, "/meetings", PLAN | {"mode": "serial"}, headers=send.keywords["headers"])  # noqa: E501 # fmt: skip
        told = together(send, send, other)
        made = {t.json()["meeting_id"] for t in told if t.status_code == 201}
        assert len(made) == 1
        assert statuses(told) in ([201, 201, 409], [201, 409, 409])
    with world.service.database.reading() as connection:
        kept = sa.select(sa.func.count()).select_from(idempotency_key)
        assert connection.scalar(kept) == ROUNDS


def test_the_journal_is_one_chain_under_every_writer(world: World) -> None:
    from api.journal import append

    actor = Actor("acc", OURS, "slsp", "clerk")

    def write(n: int) -> None:
        for i in range(10):
            with world.service.database.writing() as connection:
                now = world.service.now()
                append(connection, "test.done", subject=f"{n}-{i}", actor=actor, now=now)

    clerk = world.as_role("clerk")
    plans = [partial(clerk.post, "/meetings", PLAN)] * 2
    together(*[partial(write, n) for n in range(4)], *plans)
    assert is_sound(world)
