"""The proposal: a meeting made ready, solved round by round, and explained line by line."""

from allocation.proposal.continuation import continue_meeting
from allocation.proposal.first_ranked import first_ranked
from allocation.proposal.frozen import FrozenMeeting, frozen_meeting
from allocation.proposal.guards import problems_before_proposing
from allocation.proposal.passed_over import passed_over
from allocation.proposal.propose import propose
from allocation.proposal.session import MeetingError, Session, prepare

__all__ = [
    "FrozenMeeting",
    "MeetingError",
    "Session",
    "continue_meeting",
    "first_ranked",
    "frozen_meeting",
    "passed_over",
    "prepare",
    "problems_before_proposing",
    "propose",
]
