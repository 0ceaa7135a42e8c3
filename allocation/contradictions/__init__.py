"""Rules that defeat their purpose: what a rulebook, quotas and agreements ask and cannot have."""

from allocation.contradictions.examine import contradictions
from allocation.contradictions.finding import Certainty, Contradiction, Side

__all__ = ["Certainty", "Contradiction", "Side", "contradictions"]
