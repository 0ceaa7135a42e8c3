"""``report.html``: the proposal for the committee, one file that loads nothing and prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from allocation.documents.commune_map import commune_map
from allocation.documents.page import render
from allocation.documents.quota_chart import quota_chart
from allocation.documents.view import GroundView, HouseholdView, ProposalView
from allocation.wording import catalogue

RESPECTED = ("met", "reached", "open")
BY_LAW = ("reserve", "cap", "joint", "preferential")
SHOWN_HOUSEHOLDS = 24


def report_html(view: ProposalView) -> str:
    """The report as HTML; the same view gives the same text."""
    from markupsafe import Markup

    words = catalogue(view.language)
    by_quota = [u for u in view.passed_over if u.reason in BY_LAW]
    sections = ["answer", "proposed", "left", "details", "quotas", "map", "passed"]
    sections += ["otherwise", "outside", "method"]
    if not view.left:
        sections.remove("left")
    # Both pictures are our own drawing, escaped by the drawing library.
    pictures: dict[str, Any] = {
        "quota_chart": Markup(quota_chart(view.quotas, words)) if view.quotas else "",
        "commune_map": Markup(commune_map(view.communes)),
    }
    return render(
        "report.html.j2",
        lang=view.language,
        stylesheet="report.css",
        view=view,
        sections=sections,
        quotas_met=sum(q.ground in RESPECTED for q in view.quotas),
        by_quota=by_quota,
        grounds=_grounds(view),
        passed=_by_sentence((u.sentence, u.household) for u in by_quota),
        waiting=Counter(sentence for sentence in (w.sentence for w in view.worklist)).most_common(),
        **pictures,
    )


def write_report(view: ProposalView, path: Path) -> None:
    """Write the report."""
    path.write_text(report_html(view), encoding="utf-8", newline="\n")


def _grounds(view: ProposalView) -> list[tuple[str, int, int]]:
    """Each ground with its number of households, above the last served and in all."""
    names = {u.reason: u.reason_name for u in view.unserved}
    total = Counter(u.reason for u in view.unserved)
    above = Counter(u.reason for u in view.unserved if u.is_above_last_served)
    return [(names[reason], above[reason], n) for reason, n in total.most_common()]


def _by_sentence(entries: Iterable[tuple[str, HouseholdView]]) -> list[GroundView]:
    """Households that share a ground told together, in the order of their first."""
    found: dict[str, list[HouseholdView]] = {}
    for sentence, household in entries:
        found.setdefault(sentence, []).append(household)
    return [
        GroundView(sentence, len(households), tuple(households[:SHOWN_HOUSEHOLDS]))
        for sentence, households in found.items()
    ]
