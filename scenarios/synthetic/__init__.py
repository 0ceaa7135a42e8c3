"""A calibrated synthetic register: invented households whose margins follow published figures."""

from scenarios.synthetic.register import DEMO_MEETING_ON, DEMO_SLSP, ceilings_of, synthesise
from scenarios.synthetic.sizes import REGION, SizeError, UnknownCompanyError

__all__ = [
    "DEMO_MEETING_ON",
    "DEMO_SLSP",
    "REGION",
    "SizeError",
    "UnknownCompanyError",
    "ceilings_of",
    "synthesise",
]
