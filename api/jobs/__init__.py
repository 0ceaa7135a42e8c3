"""Work done after the answer: asked for in the act's own transaction, done by a worker."""

from api.jobs.asking import ask

__all__ = ["ask"]
