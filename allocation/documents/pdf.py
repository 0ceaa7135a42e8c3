"""A page as a tagged PDF that holds no time of making."""

from __future__ import annotations

import hashlib
from pathlib import Path


def as_pdf(page: str) -> bytes:
    """
    The page as PDF/UA-1; the same page gives the same bytes with the same libraries and fonts.

    The page is whole: a page that asks for anything else is refused (``ValueError``).
    """
    import weasyprint

    identity = hashlib.sha256(page.encode()).digest()[:16]
    document = weasyprint.HTML(string=page, url_fetcher=_nothing).render()
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identity, pdf_tags=True)
    return pdf


def write_page(page: str, folder: Path) -> None:
    """Write a page as ``report.html``, and as ``report.pdf`` to print, sign and send."""
    (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")
    (folder / "report.pdf").write_bytes(as_pdf(page))


def _nothing(url: str) -> None:
    raise ValueError(f"the page must not load {url}")
