"""Quotas: from legal shares, the ledger of the year and the forecast to seats of one meeting."""

from allocation.quotas.resolve import (
    Offered,
    Opened,
    QuotaError,
    Resolved,
    counts_transfers,
    open_quota,
    resolve,
)

__all__ = [
    "Offered",
    "Opened",
    "QuotaError",
    "Resolved",
    "counts_transfers",
    "open_quota",
    "resolve",
]
