"""The journal holds, names what was changed behind our back, forgets persons and stays whole."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from allocation.proof.journal import Broken, Entry, first_broken
from api.auth.actor import Actor
from api.db import Database
from api.db.tables.journal import journal_entry, journal_head
from api.db.tables.register import allocations_ytd
from api.journal import append
from api.journal.reading import anchors_since, verify
from api.journal.sealing import erase_key, seal, unseal
from tests.fixtures.service import NOW, OURS, REGION, World

ACTOR = Actor("acc-1", OURS, "slsp", "clerk")
SECRET = b"s" * 32


def write(database: Database, n: int) -> None:
    for i in range(n):
        with database.writing() as connection:
            append(connection, "test.done", subject=f"S{i}", actor=ACTOR, now=NOW, content={"n": i})


def changed(database: Database, statement: sa.Executable) -> str:
    with database.writing() as connection:
        connection.execute(statement)
    with database.reading() as connection:
        broken = verify(connection).broken
    return "" if broken is None else f"{broken.sequence} {broken.fault}"


def test_entries_follow_each_other(database: Database) -> None:
    write(database, 3)
    with database.reading() as connection:
        found = verify(connection)
    assert (found.entries, found.broken) == (3, None)


def at(sequence: int) -> sa.ColumnElement[bool]:
    return journal_entry.c.sequence == sequence


TAMPERINGS: dict[str, Callable[[], sa.Executable]] = {
    "2 content": lambda: journal_entry.update().where(at(2)).values(content='{"n":9}'),
    "1 content": lambda: journal_entry.update().where(at(1)).values(actor_id="acc-2"),
    "2 sequence": lambda: journal_entry.delete().where(at(2)),
    "3 link": lambda: journal_entry.update().where(at(3)).values(previous="0" * 64),
    "4 end": lambda: journal_entry.delete().where(at(4)),
    "5 end": lambda: journal_head.update().values(hash="f" * 64),
}


@pytest.mark.parametrize("named", sorted(TAMPERINGS))
def test_what_was_changed_behind_our_back_is_named(database: Database, named: str) -> None:
    write(database, 4)
    assert changed(database, TAMPERINGS[named]()) == named


def test_an_act_that_is_undone_leaves_no_entry(database: Database) -> None:
    def undone() -> None:
        with database.writing() as connection:
            append(connection, "test.done", subject="S", actor=ACTOR, now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    with database.reading() as connection:
        assert verify(connection).entries == 0


def test_writers_at_the_same_time_leave_one_chain(database: Database) -> None:
    write(database, 1)
    threads = [threading.Thread(target=write, args=(database, 20)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        found = verify(connection)
    assert (found.entries, found.broken) == (81, None)


def test_a_person_erased_is_unreadable_and_the_chain_still_holds(database: Database) -> None:
    with database.writing() as connection:
        sealed = seal(connection, "A1", {"name": "Zoé Exemple"}, secret=SECRET)
        append(connection, "test.done", subject="A1", actor=ACTOR, now=NOW, sealed={"A1": sealed})
    with database.reading() as connection:
        assert unseal(connection, "A1", sealed, secret=SECRET) == {"name": "Zoé Exemple"}
    with database.writing() as connection:
        erase_key(connection, "A1", now=NOW)
    with database.reading() as connection:
        assert unseal(connection, "A1", sealed, secret=SECRET) is None
        assert verify(connection).broken is None


def test_what_the_api_tells_is_enough_to_check_the_chain_elsewhere(world: World) -> None:
    write(world.service.database, 5)
    auditor = world.as_role("auditor", REGION)  # two companies loaded their registers before
    first = auditor.get("/journal?limit=4").json()
    rest = auditor.get(f"/journal?limit=4&cursor={first['next_cursor']}").json()
    entries = [Entry(**told) for told in first["items"] + rest["items"]]
    verification = auditor.get("/journal/verification").json()
    assert verification["is_sound"]
    assert first_broken(entries, end=verification["end"]) is None


LEDGER_TAMPERINGS: dict[str, Callable[[], sa.Executable]] = {
    "changed": lambda: allocations_ytd.update().values(income_category="3"),
    "removed": allocations_ytd.delete,
    "unwritten": lambda: allocations_ytd.insert().from_select(
        [c.name for c in allocations_ytd.c],
        sa.select(
            *(
                sa.literal("L-added").label(c.name) if c.name == "allocation_id" else c
                for c in allocations_ytd.c
            )
        ),
    ),
}


@pytest.mark.parametrize("fault", sorted(LEDGER_TAMPERINGS))
def test_an_allocation_changed_behind_our_back_is_named(world: World, fault: str) -> None:
    auditor = world.as_role("auditor")
    assert auditor.get("/journal/verification").json()["is_sound"]
    with world.service.database.writing() as connection:
        (row,) = connection.execute(sa.select(allocations_ytd))
        connection.execute(LEDGER_TAMPERINGS[fault]())
    told = auditor.get("/journal/verification").json()
    wanted = "L-added" if fault == "unwritten" else row.allocation_id
    named = [(a["table"], a["row_id"], a["fault"]) for a in told["altered"]]
    assert named == [("allocations_ytd", wanted, fault)]
    assert not told["is_sound"]
    assert wanted in told["sentence"]


def test_the_anchors_are_the_last_entry_of_each_day(database: Database) -> None:
    for hours in (0, 12, 14, 15):  # 9:00, 21:00, 23:00 and 0:00 in UTC; two hours more in Brussels
        with database.writing() as connection:
            at = NOW + timedelta(hours=hours)
            append(connection, "test.done", subject="S", actor=ACTOR, now=at)
    with database.reading() as connection:
        told = anchors_since(connection, NOW.date())
        assert [(a.day.isoformat(), a.sequence) for a in told] == [
            ("2026-06-15", 2),
            ("2026-06-16", 4),
        ]
        assert anchors_since(connection, NOW.date() + timedelta(days=1)) == told[1:]


def test_a_journal_written_anew_does_not_pass_through_its_anchors(database: Database) -> None:
    write(database, 3)
    with database.reading() as connection:
        anchors = {a.sequence: a.hash for a in anchors_since(connection, NOW.date())}
        assert verify(connection, anchors=anchors).is_sound
    with database.writing() as connection:
        connection.execute(journal_entry.delete())
        connection.execute(journal_head.delete())
    with database.writing() as connection:
        append(connection, "test.other", subject="S", actor=ACTOR, now=NOW)
    for n in (0, 2):  # shorter, then as long as before
        write(database, n)
        with database.reading() as connection:
            assert verify(connection).broken is None
            assert verify(connection, anchors=anchors).broken == Broken(3, "anchor")
