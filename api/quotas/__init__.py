"""Quotas of a register: the sets in force, the ledger of the year, the rows behind it."""
