"""
A referral: one owner, one day, and an answer; it returns to its sender, never to the person.

Whoever sends somebody on stays the owner until the receiver accepts. What is sent back is the
sender's again. Each service a referral was handed to before an answer is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, get_args

from allocation.errors import HousingError
from allocation.procedure.machine import Machine, Step

REFERRAL = Machine(
    "referral",
    "sent",
    (
        Step("accept", ("sent",), "taken_on", "service"),
        Step("send_back", ("sent", "taken_on"), "sent_back", "service"),
        Step("call_back", ("sent",), "sent_back", "sender"),
        Step("hand_over", ("sent_back",), "sent", "sender"),
        Step("answer", ("taken_on",), "answered", "service"),
        Step("answer_oneself", ("sent_back",), "answered", "sender"),
        Step("close_unanswered", ("sent_back",), "unanswered", "sender"),
        Step("leave", ("sent", "taken_on", "sent_back"), "left", "household"),
    ),
)
# A situation in a network's shared queue, for the members the person named.
QUEUE = Machine(
    "queue",
    "waiting",
    (
        Step("take_up", ("waiting",), "taken_up", "service"),
        Step("close", ("taken_up",), "closed", "service"),
        Step("leave", ("waiting", "taken_up"), "left", "household"),
    ),
)
WITH_THE_RECEIVER = frozenset({"taken_on"})
ENDS = frozenset({"answered", "unanswered", "left"})
# Why a service sends a referral back: about the service, never about the person.
SendBack = Literal["not_our_field", "not_our_territory", "full", "other_language", "other"]
SEND_BACKS: tuple[SendBack, ...] = get_args(SendBack)
# What the answer was, as a fact.
Answer = Literal["helped", "helped_in_part", "right_opened", "no_right", "person_did_not_wish"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)


class ReferralError(HousingError):
    """
    A referral that is none.

    ``referral.due_before``: due before it is sent; ``referral.to_oneself``; ``referral.again``: to
    a service that has already sent it back.
    """

    code: ClassVar[str] = "referral.due_before"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc]  # one class, several stable codes


@dataclass(frozen=True)
class HandOver:
    """One service the referral was handed to."""

    to: str
    sent_on: date
    due_on: date
    ended_on: date | None = None


def owner_of(state: str, *, sender: str, receiver: str) -> str:
    """Who answers for the person now: one organisation, always."""
    return receiver if state in WITH_THE_RECEIVER else sender


def check_hand_over(handed: Sequence[HandOver], new: HandOver, *, sender: str) -> None:
    """
    Refuse to send to oneself, to whom sent it back already, or for a day that is past.

    Raises
    ------
    ReferralError
        ``referral.due_before``, ``referral.to_oneself``, ``referral.again``.
    """
    if new.due_on < new.sent_on:
        raise ReferralError("referral.due_before", "Due before it is sent.")
    if new.to == sender:
        raise ReferralError("referral.to_oneself", "That is the sender.")
    if any(before.to == new.to for before in handed):
        raise ReferralError("referral.again", "It was there already.")


def is_overdue(state: str, due_on: date, on: date) -> bool:
    """Whether the receiver's day has passed without an acceptance; a person acts on it."""
    return state == "sent" and on > due_on


@dataclass(frozen=True)
class PingPong:
    """Hand-overs of referrals that were answered: how many referrals took how many."""

    answered: int
    hand_overs: int
    in_one: int
    most: int


def ping_pong(counts: Sequence[int]) -> PingPong:
    """
    The quality indicator: hand-overs before an answer, over the referrals that had one.

    Source
    ------
    Letter on self-employed people to the authorities (26 February 2021): people are sent from one
    service to another; feature proposed by the project.
    """
    return PingPong(len(counts), sum(counts), sum(n == 1 for n in counts), max(counts, default=0))
