"""Slow, obvious, independent answers that the engine and the checker are compared with."""
