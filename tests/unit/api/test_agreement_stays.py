"""No stay that an agreement holds is forgotten, whatever table keeps it."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from api.agreements.stays import _held, running_stays
from api.db.tables import metadata


def test_every_table_held_by_an_agreement_is_asked() -> None:
    tables = sa.MetaData()
    text, day = sa.Text(), sa.Date()
    sa.Table("agreements", tables, sa.Column("agreement_id", text, primary_key=True))
    link = "agreements.agreement_id"
    for name in ("stay", "lodging", "plan"):
        sa.Table(
            name, tables,
            sa.Column("id", text, primary_key=True),
            sa.Column("agreement_id", text, sa.ForeignKey(link)),
            sa.Column("ended_on", day),
            *([] if name == "plan" else [sa.Column("dwelling_id", text)]),
        )  # fmt: skip
    sa.Table(
        "presentation", tables,
        sa.Column("id", text, primary_key=True),
        sa.Column("agreement_id", text, sa.ForeignKey(link)),
    )  # fmt: skip
    engine = sa.create_engine("sqlite://")
    tables.create_all(engine)
    with engine.begin() as connection:
        connection.execute(
            tables.tables["agreements"].insert(), [{"agreement_id": n} for n in "AB"]
        )
        for name, row, agreement, ended in (
            ("stay", "s1", "A", None),
            ("stay", "s2", "A", date(2026, 1, 1)),
            ("stay", "s3", "B", None),
            ("lodging", "l1", "A", None),
            ("plan", "p9", "A", None),
        ):
            values = {"id": row, "agreement_id": agreement, "ended_on": ended}
            connection.execute(tables.tables[name].insert(), values)
        connection.execute(
            tables.tables["presentation"].insert(), {"id": "p1", "agreement_id": "A"}
        )
        assert running_stays(connection, "A", tables=tables) == ("l1", "s1")
    engine.dispose()


def test_the_service_asks_its_stays_and_no_plan_of_support() -> None:
    asked = [table.name for table, _ in _held(metadata)]
    assert asked == ["occupancy"]
