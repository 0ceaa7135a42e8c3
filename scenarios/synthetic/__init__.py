"""A calibrated synthetic register: invented households whose margins follow published figures."""

from scenarios.synthetic.faults import FaultShareError, Planted, plant_faults
from scenarios.synthetic.margins import Margin, compare_margins
from scenarios.synthetic.register import DEMO_MEETING_ON, DEMO_SLSP, ceilings_of, synthesise
from scenarios.synthetic.sizes import REGION, SizeError, UnknownCompanyError

__all__ = [
    "DEMO_MEETING_ON",
    "DEMO_SLSP",
    "REGION",
    "FaultShareError",
    "Margin",
    "Planted",
    "SizeError",
    "UnknownCompanyError",
    "ceilings_of",
    "compare_margins",
    "plant_faults",
    "synthesise",
]
