"""``continuation.html``: what followed a meeting, and where every dwelling stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from allocation.documents.page import render
from allocation.model.continuation import Continuation
from allocation.model.proposal import Proposal
from allocation.proposal import frozen_meeting
from allocation.territory import communes, companies
from allocation.wording import Catalogue, catalogue
from allocation.wording.reasons import Reasons
from allocation.wording.reasons_continuation import ContinuationReasons


@dataclass(frozen=True)
class Day:
    """A heading with its sentences."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class ContinuationView:
    """A continuation ready to print: days, what would be otherwise, rows of two tables."""

    title: str
    company: str
    is_demo: bool
    of: str
    days: tuple[Day, ...]
    differences: tuple[str, ...]
    dwellings: tuple[tuple[str, ...], ...]
    quotas: tuple[tuple[str, ...], ...]


def continuation_reasons(
    proposal: Proposal, continuation: Continuation, words: Catalogue
) -> ContinuationReasons:
    """The sentences of a continuation, communes and quotas by name."""
    rules = tuple(opened.rule for opened in frozen_meeting(proposal).quotas)
    names = {nis5: c.name(words.language) for nis5, c in communes().items()}
    return ContinuationReasons(Reasons(proposal, words, rules, communes=names), continuation)


def continuation_view(
    proposal: Proposal, continuation: Continuation, lang: str
) -> ContinuationView:
    """Everything the page says, in one language."""
    words = catalogue(lang)
    told = continuation_reasons(proposal, continuation, words)
    company = companies().get(proposal.slsp_id)
    meeting_on = date.fromisoformat(str(proposal.meeting["meeting_on"]))
    return ContinuationView(
        words.text("continuation.title", on=meeting_on),
        company.name if company else proposal.slsp_id,
        proposal.kind == "demo",
        continuation.of,
        tuple(
            Day(words.text("continuation.day", on=step.on), tuple(told.step(step)))
            for step in continuation.steps
        ),
        tuple(told.differences()),
        tuple(
            (
                line.dwelling_id,
                line.application_id or "—",
                told.said.channel_name(line.channel) if line.application_id else "—",
                told.state(line),
                told.following(line),
            )
            for line in proposal.dwellings
        ),
        tuple(
            (
                told.said.quota_label(q.quota_id),
                words.number(q.used),
                words.number(q.seats),
                told.said.quota_state(q),
            )
            for q in proposal.quotas
        ),
    )


def continuation_html(proposal: Proposal, continuation: Continuation, lang: str) -> str:
    """The page, whole: nothing of it is loaded from elsewhere."""
    return render(
        "continuation.html.j2",
        lang=lang,
        stylesheet="minutes.css",
        view=continuation_view(proposal, continuation, lang),
        language=lang,
    )
