"""Meetings of the committee: prepared, frozen, proposed, decided."""
