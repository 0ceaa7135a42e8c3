"""``minutes.pdf``: the minutes of the committee, ready to complete and sign."""

from __future__ import annotations

from pathlib import Path

from allocation.documents.page import render
from allocation.documents.pdf import as_pdf
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
    return as_pdf(minutes_html(view))


def write_minutes(view: ProposalView, path: Path) -> None:
    """Write the minutes."""
    path.write_bytes(minutes_pdf(view))
