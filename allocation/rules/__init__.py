"""The rules: dated data, one loader, one interpreter for one household or for all of them."""

from allocation.rules.loader import load_rulebook
from allocation.rules.rulebook import Parameter, Rulebook, RulebookError

__all__ = ["Parameter", "Rulebook", "RulebookError", "load_rulebook"]
