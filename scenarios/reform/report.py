"""``report.html`` of a comparison: answer first, then who wins and who loses, then the doubts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from allocation.documents.page import render
from allocation.wording import catalogue
from scenarios.reform.charts import housed, movements
from scenarios.reform.comparison import Comparison
from scenarios.reform.telling import Telling

TEMPLATES = Path(__file__).parent / "templates"
_SECTIONS = (
    "answer", "changes", "alone", "profiles", "bands", "quotas", "waits", "lines", "cases",
    "method",
)  # fmt: skip


def report_html(told: dict[str, Any], comparison: Comparison, lang: str) -> str:
    """The report as one page that loads nothing; the same comparison gives the same text."""
    from markupsafe import Markup

    telling = Telling(told, comparison, catalogue(lang))
    sections = [s for s in _SECTIONS if s != "alone" or told["alone"]]
    changed = [r for r in told["lines"] if r["points_before"] != r["points_after"]]
    return render(
        "reform.html.j2",
        lang=lang,
        stylesheet="report.css",
        folder=TEMPLATES,
        r=told,
        say=telling,
        language=lang,
        sections=sections,
        lines=changed or told["lines"],
        n_same=len(told["lines"]) - len(changed) if changed else 0,
        movements=Markup(movements(telling)),
        housed=Markup(housed(telling)),
    )
