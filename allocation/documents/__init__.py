"""Documents of a proposal: JSON for machines; report, minutes and workbook for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allocation.documents.promised_support import support_json
from allocation.documents.proposal_json import ProposalFileError, proposal_json, read_proposal

if TYPE_CHECKING:
    from pathlib import Path

    from allocation.model import Register
    from allocation.model.proposal import Proposal
    from allocation.rules.outcome import Assessments
    from allocation.rules.rulebook import Rulebook

__all__ = ["ProposalFileError", "proposal_json", "read_proposal", "write_all"]


def write_all(
    proposal: Proposal,
    register: Register,
    *,
    assessments: Assessments,
    rulebook: Rulebook,
    out_dir: Path,
    lang: str,
) -> tuple[str, ...]:
    """
    Write every document of a proposal into an existing folder.

    Parameters
    ----------
    proposal, register, assessments, rulebook
        What was proposed, and what it was proposed from.
    out_dir
        Folder to write in; the caller renames it when everything is there.
    lang
        Language of the documents: ``fr``, ``nl``, ``de`` or ``en``.

    Returns
    -------
    tuple of str
        Names of the files written: ``proposal.json``, ``proposal.xlsx``, ``report.html``,
        ``minutes.pdf``, ``support.json``.
    """
    # Drawing and PDF libraries are slow to import: only when documents are written.
    from allocation.documents.minutes import write_minutes
    from allocation.documents.report import write_report
    from allocation.documents.viewing import view_of
    from allocation.documents.workbook import write_workbook_of_proposal

    view = view_of(
        proposal, register=register, assessments=assessments, rulebook=rulebook, lang=lang
    )
    (out_dir / "proposal.json").write_bytes(proposal_json(proposal))
    write_workbook_of_proposal(view, out_dir / "proposal.xlsx")
    write_report(view, out_dir / "report.html")
    write_minutes(view, out_dir / "minutes.pdf")
    (out_dir / "support.json").write_bytes(support_json(proposal, register))
    return ("proposal.json", "proposal.xlsx", "report.html", "minutes.pdf", "support.json")
