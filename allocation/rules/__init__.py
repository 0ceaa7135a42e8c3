"""The rules: dated data, one loader, one interpreter for one household or for all of them."""

from allocation.rules.evaluate import evaluate
from allocation.rules.evaluate_register import evaluate_register
from allocation.rules.loader import load_rulebook
from allocation.rules.outcome import Assessments
from allocation.rules.rulebook import Parameter, Rulebook, RulebookError
from allocation.rules.shares import DerogationCap, balance_rent_share, derogation_cap
from allocation.rules.trace import Assessment

__all__ = [
    "Assessment",
    "Assessments",
    "DerogationCap",
    "Parameter",
    "Rulebook",
    "RulebookError",
    "balance_rent_share",
    "derogation_cap",
    "evaluate",
    "evaluate_register",
    "load_rulebook",
]
