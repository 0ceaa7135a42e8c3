"""``minutes.pdf``: the minutes of the committee, ready to complete and sign."""

from __future__ import annotations

import hashlib
from pathlib import Path

from allocation.documents.page import render
from allocation.documents.view import ProposalView

# Who sits, one line each to fill in; a company adds lines by hand.
ROLES = ("chair", "member", "member", "member", "commissioner", "secretary")


def minutes_html(view: ProposalView) -> str:
    """The minutes as the page the PDF is made from."""
    parts = ["left"] if view.left else []
    parts += ["quotas", "derogations"]
    parts += ["caveats"] if view.caveats else []
    parts += ["signatures"]
    # Attendance and decisions are always 1 and 2.
    numbers = {name: position for position, name in enumerate(parts, start=3)}
    return render(
        "minutes.html.j2",
        lang=view.language,
        stylesheet="minutes.css",
        view=view,
        roles=ROLES,
        numbers=numbers,
    )


def minutes_pdf(view: ProposalView) -> bytes:
    """
    The minutes as a tagged PDF (PDF/UA-1) that holds no time of making.

    The same view gives the same bytes with the same libraries and fonts.
    """
    import weasyprint

    page = minutes_html(view)
    identity = hashlib.sha256(page.encode()).digest()[:16]
    document = weasyprint.HTML(string=page, url_fetcher=_nothing).render()
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identity, pdf_tags=True)
    return pdf


def write_minutes(view: ProposalView, path: Path) -> None:
    """Write the minutes."""
    path.write_bytes(minutes_pdf(view))


def _nothing(url: str) -> None:
    """The page is whole: it never asks for anything."""
    raise ValueError(f"the minutes must not load {url}")
