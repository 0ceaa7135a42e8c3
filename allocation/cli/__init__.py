"""Commands of the allocation engine: one module each, with ``attach(app)``."""
