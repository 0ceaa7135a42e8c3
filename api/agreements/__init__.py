"""Agreements with partners as documents: drafted, signed, amended, renewed, ended."""
