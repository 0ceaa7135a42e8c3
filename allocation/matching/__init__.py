"""Matching: who is served and with which dwelling, exactly, under order and quotas."""

from allocation.matching.fit import fit
from allocation.matching.problem import InfeasibleError, Problem, Quota, bits
from allocation.matching.reasons import Reasons
from allocation.matching.serial import Label, serial
from allocation.matching.solve import LEX, LEX_UNITS, Solution, Solver, solve

__all__ = [
    "LEX",
    "LEX_UNITS",
    "InfeasibleError",
    "Label",
    "Problem",
    "Quota",
    "Reasons",
    "Solution",
    "Solver",
    "bits",
    "fit",
    "serial",
    "solve",
]
