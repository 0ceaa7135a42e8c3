"""Whatever is changed behind our back is named: an entry of the journal, a row it vouches for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from allocation.proof.journal import GENESIS, Entry, canonical, link
from api.auth.actor import Actor
from api.db import Database, Row
from api.db.tables.journal import journal_entry, journal_head
from api.db.tables.offers import derogation, entitlement, offer_course
from api.db.tables.register import offers
from api.erasure.personal import FREE_TEXTS, OWNER
from api.journal import append
from api.journal.beginning import bring_up
from api.journal.reading import Verification, anchors_since, verify
from api.journal.rows import BEGUN, LEFT_OUT, ROWS, VOUCHED_FOR, Altered
from tests.fixtures.service import NOW, OURS
from tests.fixtures.sitting import Meeting

ACTOR = Actor("acc-1", OURS, "slsp", "clerk")
HELD = journal_entry.c
N = 5
QUOTAS = {
    "in_force_from": "2027-09-01",
    "decided_on": "2026-12-02",
    "basis": "council of 2 December 2026",
    "quotas": [
        {"id": "income-1", "kind": "floor", "group": {"income_categories": [1]}, "share": "1/2"}
    ],
}


@pytest.fixture
def written(database: Database) -> Database:
    """A journal of five entries."""
    for i in range(N):
        with database.writing() as connection:
            append(connection, "test.done", subject=f"S{i}", actor=ACTOR, now=NOW, content={"n": i})
    return database


@contextmanager
def for_a_look(database: Database) -> Iterator[sa.Connection]:
    """Changes that are undone afterwards."""
    with database.writing() as connection:
        savepoint = connection.begin_nested()
        yield connection
        savepoint.rollback()


def entry_at(connection: sa.Connection, sequence: int) -> dict[str, Any]:
    row = connection.execute(sa.select(journal_entry).where(HELD.sequence == sequence)).one()
    return dict(row._mapping)


def move(connection: sa.Connection, sequence: int, to: int) -> None:
    mine = journal_entry.update().where(HELD.sequence == sequence)
    connection.execute(mine.values(sequence=to))


def forged(previous: str, sequence: int) -> dict[str, Any]:
    """An entry nobody wrote, with the right link and the right hash."""
    entry: Entry = link(
        previous, sequence=sequence, at=NOW.isoformat(), act="test.forged", subject="S",
        actor_id="acc-1", organisation_id=OURS, content={}, sealed={},
    )  # fmt: skip
    return vars(entry) | {name: canonical({}).decode() for name in ("content", "sealed")}


def insert_in_the_middle(connection: sa.Connection) -> None:
    before = entry_at(connection, 2)["hash"]
    for sequence in range(N, 2, -1):
        move(connection, sequence, sequence + 1)
    connection.execute(journal_entry.insert(), forged(before, 3))


def insert_at_the_end(connection: sa.Connection) -> None:
    last = entry_at(connection, N)["hash"]
    connection.execute(journal_entry.insert(), forged(last, N + 1))


def swap_places(connection: sa.Connection) -> None:
    move(connection, 2, 99)
    move(connection, 3, 2)
    move(connection, 99, 3)


def swap_what_was_done(connection: sa.Connection) -> None:
    first, second = entry_at(connection, 2), entry_at(connection, 3)
    for sequence, other in ((2, second), (3, first)):
        values = {n: other[n] for n in ("act", "subject", "content", "at")}
        connection.execute(journal_entry.update().where(HELD.sequence == sequence).values(values))


def remove_and_close_the_gap(connection: sa.Connection) -> None:
    connection.execute(journal_entry.delete().where(HELD.sequence == 3))
    for sequence in (4, 5):
        move(connection, sequence, sequence - 1)


def move_the_first_to_the_end(connection: sa.Connection) -> None:
    move(connection, 1, N + 1)


def cut_short(connection: sa.Connection) -> None:
    connection.execute(journal_entry.delete().where(HELD.sequence > 3))


REARRANGED: dict[str, Callable[[sa.Connection], None]] = {
    "4 link": insert_in_the_middle,
    "6 end": insert_at_the_end,
    "2 link": swap_places,
    "2 content": swap_what_was_done,
    "3 link": remove_and_close_the_gap,
    "1 sequence": move_the_first_to_the_end,
    "4 end": cut_short,
}


@pytest.mark.parametrize("named", sorted(REARRANGED))
def test_entries_added_moved_or_cut_off_are_named(written: Database, named: str) -> None:
    with for_a_look(written) as connection:
        REARRANGED[named](connection)
        broken = verify(connection).broken
    assert broken is not None
    assert f"{broken.sequence} {broken.fault}" == named


def test_a_journal_cut_short_with_its_head_is_named_by_what_was_published(
    written: Database,
) -> None:
    with for_a_look(written) as connection:
        anchors = {a.sequence: a.hash for a in anchors_since(connection, NOW.date())}
        assert set(anchors) == {N}
        cut_short(connection)
        head = {"sequence": 3, "hash": entry_at(connection, 3)["hash"]}
        connection.execute(journal_head.update().values(head))
        assert verify(connection).is_sound  # whole in itself: only the anchor knows better
        broken = verify(connection, anchors=anchors).broken
    assert broken is not None
    assert (broken.sequence, broken.fault) == (N, "anchor")


def test_a_journal_written_anew_from_an_entry_on_is_named_by_what_was_published(
    written: Database,
) -> None:
    with for_a_look(written) as connection:
        anchors = {a.sequence: a.hash for a in anchors_since(connection, NOW.date())}
        connection.execute(journal_entry.delete().where(HELD.sequence >= 3))
        previous = entry_at(connection, 2)["hash"]
        for sequence in range(3, N + 1):
            other = forged(previous, sequence)
            connection.execute(journal_entry.insert(), other)
            previous = other["hash"]
        connection.execute(journal_head.update().values(hash=previous))
        assert verify(connection).is_sound
        broken = verify(connection, anchors=anchors).broken
    assert broken is not None
    assert (broken.sequence, broken.fault) == (N, "anchor")


def followed(meeting: Meeting) -> None:
    """A meeting decided with a derogation, offers of every kind of end, quotas for next year."""
    lines = [d for d in meeting.lines() if d["application_id"]]
    entry = {
        "dwelling_id": lines[0]["dwelling_id"],
        "application_id": lines[-1]["application_id"],
        "ground": "derogation_urgency",
        "reason": "A fire this week",
    }
    put = meeting.clerk.post(f"/meetings/{meeting.id}/derogations", entry)
    assert put.status_code == 201, put.text
    opinion = {"opinion": "concurring", "reason": "Agreed"}
    derogation_id = put.json()["derogation_id"]
    commissioner = meeting.world.as_role("commissioner")
    assert commissioner.post(f"/derogations/{derogation_id}/opinion", opinion).status_code == 200
    departure = {"decision": "derogate", "derogation_id": derogation_id}
    told = meeting.decide(**{entry["dwelling_id"]: departure})
    assert told.status_code == 200, told.text
    meeting.world.work()
    for line, answer in zip(lines[1:4], ("refuse", "accept", ""), strict=False):
        household = meeting.right(line["dwelling_id"])["application_id"]
        made = meeting.offer(line["dwelling_id"], household)
        assert made.status_code == 201, made.text
        if answer:
            assert meeting.answer(made.json()["offer_id"], answer).status_code == 200
    meeting.world.work()
    set_ = meeting.manager.post("/quotas", QUOTAS)
    assert set_.status_code == 201, set_.text


def other_value(connection: sa.Connection, column: sa.Column[Any], value: Any) -> Any:
    """Another value the column could hold; the same one when there is none."""
    if column.foreign_keys:
        (link_,) = column.foreign_keys
        others = sa.select(link_.column).where(link_.column != value).limit(1)
        return connection.scalar(others) or value
    if isinstance(value, bool):
        return not value
    if isinstance(value, datetime | date):
        return value + timedelta(days=1)
    if value is None:
        kinds = {date: date(2026, 1, 1), bool: True, int: 1}
        return kinds.get(column.type.python_type, "x")
    return value + 1000 if isinstance(value, int) else f"{value}x"


def key_of(table: sa.Table, row: Row) -> dict[str, Any]:
    return {c.name: row._mapping[c] for c in table.primary_key.columns}


def mine(table: sa.Table, row: Row) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[name] == value for name, value in key_of(table, row).items()))


def only_named(found: Verification, table: sa.Table, row: Row, fault: str) -> bool:
    (one,) = found.altered
    key = "/".join(str(v) for v in key_of(table, row).values())
    named = Altered(table.name, key, fault, one.sequence)
    return one == named and (one.sequence > 0) == (fault != "unwritten")


def test_one_cell_of_a_row_that_decides_a_right_is_named(meeting: Meeting) -> None:
    followed(meeting)
    database = meeting.world.service.database
    with database.reading() as connection:
        assert verify(connection).is_sound
    changed: dict[str, set[str]] = {table.name: set() for table in VOUCHED_FOR}
    for table in VOUCHED_FOR:
        columns = [c for c in table.c if not c.primary_key and c.name not in LEFT_OUT]
        with database.reading() as connection:
            row = connection.execute(sa.select(table).limit(1)).one()
        for column in columns:
            with for_a_look(database) as connection:
                value = other_value(connection, column, row._mapping[column])
                if value == row._mapping[column]:
                    continue
                connection.execute(table.update().where(mine(table, row)).values({column: value}))
                assert only_named(verify(connection), table, row, "changed"), column
            changed[table.name].add(column.name)
        # A link to a row of which there is one alone cannot be bent.
        assert len(changed[table.name]) >= len(columns) - 2, table.name


def test_a_row_that_decides_a_right_is_missed_and_one_too_many_is_seen(meeting: Meeting) -> None:
    followed(meeting)
    database = meeting.world.service.database
    for table in VOUCHED_FOR:
        # A household has one open offer at most: an index, not the journal, refuses another.
        one = (
            sa.select(table).where(offers.c.answer != "open")
            if table is offers
            else sa.select(table)
        )
        with database.reading() as connection:
            row = connection.execute(one).first()
        assert row is not None
        key = list(table.primary_key.columns)[-1]
        with for_a_look(database) as connection:
            # What rests on it stands in the way.
            if table is offers:
                resting = offer_course.c.offer_id == row.offer_id
                connection.execute(offer_course.delete().where(resting))
            if table is derogation:
                others = entitlement.c.derogation_id == row.derogation_id
                connection.execute(entitlement.update().where(others).values(derogation_id=None))
            connection.execute(table.delete().where(mine(table, row)))
            found = {(a.table, a.fault) for a in verify(connection).altered}
            assert (table.name, "removed") in found
        if table is offer_course:  # its key is an offer of the register
            continue
        with for_a_look(database) as connection:
            added = dict(row._mapping)
            added[key.name] = 99 if isinstance(added[key.name], int) else "added"
            connection.execute(table.insert(), added)
            (one,) = verify(connection).altered
            assert (one.table, one.fault, one.sequence) == (table.name, "unwritten", 0)


def test_rows_whose_contents_were_exchanged_are_both_named(meeting: Meeting) -> None:
    followed(meeting)
    database = meeting.world.service.database
    with for_a_look(database) as connection:
        taken = entitlement.c.application_id.is_not(None)
        first, second = connection.execute(sa.select(entitlement).where(taken).limit(2)).all()
        for row, other in ((first, second), (second, first)):
            to = {"application_id": other.application_id}
            connection.execute(entitlement.update().where(mine(entitlement, row)).values(to))
        altered = verify(connection).altered
    keys = {"/".join(key_of(entitlement, row).values()) for row in (first, second)}
    assert {(a.row_id, a.fault) for a in altered} == {(key, "changed") for key in keys}


def test_what_is_left_out_of_the_hash_is_what_erasure_empties(meeting: Meeting) -> None:
    """A free text may go without an alarm; nothing else of such a row may."""
    of_a_person = {t.name: t for t in VOUCHED_FOR if OWNER in t.c and t.name in FREE_TEXTS}
    assert set(of_a_person) == {"derogation", "entitlement", "meeting_answer", "offer_course"}
    left_out = {name: {c.name for c in t.c} & LEFT_OUT for name, t in of_a_person.items()}
    assert left_out == {name: set(FREE_TEXTS[name]) for name in of_a_person}
    followed(meeting)
    with for_a_look(meeting.world.service.database) as connection:
        connection.execute(derogation.update().values(reason="", opinion=""))
        connection.execute(entitlement.update().values(reason=""))
        connection.execute(offer_course.update().values(reason=""))
        assert verify(connection).is_sound


def test_rows_older_than_the_vouching_are_told_apart_and_watched_from_then_on(
    meeting: Meeting,
) -> None:
    """A database of before: its entries name no row; `migrate` takes them in as they stand."""
    followed(meeting)
    database = meeting.world.service.database
    with database.writing() as connection:
        without_rows(connection)
        assert {a.fault for a in verify(connection).altered} == {"unwritten"}
    bring_up(database, now=NOW)
    with database.reading() as connection:
        found = verify(connection)
        n_begun = connection.scalar(sa.select(sa.func.count()).where(HELD.act == BEGUN))
    assert (found.is_sound, found.before, n_begun) == (True, found.rows, 1)
    assert found.rows > 0
    bring_up(database, now=NOW)  # brought up again, nothing more is taken in
    with for_a_look(database) as connection:
        row = connection.execute(sa.select(entitlement).limit(1)).one()
        changed = entitlement.update().where(mine(entitlement, row))
        connection.execute(changed.values(channel="another"))
        assert only_named(verify(connection), entitlement, row, "changed")
    with for_a_look(database) as connection:
        added = dict(row._mapping) | {"dwelling_id": "added"}
        connection.execute(entitlement.insert(), added)
    bring_up(database, now=NOW)
    with database.reading() as connection:
        assert verify(connection) == found


def without_rows(connection: sa.Connection) -> None:
    """The journal as it was written before it vouched for anything: linked anew."""
    previous = GENESIS
    for row in connection.execute(sa.select(journal_entry).order_by(HELD.sequence)).all():
        values = dict(row._mapping) | {
            name: json.loads(row._mapping[name]) for name in ("content", "sealed")
        }
        values["content"].pop(ROWS, None)
        told = {n: v for n, v in values.items() if n not in ("previous", "hash")}
        entry = link(previous, **told)
        mine_ = journal_entry.update().where(HELD.sequence == row.sequence)
        content = canonical(entry.content).decode()
        connection.execute(mine_.values(content=content, previous=entry.previous, hash=entry.hash))
        previous = entry.hash
    connection.execute(journal_head.update().values(hash=previous))
