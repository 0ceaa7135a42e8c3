"""Versions of the tables, each with its way up and its way down."""
