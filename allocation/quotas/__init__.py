"""Quotas: from legal shares, the ledger of the year and the forecast to seats of one meeting."""

from allocation.quotas.resolve import Offered, QuotaError, Resolved, counts_transfers, resolve

__all__ = ["Offered", "QuotaError", "Resolved", "counts_transfers", "resolve"]
