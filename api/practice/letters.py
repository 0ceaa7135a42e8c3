"""
Letters in plain language: short sentences, one idea each, what is free said first.

They are read, printed or said; nothing is sent from here.
"""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa

from allocation.documents.letter import Letter, letter_pdf
from allocation.wording import Catalogue
from api.accompaniment.record import opened_words, plan_of
from api.auth.actor import Actor
from api.db.tables.organisations import organisation
from api.practice.schemas import LetterView
from api.service import Service

Name = Literal["offer", "review", "left", "copy", "contact"]
PARTS = {
    "offer": ("free", "what", "stop"),
    "review": ("when", "who", "say"),
    "left": ("noted", "home", "back"),
    "copy": ("yours", "change", "end"),
    "contact": ("hello", "help", "no"),
}


def letter(
    connection: sa.Connection,
    actor: Actor,
    plan_id: str,
    name: Name,
    *,
    service: Service,
    words: Catalogue,
) -> LetterView:
    """A letter about one plan, in the reader's language."""
    row = plan_of(connection, actor, plan_id)
    who = _sender(connection, row.organisation_id)
    day = words.date(row.next_review_on) if row.next_review_on else "…"
    facts = {"service": who, "day": day}
    paragraphs = [words.text(f"letters.{name}.{part}", **facts) for part in PARTS[name]]
    if name == "copy":
        said = opened_words(connection, row, service=service)
        paragraphs += [f"– {one['words']}" for one in said.get("objectives", [])]
    paragraphs.append(words.text("letters.signature", **facts))
    return LetterView(name=name, title=words.text(f"letters.{name}.title"), paragraphs=paragraphs)


def printed(
    connection: sa.Connection,
    actor: Actor,
    plan_id: str,
    name: Name,
    *,
    service: Service,
    words: Catalogue,
) -> bytes:
    """The same letter to print and sign (PDF); a letter never carries the household's name."""
    told = letter(connection, actor, plan_id, name, service=service, words=words)
    sender = _sender(connection, plan_of(connection, actor, plan_id).organisation_id)
    return letter_pdf(Letter(sender, told.title, tuple(told.paragraphs)), words.language)


def _sender(connection: sa.Connection, organisation_id: str) -> str:
    mine = organisation.c.organisation_id == organisation_id
    return str(connection.scalar(sa.select(organisation.c.name).where(mine)))
