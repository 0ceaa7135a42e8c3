"""
What comes with a home: stays and their statuses, agreements with partners, support.

Nothing of it is seen by ranking, quotas, matching, proposal or proof (an import contract fails the
build): accepting, declining or leaving support changes no rank and no proposal.
"""

from allocation.accompaniment.occupancy import COUPLED, OCCUPANCY, PLANNED, RUNNING

# In the order of the page of the procedures.
MACHINES = (OCCUPANCY,)

__all__ = ["COUPLED", "MACHINES", "OCCUPANCY", "PLANNED", "RUNNING"]
