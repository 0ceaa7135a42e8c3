"""Quotas: from legal shares, the ledger of the year and the forecast to seats of one meeting."""

from allocation.quotas.balance import Balance, balance
from allocation.quotas.resolve import (
    LedgerRows,
    Offered,
    Opened,
    QuotaError,
    Resolved,
    counts_transfers,
    ledger_rows,
    open_quota,
    resolve,
)

__all__ = [
    "Balance",
    "LedgerRows",
    "Offered",
    "Opened",
    "QuotaError",
    "Resolved",
    "balance",
    "counts_transfers",
    "ledger_rows",
    "open_quota",
    "resolve",
]
