"""One application in full: its household, its points line by line, what is missing."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from allocation.documents.rule_texts import RulebookTexts
from allocation.model import Application
from allocation.rules import evaluate, load_rulebook
from allocation.rules.trace import Assessment, LineTrace
from allocation.wording import Catalogue
from allocation.wording.citations import citation
from api.access import SENSITIVE, AbsentError, may
from api.applications import queries
from api.applications.record import application_from, rows_of_file
from api.applications.schemas import (
    ApplicationFile,
    ApplicationLine,
    ChoiceView,
    FactView,
    MemberView,
    MissingView,
    PointsLineView,
)
from api.applications.standings import Terms
from api.auth.actor import Actor
from api.db import Row
from api.protection import may_tell_place


def file_of(
    connection: sa.Connection, actor: Actor, application_id: str, *, terms: Terms, words: Catalogue
) -> ApplicationFile:
    """
    The file of an application as this actor may read it.

    Raises
    ------
    AbsentError
        ``access.absent``.
    """
    row = queries.application_row(connection, actor, application_id)
    if row is None:
        raise AbsentError("No such application.", id=application_id)
    register_id = actor.organisation_id
    line = queries.line_of(connection, actor, application_id, register_id=register_id)
    application = application_from(rows_of_file(connection, application_id))
    rulebook = load_rulebook(terms.rulebook)
    assessment = evaluate(rulebook, application, terms.on, settings=terms.settings)
    tells_place = may_tell_place(connection, actor, application_id)
    is_ours = row.reference_slsp_id == register_id
    reader = _Reader(RulebookTexts(rulebook), words, is_open=is_ours and may(actor, SENSITIVE))
    return ApplicationFile(
        **{n: getattr(row, n) for n in ApplicationFile.model_fields if n in row._mapping},
        members=reader.members(application),
        facts=reader.facts(application),
        choices=reader.choices(application) if tells_place else (),
        is_address_protected=not tells_place,
        standing=None if line is None else line_view(line),
        lines=tuple(reader.line(entry, assessment) for entry in assessment.lines),
        missing=tuple(
            MissingView.model_validate(m)
            for m in assessment.missing
            if reader.is_open or not reader.is_sensitive_fact(m.fact)
        ),
    )


def line_view(row: Row) -> ApplicationLine:
    """A line of the list."""
    return ApplicationLine.model_validate(dict(zip(queries.LINE_NAMES, row, strict=True)))


def tells_sensitive(told: ApplicationFile, rulebook: str) -> bool:
    """Whether a reason of health or violence stands open in what is told."""
    return are_sensitive([f.fact for f in told.facts if f.fact and not f.is_masked], rulebook)


def are_sensitive(codes: Iterable[str], rulebook: str) -> bool:
    """Whether one of these facts tells of health or violence."""
    known = load_rulebook(rulebook).facts
    return any(code in known and known[code].sensitive for code in codes)


class _Reader:
    """What one reader may see of a file: reasons of health and violence only when ``is_open``."""

    def __init__(self, rules: RulebookTexts, words: Catalogue, *, is_open: bool) -> None:
        self.rules, self.words, self.is_open = rules, words, is_open

    def members(self, application: Application) -> tuple[MemberView, ...]:
        views = tuple(MemberView.model_validate(m) for m in application.members)
        if self.is_open:
            return views
        return tuple(m.model_copy(update={"national_number": None}) for m in views)

    def choices(self, application: Application) -> tuple[ChoiceView, ...]:
        return tuple(ChoiceView.model_validate(c) for c in application.choices)

    def facts(self, application: Application) -> tuple[FactView, ...]:
        found = []
        for fact in application.facts:
            is_masked = not self.is_open and self.is_sensitive_fact(fact.fact)
            values = {n: getattr(fact, n) for n in FactView.model_fields if n != "is_masked"}
            if is_masked:
                values = dict.fromkeys(values)
            found.append(FactView(**values, is_masked=is_masked))
        return tuple(found)

    def line(self, line: LineTrace, assessment: Assessment) -> PointsLineView:
        on = assessment.on
        is_masked = not self.is_open and self.rules.is_sensitive(line.code)
        label = self.rules.label(line.code, self.words.language)
        source = citation(*self.rules.citation(line.code, on), self.words)
        readings = line.condition.readings() if line.condition else ()
        return PointsLineView(
            code=None if is_masked else line.code,
            table=line.table,
            label=self.words.text("service.masked_line") if is_masked else label,
            source="" if is_masked else source,
            outcome=line.outcome,
            points=line.points,
            counts=line.is_best,
            facts=[] if is_masked else list(dict.fromkeys(r.fact for r in readings)),
        )

    def is_sensitive_fact(self, fact: str) -> bool:
        definition = self.rules.rulebook.facts.get(fact)
        return definition is not None and bool(definition.sensitive)
