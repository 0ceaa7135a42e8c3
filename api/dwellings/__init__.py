"""Dwellings, and which of them are to let at the next meeting."""
