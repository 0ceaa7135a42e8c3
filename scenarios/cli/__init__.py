"""Commands of the scenarios: one module each, with ``attach(app)``."""
