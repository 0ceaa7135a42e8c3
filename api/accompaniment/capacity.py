"""What a service can still promise: its own scale, its workers, its plans."""

from __future__ import annotations

import json
from collections import Counter

import sqlalchemy as sa

from allocation.accompaniment.capacity import Capacity, Load, check_promise, free_capacity
from allocation.accompaniment.plans import HOLDS_A_PLACE
from allocation.accompaniment.scale import (
    Scale,
    default_levels,
    default_scale,
    units_source,
)
from allocation.wording import Catalogue
from api.accompaniment.schemas import CapacityView, LevelView, SettingEntry
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.accompaniment import accompaniment_setting, plan
from api.journal import append
from api.service import Service


def setting_of(connection: sa.Connection, organisation_id: str) -> Row | None:
    """The scale an association fixed for itself, if it did."""
    mine = accompaniment_setting.c.organisation_id == organisation_id
    return connection.execute(sa.select(accompaniment_setting).where(mine)).one_or_none()


def scale_of(connection: sa.Connection, organisation_id: str) -> Scale:
    """The scale of an association: its own, or the project's proposal."""
    row = setting_of(connection, organisation_id)
    if row is None:
        return default_scale()
    return Scale(row.units_per_full_time, json.loads(row.weights), "setting")


def capacity_of(
    connection: sa.Connection, organisation_id: str, *, but: str = ""
) -> Capacity | None:
    """
    Capacity of a service; ``None`` as long as it has not said how many workers it has.

    ``but``: a plan left out, to see what would be free for it.
    """
    row = setting_of(connection, organisation_id)
    if row is None:
        return None
    loads = [
        Load(p.state, p.intensity)
        for p in _holding(connection, organisation_id)
        if p.plan_id != but
    ]
    return free_capacity(
        scale_of(connection, organisation_id),
        full_time_hundredths=row.full_time_hundredths,
        loads=loads,
    )


def promise(
    connection: sa.Connection, organisation_id: str, intensity: str, *, reason: str, plan_id: str
) -> bool:
    """
    Whether promising a plan overbooks the service.

    Raises
    ------
    CapacityError
        ``accompaniment.no_capacity``: it would, and no reason was written.
    ScaleError
        ``accompaniment.unknown_intensity``.
    """
    _wait_for_turn(connection, organisation_id)
    weight = scale_of(connection, organisation_id).weight(intensity)
    capacity = capacity_of(connection, organisation_id, but=plan_id)
    return capacity is not None and check_promise(capacity, weight, reason=reason)


def settle(
    connection: sa.Connection, actor: Actor, asked: SettingEntry, *, service: Service
) -> None:
    """Fix the association's own scale; what was promised before stays promised."""
    organisation_id = actor.organisation_id
    used = {p.intensity for p in _holding(connection, organisation_id)}
    scale = Scale(asked.units_per_full_time, asked.weights, "setting")
    for intensity in sorted(used | {"S"}):
        scale.weight(intensity)  # a level in use, and standby, cannot go
    values = asked.model_dump() | {"weights": json.dumps(asked.weights)}
    mine = accompaniment_setting.c.organisation_id == organisation_id
    connection.execute(accompaniment_setting.delete().where(mine))
    connection.execute(
        accompaniment_setting.insert(), values | {"organisation_id": organisation_id}
    )
    append(
        connection,
        "accompaniment.settled",
        subject=organisation_id,
        actor=actor,
        now=service.now(),
        content=asked.model_dump(mode="json"),
    )


def view(connection: sa.Connection, organisation_id: str, words: Catalogue) -> CapacityView:
    """The capacity as told."""
    scale, row = scale_of(connection, organisation_id), setting_of(connection, organisation_id)
    held = _holding(connection, organisation_id)
    found = capacity_of(connection, organisation_id)
    known = {level.code: level for level in default_levels()}
    levels = []
    for code, weight in scale.weights.items():
        level = known.get(code)
        rhythm = level.contacts if level else None
        levels.append(
            LevelView(
                code=code,
                label=getattr(level.label, words.language) if level else code,
                weight=weight,
                contacts=words.text(f"support.every.{rhythm.every}", n=rhythm.count)
                if rhythm
                else "",
                places=None if found is None else found.places(weight),
            )
        )
    loads = [Load(p.state, p.intensity) for p in held]
    used = free_capacity(scale, full_time_hundredths=0, loads=loads).used
    return CapacityView(
        mark=scale.mark,
        source=units_source().act if row is None else "",
        full_time_hundredths=None if row is None else row.full_time_hundredths,
        total=None if found is None else found.total,
        used=used,
        free=None if found is None else found.free,
        levels=levels,
        plans=dict(sorted(Counter(p.state for p in held).items())),
        by_mode=dict(sorted(Counter(p.mode for p in held).items())),
    )


def _holding(connection: sa.Connection, organisation_id: str) -> list[Row]:
    query = sa.select(plan.c.plan_id, plan.c.state, plan.c.intensity, plan.c.mode).where(
        plan.c.organisation_id == organisation_id, plan.c.state.in_(sorted(HOLDS_A_PLACE))
    )
    return list(connection.execute(query))


def _wait_for_turn(connection: sa.Connection, organisation_id: str) -> None:
    """Two promises of one service in the same second are made one after the other."""
    mine = accompaniment_setting.c.organisation_id == organisation_id
    connection.execute(sa.select(accompaniment_setting).where(mine).with_for_update())
