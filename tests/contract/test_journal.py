"""The journal holds, names what was changed behind our back, forgets persons and stays whole."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from allocation.proof.journal import Entry, first_broken
from api.auth.actor import Actor
from api.db import Database
from api.db.tables.journal import journal_entry, journal_head
from api.journal import append
from api.journal.reading import verify
from api.journal.sealing import erase_key, seal, unseal
from tests.fixtures.service import NOW, OURS, World

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
    auditor = world.as_role("auditor")
    first = auditor.get("/journal?limit=3").json()
    rest = auditor.get(f"/journal?limit=3&cursor={first['next_cursor']}").json()
    entries = [Entry(**told) for told in first["items"] + rest["items"]]
    verification = auditor.get("/journal/verification").json()
    assert verification["is_sound"]
    assert first_broken(entries, end=verification["end"]) is None
