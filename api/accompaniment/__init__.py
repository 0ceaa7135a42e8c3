"""Accompaniment: plans, consents, contacts without contents, reviews, supports, capacity."""
