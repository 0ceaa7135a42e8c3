"""Quotas: from legal shares, the ledger of the year and the forecast to seats of one meeting."""

from allocation.quotas.balance import Balance, balance, in_turn
from allocation.quotas.extra_wait import ExtraWait, extra_wait
from allocation.quotas.pacing import whole_members
from allocation.quotas.resolve import (
    Offered,
    Opened,
    QuotaError,
    Resolved,
    as_read,
    forecast_of,
    open_quota,
    resolve,
)
from allocation.quotas.rows import LedgerRows, counts_transfers, ledger_rows, undone_rows
from allocation.quotas.unused import Fate, fate_of

__all__ = [
    "Balance",
    "ExtraWait",
    "Fate",
    "LedgerRows",
    "Offered",
    "Opened",
    "QuotaError",
    "Resolved",
    "as_read",
    "balance",
    "counts_transfers",
    "extra_wait",
    "fate_of",
    "forecast_of",
    "in_turn",
    "ledger_rows",
    "open_quota",
    "resolve",
    "undone_rows",
    "whole_members",
]
