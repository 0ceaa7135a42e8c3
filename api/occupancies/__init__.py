"""Stays: who lives where, under which status, and what leads from one to the next."""
