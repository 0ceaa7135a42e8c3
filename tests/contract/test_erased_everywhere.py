"""
A household housed by a decided meeting, followed by a partner, then erased, on both databases.

Whatever is left is searched as rows, as files inside rows, and on SQLite as the bytes of the file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.cli import run
from api.db import Database
from api.db.tables.idempotency import idempotency_key, idempotency_owner
from api.db.tables.partners import webhook_delivery
from api.db.tables.register import agreements, household_members, presentations
from api.journal.reading import verify
from api.meetings.snapshot import SNAPSHOT
from tests.contract.matrix import PROOF
from tests.contract.matrix_accompaniment import REVIEW
from tests.contract.test_erasure import content_of, everything, years_later
from tests.fixtures.partners import program_headers
from tests.fixtures.service import Caller, World, made
from tests.fixtures.sitting import AFTER, TODAY, Meeting, demo

SAID = "Parole-du-ménage-fin"
NAMES = ("family_name", "given_name")
KEPT_YEARS = 11
TOTALS = (
    "/reports/allocations?from_day=2026-01-01&to_day=2026-12-31",
    "/reports/derogations?from_day=2026-01-01&to_day=2026-12-31",
    "/reports/refusals?from_day=2026-01-01&to_day=2026-12-31",
    "/reports/waits?from_day=2026-01-01&to_day=2026-12-31",
    "/quotas/ledger",
)


@pytest.fixture
def meeting(database: Database) -> Iterator[Meeting]:
    """A meeting proposed; everybody has names of their own, found nowhere else."""
    for world in made(database, register=demo(), now=AFTER):
        with database.writing() as connection:
            own = {n: sa.literal(f"{n}-") + household_members.c.member_id + "-fin" for n in NAMES}
            connection.execute(household_members.update().values(own))
        world.work()
        yield Meeting(world).proposed()


def names_of(world: World, household: str) -> list[str]:
    mine = household_members.c.application_id == household
    with world.service.database.reading() as connection:
        members = connection.scalars(sa.select(household_members.c.member_id).where(mine))
        return [f"{name}-{member}-fin" for member in members for name in NAMES]


def followed_by_a_partner(world: World, household: str) -> None:
    """Presented, told by a webhook, under a mandate, with a proof and a plan in the household's words."""  # noqa: E501
    with world.service.database.reading() as connection:
        free = ~sa.exists().where(
            presentations.c.agreement_id == agreements.c.agreement_id,
            presentations.c.application_id == household,
        )
        in_force = agreements.c.in_force_from <= AFTER.date()
        has_basis = agreements.c.legal_article.is_not(None)
        agreement = connection.execute(sa.select(agreements).where(free, in_force, has_basis)).first()  # noqa: E501 # fmt: skip
        mine = household_members.c.application_id == household
        born_on = connection.scalar(sa.select(household_members.c.born_on).where(mine))
    assert agreement is not None
    assert born_on is not None
    partner = Caller(world.client, program_headers(world.service, agreement.partner_id))
    known = {"application_id": household, "born_on": born_on.isoformat()}

    def done(path: str, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
        told = partner.post(path, body, headers={"Idempotency-Key": f"{path}-{household}"})
        assert told.status_code == status, told.text
        return dict(told.json())

    done("/webhooks", {"url": "https://partner.example/hook"})
    asked = {"agreement_id": agreement.agreement_id, "household_agreed_on": TODAY}
    done("/presentations", known | asked)
    given = {"covers": ["supply_proofs"], "given_on": TODAY, "until_on": TODAY, "form": "signed"}
    mandate = done("/mandates", known | given)["mandate_id"]
    done(f"/mandates/{mandate}/proofs", PROOF | {"issuer": SAID})
    first = {"application_id": household, "first_contact_on": TODAY}
    plan = done("/plans", first)["plan"]["plan_id"]
    for act in ("offer", "accept", "begin"):
        body = {"act": act, "on": TODAY}
        assert partner.post(f"/plans/{plan}/acts", body).status_code == 200
    review = REVIEW | {"on": TODAY, "household_says": SAID}
    assert SAID in json.dumps(done(f"/plans/{plan}/reviews", review), ensure_ascii=False)


def housed(meeting: Meeting) -> str:
    """A household that refuses nothing, complains, and is housed; gives its identifier."""
    line = next(d for d in meeting.lines() if d["application_id"])
    household = str(line["application_id"])
    followed_by_a_partner(meeting.world, household)
    assert meeting.decide().status_code == 200
    key = {"Idempotency-Key": "the-offer"}
    entry = {"dwelling_id": line["dwelling_id"], "application_id": household}
    made_ = meeting.clerk.post(f"/meetings/{meeting.id}/offers", entry, headers=key)
    assert made_.status_code == 201, made_.text
    assert meeting.answer(made_.json()["offer_id"], "accept").status_code == 200
    complaint = {
        "application_id": household, "about": "allocation", "known_on": TODAY, "lodged_on": TODAY,
        "received_on": TODAY, "reason": SAID,
    }  # fmt: skip
    told = meeting.clerk.post("/appeals", complaint, headers={"Idempotency-Key": "the-complaint"})
    assert told.status_code == 201, told.text
    meeting.world.work()
    return household


def bytes_of(world: World) -> bytes:
    """The file of the database and what lies beside it, once what was freed is given back."""
    database = world.service.database
    if not database.is_sqlite:
        return b""
    path = Path(str(database.engine.url.database))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(p.read_bytes() for p in sorted(path.parent.glob(f"{path.name}*")))


def found_of(world: World, wanted: list[str]) -> dict[str, str]:
    """Each text that is still somewhere, with the place."""
    held, raw = everything(world), bytes_of(world)
    found = {text: line[:60] for text in wanted for line in held if text in line}
    return found | {text: "bytes" for text in wanted if text.encode() in raw}


def totals(world: World) -> list[dict[str, Any]]:
    told = [world.as_role("manager").get(path) for path in TOTALS]
    assert {t.status_code for t in told} == {200}, [t.text for t in told]
    # The erasure is a change of the register: its version, and nothing that is counted, differs.
    return [{name: n for name, n in t.json().items() if name != "version"} for t in told]


def test_nothing_of_a_household_is_left_and_everything_proved_stays_proved(
    meeting: Meeting, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = meeting.world
    household = housed(meeting)
    wanted = [*names_of(world, household), SAID]
    others = [n for n in everything(world) if "family_name-" in n]
    assert {*names_of(world, household), SAID} <= set(found_of(world, wanted))
    with world.service.database.reading() as connection:
        kept = {n: content_of(connection, meeting.id, n) for n in ("proposal.json", "certificate.json")}  # noqa: E501 # fmt: skip
    later = years_later(world, KEPT_YEARS)
    before = totals(later)
    manager = later.as_role("manager")
    version = manager.get(f"/applications/{household}").json()["row_version"]
    asked = {"closed_on": "2026-12-31", "row_version": version}
    assert manager.post(f"/applications/{household}/erasure", asked).status_code == 201
    later.work()

    assert found_of(later, wanted) == {}
    assert len([n for n in everything(later) if "family_name-" in n]) > len(others) // 2
    assert totals(later) == before
    database = later.service.database
    with database.reading() as connection:
        assert verify(connection).is_sound
        for name, content in kept.items():
            assert content_of(connection, meeting.id, name) == content
        told_of = sa.select(idempotency_owner.c.owner_id).where(
            idempotency_owner.c.owner_id == household
        )
        assert connection.execute(told_of).all() == []
        assert connection.scalar(sa.select(sa.func.count()).select_from(idempotency_key)) == 1
        assert connection.execute(sa.select(webhook_delivery)).first() is not None
        assert content_of(connection, meeting.id, SNAPSHOT)
        for name in ("proposal.json", "certificate.json", "annex.json"):
            (tmp_path / name).write_bytes(content_of(connection, meeting.id, name))
    assert run(["verify", str(tmp_path), "--json"]) == 0
    proved = json.loads(capsys.readouterr().out)
    assert proved["holds"] is True
    assert proved["agrees_with_proposal"] is True
