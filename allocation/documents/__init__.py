"""Documents of a proposal: JSON for machines; report, minutes and workbook for people."""

from allocation.documents.proposal_json import ProposalFileError, proposal_json, read_proposal

__all__ = ["ProposalFileError", "proposal_json", "read_proposal"]
